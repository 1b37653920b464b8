import { refuseImpersonation } from './impersonation.ts'
import { limitsWithin } from './limits-within.ts'
import { membersOnly } from './members-only.ts'
import { aliasesWithin, modelsWithin } from './models-within.ts'
import { routesWithin } from './routes-within.ts'
import { isAbove, refused, type Wish } from './wish.ts'

/**
 * Throws `PermissionDeniedError`, naming the field, when a wish would give more than its sender holds
 * (CVE-2026-47101, -47102, -12770). Only the admin of the gateway may hand out anything; admins of an organization or a
 * team what lies within it; everybody else what they hold themselves, and of an existing key they may only take away.
 */
export function checkWithinRights(wish: Wish): void {
  const { caller, reach } = wish
  if (caller.role === 'proxy_admin') {
    // A key of an admin that is kept to some routes must not beget one that is not, whichever admin's.
    const isOwn = wish.after.userId !== null && wish.after.userId === caller.record.userId
    if (isOwn || (caller.allowedRoutes.length > 0 && wish.holders.user?.role === 'proxy_admin'))
      routesWithin(wish)
    return
  }
  membersOnly(wish)
  refuseImpersonation(wish)
  refuseGrants(wish)
  aliasesWithin(wish)
  if (isAbove(reach)) return
  refuseMoves(wish)
  modelsWithin(wish)
  limitsWithin(wish)
  routesWithin(wish)
}

/** Sub-keys of `metadata` that grant something or switch a protection off, in LiteLLM's names. */
const GRANTS = [
  'allow_client_tags',
  'allow_client_mock_response',
  'allow_client_message_redaction_opt_out',
  'disable_global_guardrails',
  'logging',
  'model_config',
  'model_rpm_limit',
  'model_tpm_limit',
  'priority',
  'router_settings',
  'object_permission',
  'allowed_passthrough_routes',
  'allowed_vector_store_indexes',
  'scim',
  'scim_metadata',
] as const
/** Sub-keys that bind a key's calls: whoever is not above the key may set them on a new one, and change none. */
const BINDS = [
  'allowed_cache_controls',
  'enforced_params',
  'guardrails',
  'policies',
  'prompts',
  'tags',
  'temp_budget_increase',
  'temp_budget_expiry',
] as const
/** Of a new key they are grants. */
const RAISES: readonly string[] = ['temp_budget_increase', 'temp_budget_expiry']

function refuseGrants({ before, after, reach }: Wish): void {
  const old = before?.metadata ?? {}
  for (const name of GRANTS)
    if (!isSame(old[name], after.metadata[name]) && after.metadata[name] != null)
      throw refused(`metadata.${name}`, 'may only be set by the admin of the gateway')
  if (!isPart(after.permissions, before?.permissions ?? {}))
    throw refused('permissions', 'may only be given by the admin of the gateway')
  if (isAbove(reach)) return
  for (const name of BINDS) {
    if (before === undefined && !RAISES.includes(name)) continue
    if (!isSame(old[name], after.metadata[name]))
      throw refused(name, 'binds this key and may only be changed by an admin above it')
  }
  if (before !== undefined && !before.tags.every(tag => after.tags.includes(tag)))
    throw refused('tags', 'may be added, not taken away: budgets go by them')
}

/** The owner of a key stays its owner, and what an admin did to it stays done. */
function refuseMoves({ before, after, holders }: Wish): void {
  if (after.budgetId !== (before?.budgetId ?? null))
    throw refused('budget_id', 'may only be set by an admin above the key')
  if (!isPart(after.accessGroupIds ?? [], before?.accessGroupIds ?? []))
    throw refused('access_group_ids', 'may only be given by an admin above the key')
  if (before === undefined) {
    if (after.organizationId !== null && after.organizationId !== holders.team?.organizationId)
      throw refused('organization_id', 'must be that of your team')
    if (after.spendNanoUsd !== 0) throw refused('spend', 'may only be set by an admin above the key')
    return
  }
  const moved = (
    [
      ['user_id', 'userId'],
      ['team_id', 'teamId'],
      ['organization_id', 'organizationId'],
      ['project_id', 'projectId'],
    ] as const
  ).find(([, column]) => before[column] !== after[column])
  if (moved !== undefined) throw refused(moved[0], 'may only be changed by an admin above the key')
  if (before.blocked && !after.blocked) throw refused('blocked', 'was set by an admin, who may take it back')
  if (before.spendNanoUsd !== after.spendNanoUsd)
    throw refused('spend', 'may only be set by an admin above the key')
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

/** Everything in `part` is in `whole`, with the same value. */
function isPart(part: object, whole: object): boolean {
  if (Array.isArray(part)) return part.every(each => (whole as unknown[]).includes(each))
  return Object.entries(part).every(([name, value]) =>
    isSame(value, (whole as Record<string, unknown>)[name]),
  )
}
