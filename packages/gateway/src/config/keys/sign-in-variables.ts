import { userRole } from './jwt-auth.ts'
import { accepted, type ValueType, works } from './row.ts'
import { duration, flag, refuse, scalar, secret, text, url } from './types.ts'

const sso = (doc: string) => works(text, doc, 'signIn.sso')
const endpoint = (doc: string) => works(url, doc, 'signIn.sso')
const hidden = (doc: string) => works(secret, doc, 'signIn.sso')

/** Texts with commas between them. */
export const commaList = scalar('texts with commas between them', 'a,b', node => {
  if (node.kind !== 'scalar' || node.value === null) return undefined
  const parts = String(node.value)
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
  return parts.length === 0 ? undefined : parts
})

/** `{"proxy_admin": ["admins"]}`: role → groups. */
const roleGroups: ValueType<Readonly<Record<string, readonly string[]>>> = {
  name: 'JSON of roles and their groups',
  example: `'{"proxy_admin": ["gateway-admins"]}'`,
  read(node, key, report) {
    const value = node.kind === 'scalar' ? parse(String(node.value)) : undefined
    return value ?? refuse(roleGroups, node, key, report)
  },
}

function parse(json: string): Readonly<Record<string, readonly string[]>> | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const roles: readonly string[] = userRoles
  const entries = Object.entries(value).map(([role, groups]) => [role, [groups].flat()] as const)
  const fits = entries.every(
    ([role, groups]) => roles.includes(role) && groups.every(group => typeof group === 'string'),
  )
  return fits ? (Object.fromEntries(entries) as Readonly<Record<string, readonly string[]>>) : undefined
}

const userRoles = ['proxy_admin', 'proxy_admin_viewer', 'internal_user', 'internal_user_viewer']

