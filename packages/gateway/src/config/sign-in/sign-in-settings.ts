import type { UserRole } from '../keys/jwt-auth.ts'

export type { UserRole } from '../keys/jwt-auth.ts'

/** How people and programs prove who they are, besides virtual keys. */
export interface SignInSettings {
  /** Absent unless `enable_jwt_auth`. */
  readonly jwt: JwtSettings | undefined
  /** Tokens that only the provider can read; absent unless `enable_oauth2_auth`. */
  readonly oauth2: JwtSettings | undefined
  readonly sso: SsoSettings
  readonly ui: UiSettings
  readonly door: DoorSettings
  /** `default_internal_user_params`: what users get that a provider or a directory brings. */
  readonly newUsers: NewUserSettings
}

/** What is asked of everybody before any credential is looked at. */
export interface DoorSettings {
  /** Addresses and networks that may call; absent: all. */
  readonly allowedIps: readonly string[] | undefined
  /** The client's address is the one that a trusted proxy states. */
  readonly useForwardedFor: boolean
  /** Addresses and networks whose `X-Forwarded-For` is believed; absent: whoever connects. */
  readonly trustedProxies: readonly string[] | undefined
  /** Routes that need no credential. */
  readonly publicRoutes: readonly string[]
  /** Routes for the admin alone. */
  readonly adminOnlyRoutes: readonly string[]
  /** All there is to call; empty: everything. */
  readonly allowedRoutes: readonly string[]
  /** Code of the operator that knows credentials. */
  readonly customAuth: CustomAuthSettings | undefined
}

/** The operator's own check: gives a virtual key, or says who it is; throws to refuse. */
export type CustomAuth = (request: CustomAuthRequest, credential: string | undefined) => unknown

/** What the operator's check sees of a request. */
export interface CustomAuthRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly address: string | undefined
}

export interface CustomAuthSettings {
  readonly check: CustomAuth
  /** `on`: it alone decides; `auto`: what it refuses may still be a key or a token. */
  readonly mode: 'on' | 'auto'
  /** Models and budgets of the team, user and organization that it names hold. */
  readonly commonChecks: boolean
}

export interface UiSettings {
  readonly userName: string
  /** The master key unless set; undefined without one. */
  readonly password: string | undefined
  /** Milliseconds a session lasts. */
  readonly sessionMs: number
}

export interface NewUserSettings {
  /** `internal_user_viewer` unless stated. */
  readonly role: UserRole | undefined
  readonly models: readonly string[]
  /** Dollars. */
  readonly maxBudget: number | undefined
  readonly budgetDuration: string | undefined
  readonly teams: readonly { readonly teamId: string; readonly role: 'admin' | 'user' }[]
}

export interface SsoSettings {
  /** In this order; the first is the one that `/sso/key/generate` goes to unless another is named. */
  readonly providers: readonly SsoProviderSettings[]
  /** The gateway as browsers reach it, without a slash at the end. */
  readonly baseUrl: string | undefined
  /** This user is the admin. */
  readonly adminId: string | undefined
  /** Lower case; empty: every domain. */
  readonly emailDomains: readonly string[]
  readonly logoutUrl: string | undefined
  /** The claim with somebody's teams (`litellm_jwtauth.team_ids_jwt_field`). */
  readonly teamsField: string | undefined
  /** Who is no longer in a team at the provider is taken out of it here. */
  readonly syncTeams: boolean
  /** Teams that are not known are made. */
  readonly upsertTeams: boolean
}

export interface SsoProviderSettings {
  readonly name: 'google' | 'microsoft' | 'generic'
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** Where the rest is discovered, and what ID tokens must name; absent: only the addresses are known. */
  readonly issuer: string | undefined
  readonly authorizationEndpoint: string | undefined
  readonly tokenEndpoint: string | undefined
  readonly userinfoEndpoint: string | undefined
  readonly scope: string
  /** Ids of the tenants whose people may sign in, lower case; absent: the issuer is of one tenant. */
  readonly tenants: readonly string[] | undefined
  readonly attributes: SsoAttributes
  readonly roles: SsoRoleSettings
}

/** Names of claims; dots reach into objects. */
export interface SsoAttributes {
  readonly id: string
  readonly email: string
  readonly displayName: string
  readonly firstName: string
  readonly lastName: string
  readonly role: string | undefined
}

export interface SsoRoleSettings {
  /** The claim with somebody's groups. */
  readonly groupClaim: string | undefined
  /** Role → groups that have it. */
  readonly groups: ReadonlyMap<UserRole, readonly string[]>
  readonly fallback: UserRole | undefined
}

/** `litellm_jwtauth`, and the variables that say whose tokens count. */
export interface JwtSettings {
  readonly keyUrls: readonly string[]
  readonly audience: readonly string[] | undefined
  readonly issuer: readonly string[] | undefined
  /** Our own names at providers: without `audience` an ID token for another is not for us. */
  readonly clientIds: readonly string[]
  readonly keyTtlMs: number
  readonly adminScope: string
  readonly adminRoutes: readonly string[]
  readonly team: JwtTeamSettings
  readonly user: JwtUserSettings
  readonly organizationIdField: string | undefined
  readonly organizationAliasField: string | undefined
  readonly endUserField: string | undefined
  readonly publicRoutes: readonly string[]
  readonly enforceRbac: boolean
  readonly rolesField: string | undefined
  readonly objectIdField: string | undefined
  readonly roleMappings: readonly {
    readonly role: string
    readonly internalRole: 'internal_user' | 'team' | 'proxy_admin'
  }[]
  readonly scopes: readonly {
    readonly scope: string
    readonly models: readonly string[]
    readonly routes: readonly string[]
  }[]
  readonly enforceScopes: boolean
  /** The claim whose word is the caller's role. */
  readonly roleField: string | undefined
  /** The provider is asked of every token. */
  readonly introspection: IntrospectionSettings | undefined
  readonly userinfo: { readonly url: string; readonly ttlMs: number } | undefined
  readonly keyClaim: string | undefined
  readonly keyMappingTtlMs: number
  readonly unregistered: 'reject' | 'auto_register' | 'fallback_team_mapping'
}

export interface IntrospectionSettings {
  readonly url: string
  /** Who we are there; absent: the address is asked with the token itself. */
  readonly client: { readonly id: string; readonly secret: string } | undefined
  /** Milliseconds an answer is good for. */
  readonly ttlMs: number
}

export interface JwtTeamSettings {
  readonly idField: string | undefined
  readonly idsField: string | undefined
  readonly aliasField: string | undefined
  readonly fallbackId: string | undefined
  readonly upsert: boolean
  readonly addUser: boolean
  readonly allowedRoutes: readonly string[]
  readonly enforceModels: boolean
}

export interface JwtUserSettings {
  readonly idField: string | undefined
  readonly emailField: string | undefined
  readonly emailDomain: string | undefined
  readonly upsert: boolean
  readonly rolesField: string | undefined
  readonly allowedRoles: readonly string[] | undefined
  /** The user's role and teams follow the token. */
  readonly sync: boolean
  readonly roleMap: readonly { readonly jwtRole: string; readonly role: UserRole }[]
}
