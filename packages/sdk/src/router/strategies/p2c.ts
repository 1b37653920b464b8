import { type Candidate, trackOf } from '../candidate.ts'
import { draw, type WeightSums, weightSums } from '../weights/weighted-draw.ts'
import type { CreateStrategy } from './strategy.ts'

/** What a deployment nobody has measured costs while a first call to it is under way: more than any measured one. */
const UNKNOWN = 1e12

const KEYS = ['weight'] as const

/**
 * The power of two choices: of two deployments drawn by chance, the one that costs less time, by its peak latency, the
 * calls it has under way and how often it failed of late. Where weights differ, each of the two is drawn by weight, and
 * both may be the same: a deployment with a share of 1 % is asked for 2 % of the calls at most.
 */
export const createP2c: CreateStrategy = (_args, { random }) => {
  const sumsOf = weightSums(KEYS)
  return {
    name: 'p2c',
    weighs: KEYS,
    pick(candidates, { now, stream }) {
      const { length } = candidates
      if (length === 1) return candidates[0] as Candidate
      const sums = sumsOf(candidates)
      const [a, b] = sums ? twoByWeight(candidates, sums, random) : twoApart(candidates, random)
      return costOf(b, stream, now) < costOf(a, stream, now) ? b : a
    },
  }
}

type Two = readonly [Candidate, Candidate]

function twoByWeight(candidates: readonly Candidate[], sums: WeightSums, random: () => number): Two {
  return [draw(candidates, sums, random), draw(candidates, sums, random)]
}

function twoApart(candidates: readonly Candidate[], random: () => number): Two {
  const { length } = candidates
  const first = Math.min(Math.floor(random() * length), length - 1)
  const second = (first + 1 + Math.min(Math.floor(random() * (length - 1)), length - 2)) % length
  return [candidates[first] as Candidate, candidates[second] as Candidate]
}

function costOf(candidate: Candidate, stream: boolean, now: number): number {
  const { load } = candidate
  const { peak } = trackOf(candidate, stream)
  if (peak.isUnknown) return load.inFlight === 0 ? 0 : UNKNOWN * load.inFlight
  return peak.cost(now) * (load.inFlight + 1)
}