/** LiteLLM's variables for signing in. */
export const signInVariables = {
  PROXY_BASE_URL: works(url, 'The gateway as browsers reach it.', 'signIn.sso.baseUrl'),
  PROXY_ADMIN_ID: works(text, 'The user who is the admin.', 'signIn.sso.adminId'),
  PROXY_LOGOUT_URL: works(text, 'Where signing out leads to.', 'signIn.sso.logoutUrl'),
  ALLOWED_EMAIL_DOMAINS: works(
    commaList,
    'Domains of addresses that may sign in, by commas.',
    'signIn.sso.emailDomains',
  ),
  UI_USERNAME: works(text, 'Name of the admin; `admin` unless set.', 'signIn.ui.userName'),
  UI_PASSWORD: works(secret, 'Password of the admin; the master key unless set.', 'signIn.ui.password'),
  LITELLM_UI_SESSION_DURATION: works(duration, 'How long one stays signed in; 24h.', 'signIn.ui.sessionMs'),
  GOOGLE_CLIENT_ID: sso('Client at Google.'),
  GOOGLE_CLIENT_SECRET: hidden('Its secret.'),
  MICROSOFT_CLIENT_ID: sso('Client at Entra.'),
  MICROSOFT_CLIENT_SECRET: hidden('Its secret.'),
  MICROSOFT_TENANT: sso('Tenant at Entra; `common` and its like need SLUICE_MICROSOFT_TENANTS.'),
  SLUICE_MICROSOFT_TENANTS: works(
    commaList,
    'Ids of the tenants whose people may sign in, by commas; for a MICROSOFT_TENANT that is many.',
    'signIn.sso',
  ),
  MICROSOFT_AUTHORIZATION_ENDPOINT: endpoint('Where users sign in, in place of what Entra says.'),
  MICROSOFT_TOKEN_ENDPOINT: endpoint('Where codes become tokens.'),
  MICROSOFT_USERINFO_ENDPOINT: endpoint('Where claims are read.'),
  MICROSOFT_USER_EMAIL_ATTRIBUTE: sso('Claim with the address; `email`, else `preferred_username`.'),
  MICROSOFT_USER_DISPLAY_NAME_ATTRIBUTE: sso('Claim with the name; `name`.'),
  MICROSOFT_USER_ID_ATTRIBUTE: sso('Claim with the id; `oid`, else `sub`.'),
  MICROSOFT_USER_FIRST_NAME_ATTRIBUTE: sso('Claim with the first name.'),
  MICROSOFT_USER_LAST_NAME_ATTRIBUTE: sso('Claim with the last name.'),
  MICROSOFT_SERVICE_PRINCIPAL_ID: accepted(text, 'Service principal whose groups become teams.'),
  GENERIC_CLIENT_ID: sso('Client at any provider of OpenID Connect.'),
  GENERIC_CLIENT_SECRET: hidden('Its secret.'),
  GENERIC_ISSUER: endpoint('The issuer; the addresses below are discovered then.'),
  GENERIC_AUTHORIZATION_ENDPOINT: endpoint('Where users sign in.'),
  GENERIC_TOKEN_ENDPOINT: endpoint('Where codes become tokens.'),
  GENERIC_USERINFO_ENDPOINT: endpoint('Where claims are read.'),
  GENERIC_SCOPE: sso('Scopes to ask for; `openid email profile`.'),
  GENERIC_CLIENT_STATE: accepted(text, 'A fixed state; each sign-in has its own.'),
  GENERIC_CLIENT_USE_PKCE: accepted(flag, 'Use PKCE; it always is.'),
  GENERIC_INCLUDE_CLIENT_ID: accepted(flag, 'Send the client id in the body.'),
  GENERIC_SSO_HEADERS: accepted(text, 'More headers for the userinfo endpoint.'),
  GENERIC_USER_ID_ATTRIBUTE: sso('Claim with the id; `preferred_username`, else `sub`.'),
  GENERIC_USER_EMAIL_ATTRIBUTE: sso('Claim with the address; `email`.'),
  GENERIC_USER_DISPLAY_NAME_ATTRIBUTE: sso('Claim with the name; `name`.'),
  GENERIC_USER_FIRST_NAME_ATTRIBUTE: sso('Claim with the first name; `given_name`.'),
  GENERIC_USER_LAST_NAME_ATTRIBUTE: sso('Claim with the last name; `family_name`.'),
  GENERIC_USER_ROLE_ATTRIBUTE: sso('Claim with the role; `role`.'),
  GENERIC_USER_PROVIDER_ATTRIBUTE: accepted(text, 'Claim with the name of the provider.'),
  GENERIC_USER_EXTRA_ATTRIBUTES: accepted(text, 'Claims to keep besides.'),
  GENERIC_ROLE_MAPPINGS_ROLES: works(roleGroups, 'Role → groups, as JSON.', 'signIn.sso'),
  GENERIC_ROLE_MAPPINGS_GROUP_CLAIM: sso('Claim with the groups.'),
  GENERIC_ROLE_MAPPINGS_DEFAULT_ROLE: works(userRole, 'Role of those in none of them.', 'signIn.sso'),
  PROXY_DEFAULT_TEAM_DISABLED: accepted(flag, 'No personal keys.'),
  AUTO_REDIRECT_UI_LOGIN_TO_SSO: accepted(flag, 'Open the log-in page of the provider.'),
  JWT_PUBLIC_KEY_URL: works(commaList, 'Where the keys of tokens lie, by commas.', 'signIn.jwt.keyUrls'),
  JWT_AUDIENCE: works(commaList, 'Whom tokens must be for, by commas.', 'signIn.jwt.audience'),
  JWT_ISSUER: works(commaList, 'Who must have made them, by commas.', 'signIn.jwt.issuer'),
  OAUTH_TOKEN_INFO_ENDPOINT: works(
    url,
    'Where OAuth 2 tokens are looked up: introspection (RFC 7662) where the address says so and the client is set.',
    'signIn.oauth2',
  ),
  OAUTH_CLIENT_ID: works(text, 'Who the gateway is there.', 'signIn.oauth2'),
  OAUTH_CLIENT_SECRET: works(secret, 'Its secret.', 'signIn.oauth2'),
  OAUTH_USER_ID_FIELD_NAME: works(text, 'Field with the user; `sub`.', 'signIn.oauth2'),
  OAUTH_USER_ROLE_FIELD_NAME: works(text, 'Field with the role; `role`.', 'signIn.oauth2'),
  OAUTH_USER_TEAM_ID_FIELD_NAME: works(text, 'Field with the team; `team_id`.', 'signIn.oauth2'),
  SLUICE_TRUSTED_PROXIES: works(
    commaList,
    'Addresses and networks whose X-Forwarded-For is believed, by commas; whoever connects, unless set.',
    'signIn.door.trustedProxies',
  ),
} as const
