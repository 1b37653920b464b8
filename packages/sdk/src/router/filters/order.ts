import type { Candidate } from '../candidate.ts'

/** Only the lowest `order` among the candidates; one without it is of order 0. The same array when none is higher. */
export function lowestOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const { deployment } of candidates) {
    const order = deployment.order ?? 0
    if (order < lowest) lowest = order
    if (order > highest) highest = order
  }
  return lowest === highest
    ? candidates
    : candidates.filter(({ deployment }) => (deployment.order ?? 0) === lowest)
}
