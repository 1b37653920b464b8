import type { Candidate } from '../candidate.ts'
import type { Filter } from './filter.ts'

/** Leaves out what the operator has blocked (`model_info.blocked`). */
export const blocked: Filter = {
  name: 'blocked',
  prepare: (_ask, candidates) =>
    candidates.some(isBlocked)
      ? candidate => (isBlocked(candidate) ? 'it is blocked by the operator' : undefined)
      : undefined,
}

function isBlocked({ deployment }: Candidate): boolean {
  return deployment.modelInfo?.blocked === true
}
