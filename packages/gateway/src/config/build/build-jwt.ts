import type * as target from '../sign-in/sign-in-settings.ts'
import type { SettingsParts } from './build-settings.ts'
import { milliseconds } from './units.ts'

type JwtAuth = NonNullable<NonNullable<SettingsParts['file']['general_settings']>['litellm_jwtauth']>

const KEY_TTL_MS = 600_000
const ANSWER_TTL_MS = 300_000
const ADMIN_ROUTES = [
  'management_routes',
  'spend_tracking_routes',
  'global_spend_tracking_routes',
  'info_routes',
]
const TEAM_ROUTES = ['openai_routes', 'info_routes', 'mcp_routes']

/** `litellm_jwtauth` and the variables beside it; absent unless `enable_jwt_auth`. */
export function buildJwt({ file, variables }: SettingsParts): target.JwtSettings | undefined {
  const general = file.general_settings ?? {}
  if (!general.enable_jwt_auth) return undefined
  return jwtOf(general.litellm_jwtauth ?? {}, variables)
}

/** An answer of the provider is good for this long: a token that was taken back ends with it. */
const INTROSPECTION_TTL_MS = 60_000

/** `enable_oauth2_auth` and LiteLLM's variables for it; absent without an address to ask. */
export function buildOauth2({ file, variables }: SettingsParts): target.JwtSettings | undefined {
  const url = variables.OAUTH_TOKEN_INFO_ENDPOINT
  if (!file.general_settings?.enable_oauth2_auth || url === undefined) return undefined
  const { OAUTH_CLIENT_ID: id, OAUTH_CLIENT_SECRET: secret } = variables
  const isKnown = /introspect/i.test(url) && id !== undefined && secret !== undefined
  return {
    ...jwtOf(
      {
        user_id_jwt_field: variables.OAUTH_USER_ID_FIELD_NAME ?? 'sub',
        team_id_jwt_field: variables.OAUTH_USER_TEAM_ID_FIELD_NAME ?? 'team_id',
      },
      variables,
    ),
    ...{ keyUrls: [], audience: undefined, issuer: undefined },
    // No scope makes an admin here: the role does.
    adminScope: '',
    roleField: variables.OAUTH_USER_ROLE_FIELD_NAME ?? 'role',
    introspection: { url, client: isKnown ? { id, secret } : undefined, ttlMs: INTROSPECTION_TTL_MS },
  }
}

function jwtOf(own: JwtAuth, variables: SettingsParts['variables']): target.JwtSettings {
  return {
    keyUrls: variables.JWT_PUBLIC_KEY_URL ?? [],
    audience: variables.JWT_AUDIENCE,
    issuer: variables.JWT_ISSUER,
    clientIds: [
      variables.GENERIC_CLIENT_ID,
      variables.MICROSOFT_CLIENT_ID,
      variables.GOOGLE_CLIENT_ID,
    ].filter(id => id !== undefined),
    keyTtlMs: milliseconds(own.public_key_ttl) ?? KEY_TTL_MS,
    adminScope: own.admin_jwt_scope ?? 'litellm_proxy_admin',
    adminRoutes: own.admin_allowed_routes ?? ADMIN_ROUTES,
    team: teamOf(own),
    user: userOf(own),
    organizationIdField: own.org_id_jwt_field,
    organizationAliasField: own.org_alias_jwt_field,
    endUserField: own.end_user_id_jwt_field,
    publicRoutes: own.public_allowed_routes ?? [],
    enforceRbac: own.enforce_rbac ?? false,
    rolesField: own.roles_jwt_field,
    roleField: undefined,
    introspection: undefined,
    objectIdField: own.object_id_jwt_field,
    roleMappings: (own.role_mappings ?? []).map(values => ({
      role: values.role ?? '',
      internalRole: values.internal_role ?? 'internal_user',
    })),
    scopes: (own.scope_mappings ?? []).map(values => ({
      scope: values.scope ?? '',
      models: values.models ?? [],
      routes: values.routes ?? [],
    })),
    enforceScopes: own.enforce_scope_based_access ?? false,
    userinfo:
      own.oidc_userinfo_enabled && own.oidc_userinfo_endpoint !== undefined
        ? {
            url: own.oidc_userinfo_endpoint,
            ttlMs: milliseconds(own.oidc_userinfo_cache_ttl) ?? ANSWER_TTL_MS,
          }
        : undefined,
    keyClaim: own.virtual_key_claim_field,
    keyMappingTtlMs: milliseconds(own.virtual_key_mapping_cache_ttl) ?? ANSWER_TTL_MS,
    unregistered: own.unregistered_jwt_client_behavior ?? 'fallback_team_mapping',
  }
}

function teamOf(own: JwtAuth): target.JwtTeamSettings {
  return {
    idField: own.team_id_jwt_field,
    idsField: own.team_ids_jwt_field,
    aliasField: own.team_alias_jwt_field,
    fallbackId: own.team_id_default,
    upsert: own.team_id_upsert ?? false,
    addUser: own.upsert_sso_user_to_team ?? false,
    allowedRoutes: own.team_allowed_routes ?? TEAM_ROUTES,
    enforceModels: own.enforce_team_based_model_access ?? false,
  }
}

function userOf(own: JwtAuth): target.JwtUserSettings {
  return {
    idField: own.user_id_jwt_field,
    emailField: own.user_email_jwt_field,
    emailDomain: own.user_allowed_email_domain?.toLowerCase(),
    upsert: own.user_id_upsert ?? false,
    rolesField: own.user_roles_jwt_field,
    allowedRoles: own.user_allowed_roles,
    sync: own.sync_user_role_and_teams ?? false,
    roleMap: (own.jwt_litellm_role_map ?? []).map(values => ({
      jwtRole: values.jwt_role ?? '',
      role: values.litellm_role ?? 'internal_user_viewer',
    })),
  }
}
