import type { Candidate } from '../candidate.ts'
import type { Filter } from './filter.ts'

/** Leaves out what belongs to another team (`model_info.team_id`), at all times. */
export const team: Filter = {
  name: 'team',
  prepare(ask, candidates) {
    if (!candidates.some(candidate => teamOf(candidate) !== undefined)) return undefined
    return candidate => {
      const owner = teamOf(candidate)
      return owner === undefined || owner === ask.teamId ? undefined : 'it belongs to another team'
    }
  },
}

function teamOf({ deployment }: Candidate): unknown {
  return deployment.modelInfo?.team_id ?? undefined
}
