import { badRequest, readBudgetDuration } from 'sluice/internal'
import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges } from '../accounts/account-fields.ts'
import { keptOf } from '../accounts/kept-fields.ts'
import { DURATION_RULE } from '../limit-fields.ts'
import { MEMBER_DEFAULTS } from './member-limits.ts'
import { checkPermissions } from './member-permissions.ts'
import { KEPT_TEAM_FIELDS, type TeamBody } from './team-schemas.ts'

/** Fields only teams have, kept by their LiteLLM names. */
const DETAILS = [
  'model_aliases',
  'team_member_permissions',
  'team_member_key_duration',
  'access_group_ids',
  ...MEMBER_DEFAULTS,
] as readonly (keyof TeamBody)[]

export interface TeamChange {
  readonly changes: Partial<AccountRow>
  /** One sentence for each field that is kept but has no effect. */
  readonly warnings: readonly string[]
}

/** What a body asks to change of a team; `before`: as it is. Throws `BadRequestError` naming the field at fault. */
export function teamChanges(
  body: TeamBody,
  before: AccountRow | undefined,
  context: AccountContext,
): TeamChange {
  checkDurations(body)
  checkPermissions(body.team_member_permissions ?? [])
  const kept = keptOf(body, KEPT_TEAM_FIELDS)
  const changes: Partial<AccountRow> = {
    ...accountChanges(body, before, context),
    ...(body.team_alias !== undefined && { alias: body.team_alias }),
    ...(body.organization_id !== undefined && { organizationId: body.organization_id }),
    ...metadataChange(body, before, kept.fields),
    ...detailsChange(body, before),
  }
  return { changes, warnings: kept.warnings }
}

/** LiteLLM keeps tags in the metadata. New metadata replaces the old, tags and all. */
function metadataChange(
  { metadata, tags }: TeamBody,
  before: AccountRow | undefined,
  kept: Readonly<Record<string, unknown>>,
): Partial<AccountRow> {
  if (metadata === undefined && tags === undefined && Object.keys(kept).length === 0) return {}
  const given = { ...(metadata === undefined ? before?.metadata : metadata), ...kept }
  if (tags === undefined) return { metadata: given }
  const { tags: _, ...rest } = given as Record<string, unknown>
  return { metadata: tags === null ? rest : { ...rest, tags } }
}

function detailsChange(body: TeamBody, before: AccountRow | undefined): Partial<AccountRow> {
  const given = DETAILS.filter(name => body[name] !== undefined)
  if (given.length === 0) return {}
  const details: Record<string, unknown> = { ...before?.details }
  for (const name of given) {
    const value = body[name]
    if (value === null || value === '') delete details[name]
    else details[name] = value
  }
  return { details }
}

function checkDurations(body: TeamBody): void {
  for (const field of ['team_member_budget_duration', 'team_member_key_duration'] as const) {
    const text = body[field]
    if (text == null || text === '' || readBudgetDuration(text) !== undefined) continue
    throw badRequest(`${field}: ${DURATION_RULE}, or null for none.`, field)
  }
}
