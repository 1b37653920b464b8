import type { Report } from '../report.ts'
import type { Settings } from '../settings.ts'
import type * as target from '../sign-in/sign-in-settings.ts'
import { buildJwt, buildOauth2 } from './build-jwt.ts'
import type { SettingsParts } from './build-settings.ts'
import { buildSso } from './build-sso.ts'
import { checkStrangers } from './check-strangers.ts'

const DAY_MS = 24 * 60 * 60_000

/** How people and programs sign in: `general_settings` and LiteLLM's variables. */
export function buildSignIn(parts: SettingsParts): target.SignInSettings {
  return {
    jwt: buildJwt(parts),
    oauth2: buildOauth2(parts),
    sso: buildSso(parts),
    ui: buildUi(parts),
    door: buildDoor(parts),
    newUsers: buildNewUsers(parts),
  }
}

/** What is missing for what was asked. */
export function checkSignIn(
  { signIn, auth }: Settings,
  { source, file }: SettingsParts,
  report: Report,
): void {
  const place = { file: source ?? 'environment', line: 0, column: 0 }
  const { jwt, sso } = signIn
  if (file.general_settings?.enable_oauth2_auth && signIn.oauth2 === undefined)
    report.problem(
      place,
      'general_settings.enable_oauth2_auth',
      'nobody says where tokens are looked up',
      'Set OAUTH_TOKEN_INFO_ENDPOINT to the introspection endpoint of the provider, and OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET.',
    )
  if (jwt && jwt.keyUrls.length === 0 && jwt.userinfo === undefined)
    report.problem(
      place,
      'general_settings.enable_jwt_auth',
      'nobody says where the keys of tokens lie',
      'Set JWT_PUBLIC_KEY_URL to the address of the JWKS, or of the discovery document.',
    )
  checkStrangers(signIn, place, report)
  if (jwt && (jwt.user.rolesField === undefined) !== (jwt.user.allowedRoles === undefined))
    report.problem(
      place,
      'general_settings.litellm_jwtauth.user_allowed_roles',
      'user_roles_jwt_field and user_allowed_roles need each other',
      'Set both, or neither.',
    )
  if (jwt?.objectIdField !== undefined && jwt.roleMappings.length === 0)
    report.problem(
      place,
      'general_settings.litellm_jwtauth.object_id_jwt_field',
      'what the object is, role_mappings must say',
      'Add role_mappings.',
    )
  if (sso.providers.length > 0 && auth.masterKey === undefined)
    report.problem(
      place,
      'general_settings.master_key',
      'signing in needs a master key, which sessions are signed with',
      'Set LITELLM_MASTER_KEY.',
    )
}

function buildUi({ file, variables }: SettingsParts): target.UiSettings {
  return {
    userName: variables.UI_USERNAME ?? 'admin',
    password: variables.UI_PASSWORD ?? file.general_settings?.master_key ?? variables.LITELLM_MASTER_KEY,
    sessionMs: durationMs(variables.LITELLM_UI_SESSION_DURATION) ?? DAY_MS,
  }
}

function buildDoor({ file, variables, customAuth }: SettingsParts): target.DoorSettings {
  const general = file.general_settings ?? {}
  const mode = general.custom_auth_settings?.mode ?? 'on'
  return {
    allowedIps: general.allowed_ips,
    useForwardedFor: general.use_x_forwarded_for ?? false,
    trustedProxies: variables.SLUICE_TRUSTED_PROXIES,
    publicRoutes: general.public_routes ?? [],
    adminOnlyRoutes: general.admin_only_routes ?? [],
    allowedRoutes: general.allowed_routes ?? [],
    customAuth:
      customAuth === undefined || mode === 'off'
        ? undefined
        : { check: customAuth, mode, commonChecks: general.custom_auth_run_common_checks ?? true },
  }
}

function buildNewUsers({ file }: SettingsParts): target.NewUserSettings {
  const params = file.litellm_settings?.default_internal_user_params ?? {}
  return {
    role: params.user_role,
    models: params.models ?? [],
    maxBudget: params.max_budget,
    budgetDuration: params.budget_duration,
    teams: (params.teams ?? []).map(team =>
      typeof team === 'string'
        ? { teamId: team, role: 'user' }
        : { teamId: team.team_id ?? '', role: team.user_role ?? 'user' },
    ),
  }
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS, mo: 30 * DAY_MS } as const

function durationMs(duration: string | undefined): number | undefined {
  const [, count, unit] = /^(\d+)(s|m|h|d|w|mo)$/.exec(duration ?? '') ?? []
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS]
}
