import { badRequest, createError } from 'sluice/internal'
import type { Caller } from '../../auth/caller.ts'
import type { KeySettings } from '../../config/settings.ts'

interface NewKey {
  readonly key_alias?: string | null | undefined
  readonly team_id?: string | null | undefined
}

/**
 * `key_generation_settings` and `default_team_disabled`: who may make personal and team keys, and what they must state.
 * The admin of the gateway must state it too, and may make both. Throws `BadRequestError`, `PermissionDeniedError`.
 */
export function checkGeneration(body: NewKey, { role }: Caller, rules: KeySettings): void {
  checkAlias(body.key_alias, rules.checksAliases)
  const isPersonal = body.team_id == null
  if (isPersonal && role !== 'proxy_admin') {
    if (rules.isDefaultTeamDisabled)
      throw refused('Personal keys are switched off (default_team_disabled). Send the team_id of your team.')
    const { roles } = rules.personalKeys ?? {}
    if (roles !== undefined && !roles.includes(role))
      throw refused(
        `Personal key creation has been restricted by admin. Allowed roles=[${roles.join(', ')}]. Your role=${role}.`,
      )
  }
  const required = (isPersonal ? rules.personalKeys : rules.teamKeys)?.requiredParams ?? []
  const missing = required.find(name => (body as Readonly<Record<string, unknown>>)[name] == null)
  if (missing !== undefined)
    throw badRequest(
      `Key generation requires a value for ${missing}, required by the configuration. Send it (key_generation_settings).`,
      missing,
    )
}

function refused(message: string) {
  return createError({ kind: 'permission', type: 'auth_error', param: 'team_id', message })
}

/** Throws `BadRequestError` for an alias that `enable_key_alias_format_validation` does not let pass. */
export function checkAlias(alias: string | null | undefined, isOn: boolean): void {
  if (!isOn || alias == null || ALIAS.test(alias)) return
  throw badRequest(
    'key_alias: must be 2 to 255 letters, digits, or -_/.@ between a letter or digit at both ends.',
    'key_alias',
  )
}

const ALIAS = /^[A-Za-z0-9][A-Za-z0-9\-_/.@]{0,253}[A-Za-z0-9]$/
