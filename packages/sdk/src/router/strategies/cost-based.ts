import type { Candidate } from '../candidate.ts'
import { lowest } from './lowest.ts'
import { MOST_COMPARED } from './sample.ts'
import type { CreateStrategy } from './strategy.ts'

/** Prices may be registered or reloaded while the router lives. */
const REMEMBERED_MS = 60_000

/** The deployment whose input and output token cost least together; an unknown price comes last; chance among equals. */
export const createCostBased: CreateStrategy = (_args, { random, tokenPrice }) => {
  const known = new WeakMap<
    readonly Candidate[],
    { readonly cheapest: readonly Candidate[]; readonly at: number }
  >()
  const priceOf = ({ deployment, state }: Candidate, now: number): number => {
    if (state.price && now - state.price.at < REMEMBERED_MS) return state.price.dollars
    const dollars = tokenPrice(deployment) ?? Number.POSITIVE_INFINITY
    state.price = { dollars, at: now }
    return dollars
  }
  const cheapestOf = (candidates: readonly Candidate[], now: number): readonly Candidate[] => {
    const remembered = known.get(candidates)
    if (remembered && now - remembered.at < REMEMBERED_MS) return remembered.cheapest
    let least = Number.POSITIVE_INFINITY
    for (const candidate of candidates) least = Math.min(least, priceOf(candidate, now))
    const cheapest = candidates.filter(candidate => priceOf(candidate, now) === least)
    known.set(candidates, { cheapest, at: now })
    return cheapest
  }
  return {
    name: 'cost-based-routing',
    enforcesRates: true,
    pick(candidates, { now }) {
      if (candidates.length <= MOST_COMPARED) return lowest(candidates, each => priceOf(each, now), random)
      const cheapest = cheapestOf(candidates, now)
      return cheapest[Math.min(Math.floor(random() * cheapest.length), cheapest.length - 1)] as Candidate
    },
  }
}
