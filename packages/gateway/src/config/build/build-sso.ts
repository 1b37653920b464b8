import type * as target from '../sign-in/sign-in-settings.ts'
import type { SettingsParts } from './build-settings.ts'

type Variables = SettingsParts['variables']

const SCOPE = 'openid email profile'
const NO_ROLES: target.SsoRoleSettings = { groupClaim: undefined, groups: new Map(), fallback: undefined }

/** The providers whose client ids are set. */
export function buildSso({ file, variables }: SettingsParts): target.SsoSettings {
  const claims = file.general_settings?.litellm_jwtauth ?? {}
  return {
    providers: [google(variables), microsoft(variables), generic(variables)].filter(
      provider => provider !== undefined,
    ),
    baseUrl: variables.PROXY_BASE_URL?.replace(/\/+$/, ''),
    adminId: variables.PROXY_ADMIN_ID,
    emailDomains: (variables.ALLOWED_EMAIL_DOMAINS ?? []).map(domain =>
      domain.toLowerCase().replace(/^@/, ''),
    ),
    logoutUrl: variables.PROXY_LOGOUT_URL,
    teamsField: claims.team_ids_jwt_field,
    syncTeams: claims.sync_user_role_and_teams ?? false,
    upsertTeams: claims.team_id_upsert ?? false,
  }
}

function google(variables: Variables): target.SsoProviderSettings | undefined {
  if (variables.GOOGLE_CLIENT_ID === undefined) return undefined
  return {
    name: 'google',
    clientId: variables.GOOGLE_CLIENT_ID,
    clientSecret: variables.GOOGLE_CLIENT_SECRET,
    issuer: 'https://accounts.google.com',
    authorizationEndpoint: undefined,
    tokenEndpoint: undefined,
    userinfoEndpoint: undefined,
    scope: SCOPE,
    tenants: undefined,
    attributes: {
      id: 'sub',
      email: 'email',
      displayName: 'name',
      firstName: 'given_name',
      lastName: 'family_name',
      role: undefined,
    },
    roles: NO_ROLES,
  }
}

function microsoft(variables: Variables): target.SsoProviderSettings | undefined {
  if (variables.MICROSOFT_CLIENT_ID === undefined) return undefined
  const { MICROSOFT_TENANT: tenant, MICROSOFT_AUTHORIZATION_ENDPOINT: authorizationEndpoint } = variables
  return {
    name: 'microsoft',
    clientId: variables.MICROSOFT_CLIENT_ID,
    clientSecret: variables.MICROSOFT_CLIENT_SECRET,
    issuer:
      tenant === undefined || authorizationEndpoint !== undefined
        ? undefined
        : `https://login.microsoftonline.com/${tenant}/v2.0`,
    authorizationEndpoint,
    tokenEndpoint: variables.MICROSOFT_TOKEN_ENDPOINT,
    userinfoEndpoint: variables.MICROSOFT_USERINFO_ENDPOINT,
    scope: SCOPE,
    tenants: variables.SLUICE_MICROSOFT_TENANTS?.map(tenant => tenant.toLowerCase()),
    attributes: {
      id: variables.MICROSOFT_USER_ID_ATTRIBUTE ?? 'oid',
      email: variables.MICROSOFT_USER_EMAIL_ATTRIBUTE ?? 'email',
      displayName: variables.MICROSOFT_USER_DISPLAY_NAME_ATTRIBUTE ?? 'name',
      firstName: variables.MICROSOFT_USER_FIRST_NAME_ATTRIBUTE ?? 'given_name',
      lastName: variables.MICROSOFT_USER_LAST_NAME_ATTRIBUTE ?? 'family_name',
      // Entra's app roles.
      role: 'roles',
    },
    roles: NO_ROLES,
  }
}

function generic(variables: Variables): target.SsoProviderSettings | undefined {
  if (variables.GENERIC_CLIENT_ID === undefined) return undefined
  const groups = Object.entries(variables.GENERIC_ROLE_MAPPINGS_ROLES ?? {})
  return {
    name: 'generic',
    clientId: variables.GENERIC_CLIENT_ID,
    clientSecret: variables.GENERIC_CLIENT_SECRET,
    issuer: variables.GENERIC_ISSUER,
    authorizationEndpoint: variables.GENERIC_AUTHORIZATION_ENDPOINT,
    tokenEndpoint: variables.GENERIC_TOKEN_ENDPOINT,
    userinfoEndpoint: variables.GENERIC_USERINFO_ENDPOINT,
    scope: variables.GENERIC_SCOPE ?? SCOPE,
    tenants: undefined,
    attributes: {
      id: variables.GENERIC_USER_ID_ATTRIBUTE ?? 'preferred_username',
      email: variables.GENERIC_USER_EMAIL_ATTRIBUTE ?? 'email',
      displayName: variables.GENERIC_USER_DISPLAY_NAME_ATTRIBUTE ?? 'name',
      firstName: variables.GENERIC_USER_FIRST_NAME_ATTRIBUTE ?? 'given_name',
      lastName: variables.GENERIC_USER_LAST_NAME_ATTRIBUTE ?? 'family_name',
      role: variables.GENERIC_USER_ROLE_ATTRIBUTE ?? 'role',
    },
    roles: {
      groupClaim: variables.GENERIC_ROLE_MAPPINGS_GROUP_CLAIM,
      groups: new Map(groups as [target.UserRole, readonly string[]][]),
      fallback: variables.GENERIC_ROLE_MAPPINGS_DEFAULT_ROLE,
    },
  }
}
