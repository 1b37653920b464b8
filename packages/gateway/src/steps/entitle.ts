import { type CallRecord, type EndpointName, namedFallbacks } from 'sluice/internal'
import { otherNames } from '../auth/access-groups/other-names.ts'
import { authorizeModel } from '../auth/authorize-model.ts'
import type { Caller } from '../auth/caller.ts'
import { chooseTeam } from '../auth/jwt/choose-team.ts'
import type { Stages } from './stages.ts'
import type { Asked } from './understand.ts'

/**
 * The caller as it may make this call: in the team that has the model, where it has several. Throws
 * `PermissionDeniedError` for a model, or a fallback of its own, that it may not use.
 */
export function entitle<E extends EndpointName>(
  found: Caller,
  { options }: Pick<Asked<E>, 'options'>,
  record: CallRecord,
  stages: Stages,
): Caller {
  const names = otherNames(stages)
  const caller = chooseTeam(found, record.requestedModel, names)
  record.caller = caller.record
  authorizeModel(caller, record.requestedModel, names)
  for (const { model } of namedFallbacks(options)) authorizeModel(caller, model, names)
  return caller
}
