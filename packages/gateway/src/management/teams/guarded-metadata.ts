import { createError } from 'sluice/internal'

/** What the metadata of a team says that bounds it: shares of models, guardrails, limits that LiteLLM keeps there. */
const GUARDED = [
  'priority',
  'access_group_ids',
  'guardrails',
  'disable_global_guardrails',
  'policies',
  'model_rpm_limit',
  'model_tpm_limit',
  'object_permission',
  'allowed_passthrough_routes',
  'router_settings',
  'soft_budget_alerting_emails',
] as const

type Metadata = Readonly<Record<string, unknown>>

/**
 * New metadata from somebody who runs a team but does not bound it: what is guarded stays as it is, also where it is
 * left out. Throws `PermissionDeniedError` when it says something else.
 */
export function withGuarded(said: Metadata | null, before: Metadata): Metadata {
  const kept: Record<string, unknown> = {}
  for (const name of GUARDED) {
    if (said?.[name] !== undefined && JSON.stringify(said[name]) !== JSON.stringify(before[name]))
      throw createError({
        kind: 'permission',
        type: 'auth_error',
        param: `metadata.${name}`,
        message: `You are not allowed to do this. \`metadata.${name}\` may only be set by an admin above the team.`,
      })
    if (before[name] !== undefined) kept[name] = before[name]
  }
  return { ...said, ...kept }
}
