import type { Candidate } from '../candidate.ts'
import { whileWeightsHold } from './weight-of.ts'

const withoutDrained = whileWeightsHold(candidates => {
  const left = candidates.filter(({ load }) => load.weight.set !== 0)
  return left.length > 0 && left.length < candidates.length ? left : candidates
})

/**
 * Leaves out deployments whose weight was set to 0, under every strategy, as long as others are left. The same array
 * while there are none.
 */
export function undrained(candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates[0]?.load.weight.board.hasDrained !== true) return candidates
  return withoutDrained(candidates)
}
