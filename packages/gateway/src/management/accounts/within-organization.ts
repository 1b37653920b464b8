import { badRequest } from 'sluice/internal'
import type { AccessGroups } from '../../auth/access-groups/access-group-book.ts'
import { covers, withGroupsOf } from '../../auth/authorize-model.ts'
import { EVERY_MODEL, listOf } from '../../auth/model-layers.ts'
import type { AccountRow } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import type { AccountSubject } from './account-subject.ts'

const LIMITS = [
  ['max_budget', 'maxBudgetNanoUsd', usdFromNano],
  ['tpm_limit', 'tpmLimit', Number],
  ['rpm_limit', 'rpmLimit', Number],
] as const

/**
 * Throws `BadRequestError` when somebody would have more than the organization, or team, it lies in: models, budget or
 * rates. Nobody's own limit is no more than that, because both hold for each call. A model counts that the other has
 * through an access group; a group of one's own brings nothing that the other has not.
 */
export function checkWithin(
  inner: AccountRow,
  { noun }: Pick<AccountSubject, 'noun'>,
  outer: AccountRow,
  groups: AccessGroups | undefined,
): void {
  for (const [field, column, shown] of LIMITS) {
    const [least, most] = [inner[column], outer[column]]
    if (least === null || most === null || least <= most) continue
    throw badRequest(
      `${field}: ${shown(least)} exceeds the ${field} of ${shown(most)} that ${noun} '${outer.id}' has. Lower it, or have the other raised first.`,
      field,
    )
  }
  const own = listOf(outer) ?? []
  if (own.length === 0 || own.some(model => EVERY_MODEL.has(model))) return
  const allowed = outer.kind === 'team' ? withGroupsOf('team', outer.id, own, groups) : own
  const foreign = (listOf(inner) ?? []).filter(
    name => !EVERY_MODEL.has(name) && !isWithin(name, allowed, groups),
  )
  if (foreign.length === 0) return
  throw badRequest(
    `models: ${foreign.join(', ')} not among the models of ${noun} '${outer.id}': ${own.join(', ')}.`,
    'models',
  )
}

/** An entry that is a group stands for what is in it. */
function isWithin(name: string, allowed: readonly string[], groups: AccessGroups | undefined): boolean {
  if (allowed.includes(name)) return true
  const isCovered = (model: string) => allowed.some(each => covers(each, model, groups))
  const group = groups?.get(name)
  return group === undefined ? isCovered(name) : [...group].every(isCovered)
}
