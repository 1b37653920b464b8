import { type Candidate, trackOf } from '../candidate.ts'
import type { CreateStrategy } from './strategy.ts'

/** What a deployment nobody has measured costs while a first call to it is under way: more than any measured one. */
const UNKNOWN = 1e12

/**
 * The power of two choices: of two deployments drawn by chance, the one that costs less time, by its peak latency, the
 * calls it has under way and how often it failed of late. `weight` divides the cost; weight 0 is only taken when
 * both drawn have it.
 */
export const createP2c: CreateStrategy = (_args, { random }) => ({
  name: 'p2c',
  pick(candidates, { now, stream }) {
    const { length } = candidates
    if (length === 1) return candidates[0] as Candidate
    const first = Math.min(Math.floor(random() * length), length - 1)
    const second = (first + 1 + Math.min(Math.floor(random() * (length - 1)), length - 2)) % length
    const a = candidates[first] as Candidate
    const b = candidates[second] as Candidate
    return costOf(b, stream, now) < costOf(a, stream, now) ? b : a
  },
})

function costOf(candidate: Candidate, stream: boolean, now: number): number {
  const { load, deployment } = candidate
  const { peak } = trackOf(candidate, stream)
  const weight = deployment.weight ?? 1
  if (weight === 0) return Number.POSITIVE_INFINITY
  if (peak.isUnknown) return load.inFlight === 0 ? 0 : UNKNOWN * load.inFlight
  return (peak.cost(now) * (load.inFlight + 1)) / weight
}
