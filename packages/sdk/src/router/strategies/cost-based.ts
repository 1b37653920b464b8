import type { Candidate } from '../candidate.ts'
import { lowest } from './lowest.ts'
import type { CreateStrategy } from './strategy.ts'

/** Prices may be registered or reloaded while the router lives. */
const REMEMBERED_MS = 60_000

/** The deployment whose input and output token cost least together; an unknown price comes last. */
export const createCostBased: CreateStrategy = (_args, { random, tokenPrice }) => {
  const read = ({ deployment, state }: Candidate, now: number): number => {
    const dollars = tokenPrice(deployment) ?? Number.POSITIVE_INFINITY
    state.price = { dollars, at: now }
    return dollars
  }
  return {
    name: 'cost-based-routing',
    enforcesRates: true,
    pick: (candidates, { now }) =>
      lowest(
        candidates,
        candidate => {
          const { price } = candidate.state
          return price && now - price.at < REMEMBERED_MS ? price.dollars : read(candidate, now)
        },
        random,
      ),
  }
}
