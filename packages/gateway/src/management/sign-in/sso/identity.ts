import { createError, type SluiceError } from 'sluice/internal'
import { type Claims, isUnverified, listAt, textAt } from '../../../auth/jwt/claims.ts'
import { domainOf } from '../../../auth/jwt/read-claims.ts'
import { isUserRole, type UserRole } from '../../../auth/roles.ts'
import type {
  NewUserSettings,
  SsoProviderSettings,
  SsoSettings,
} from '../../../config/sign-in/sign-in-settings.ts'
import type { ProviderSubject } from '../../../db/sign-in/identity-store.ts'

/** Somebody as a provider describes them. */
export interface Identity {
  readonly id: string
  readonly externalId: string
  /** What never changes about them there. */
  readonly subject: ProviderSubject
  readonly email: string | undefined
  readonly name: string | undefined
  /** Stated by the provider, or by what the configuration says of its groups. */
  readonly role: UserRole | undefined
  readonly teamIds: readonly string[]
}

/** Roles in the order in which they win. */
const ROLES = ['proxy_admin', 'proxy_admin_viewer', 'internal_user', 'internal_user_viewer'] as const

/** Reads the claims of a sign-in. Pure. Throws `PermissionDeniedError` for somebody who may not come in. */
export function readIdentity(
  claims: Claims,
  provider: SsoProviderSettings,
  sso: SsoSettings,
  newUsers: NewUserSettings,
): Identity {
  const { attributes } = provider
  const subject = textAt(claims, 'sub')
  const isAddress = attributes.id === 'email' || attributes.id === attributes.email
  const stated = isAddress && isUnverified(claims) ? undefined : textAt(claims, attributes.id)
  const id = stated ?? subject
  if (id === undefined)
    throw refused(`the provider does not say who this is: it has neither ${attributes.id} nor sub`)
  if (
    provider.tenants !== undefined &&
    !provider.tenants.includes(textAt(claims, 'tid')?.toLowerCase() ?? '')
  )
    throw refused('its tenant is none that may sign in here (SLUICE_MICROSOFT_TENANTS)')
  const email = emailOf(claims, provider)
  if (sso.emailDomains.length > 0 && !sso.emailDomains.includes(domainOf(email) ?? ''))
    throw refused('its e-mail address is not of a domain that may sign in here (ALLOWED_EMAIL_DOMAINS)')
  return {
    id,
    externalId: subject ?? id,
    subject: { issuer: issuerOf(claims, provider), subject: subject ?? id },
    email,
    name: nameOf(claims, provider),
    role: id === sso.adminId ? 'proxy_admin' : roleOf(claims, provider, newUsers),
    teamIds: [...new Set(listAt(claims, sso.teamsField))],
  }
}

/** Who vouches: the issuer of the ID token, which at Entra is the tenant; without one, the address that was asked. */
function issuerOf(claims: Claims, { name, issuer, userinfoEndpoint }: SsoProviderSettings): string {
  return (issuer === undefined ? userinfoEndpoint : (textAt(claims, 'iss') ?? issuer)) ?? name
}

/** An address that the provider has not verified could be anybody's: it names nobody. */
function emailOf(claims: Claims, { name, attributes }: SsoProviderSettings): string | undefined {
  if (isUnverified(claims)) return undefined
  const stated = textAt(claims, attributes.email)
  if (stated !== undefined || name !== 'microsoft') return stated
  const principal = textAt(claims, 'preferred_username')
  return principal?.includes('@') ? principal : undefined
}

function nameOf(claims: Claims, { attributes }: SsoProviderSettings): string | undefined {
  const parts = [textAt(claims, attributes.firstName), textAt(claims, attributes.lastName)]
  return (
    textAt(claims, attributes.displayName) ??
    (parts.filter(part => part !== undefined).join(' ') || undefined)
  )
}

/**
 * The role the provider states, else that of the first group that has one. Where groups are mapped, somebody who is in
 * none of them has the fallback, and not what they had before.
 */
function roleOf(
  claims: Claims,
  { attributes, roles }: SsoProviderSettings,
  newUsers: NewUserSettings,
): UserRole | undefined {
  const stated = listAt(claims, attributes.role)
  const own = ROLES.find(role => stated.includes(role))
  if (own !== undefined && isUserRole(own)) return own
  const groups = listAt(claims, roles.groupClaim)
  const mapped = ROLES.find(role => roles.groups.get(role)?.some(group => groups.includes(group)))
  if (mapped !== undefined) return mapped
  return roles.fallback ?? (roles.groups.size > 0 ? (newUsers.role ?? 'internal_user_viewer') : undefined)
}

function refused(reason: string): SluiceError {
  return createError({ kind: 'permission', type: 'auth_error', message: `Signing in is refused: ${reason}.` })
}
