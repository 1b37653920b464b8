import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import type { Check } from './filter.ts'

/** A group may have a thousand deployments; a receipt names the first of those ruled out. */
const MOST_LISTED = 20

/** The candidates that pass, the same array when all do; the others go on the receipt. */
export function ruleOut(
  candidates: readonly Candidate[],
  by: string,
  check: Check,
  visit: RouteVisit,
): readonly Candidate[] {
  let passed: Candidate[] | undefined
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index] as Candidate
    const reason = check(candidate)
    if (reason === undefined) {
      passed?.push(candidate)
      continue
    }
    passed ??= candidates.slice(0, index)
    noteRuledOut(candidate, by, () => reason, visit)
  }
  return passed ?? candidates
}

/** Puts one ruling on the receipt, as far as it has room. */
export function noteRuledOut(
  { deployment }: Candidate,
  by: string,
  reason: () => string,
  visit: RouteVisit,
): void {
  visit.ruledOutCount++
  if (visit.ruledOut.length < MOST_LISTED)
    visit.ruledOut.push({ deploymentId: deployment.id, by, reason: reason() })
}
