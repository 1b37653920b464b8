import { createError, type SluiceError } from 'sluice/internal'
import type { JwtSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { Role } from '../roles.ts'
import { isUserRole } from '../roles.ts'
import { type Claims, isUnverified, listAt, scopesOf, textAt } from './claims.ts'

/** What claims come to, before anything is looked up. */
export interface Reading {
  /** Stated by a scope or a mapped role; otherwise the user's own. */
  readonly role: Role | undefined
  readonly userId: string | undefined
  readonly email: string | undefined
  readonly name: string | undefined
  /** For the user, where `jwt_litellm_role_map` has it. */
  readonly userRole: string | undefined
  /** In the order of the token. */
  readonly teamIds: readonly string[]
  readonly teamAlias: string | undefined
  readonly organizationId: string | undefined
  readonly organizationAlias: string | undefined
  readonly endUserId: string | undefined
  /** Empty: whatever those behind it allow. */
  readonly models: readonly string[]
  readonly routes: readonly string[]
  /** Of the claim that may have a virtual key. */
  readonly keyClaim: string | undefined
  /** One name for whoever has these claims, however often the token is renewed. */
  readonly subject: string
}

/** Reads claims as `litellm_jwtauth` says. Pure. Throws `PermissionDeniedError` for a token that may not come in. */
export function readClaims(claims: Claims, settings: JwtSettings): Reading {
  const { team, user } = settings
  const scopes = scopesOf(claims)
  const isAdmin = scopes.has(settings.adminScope)
  const mapped = isAdmin ? undefined : mappedRole(claims, settings)
  const said = textAt(claims, settings.roleField)
  const role: Role | undefined = isAdmin ? 'proxy_admin' : (mapped ?? (isUserRole(said) ? said : undefined))
  const object = textAt(claims, settings.objectIdField)
  // An address that is not verified names nobody, whichever field it is to fill.
  const isBad = isUnverified(claims)
  const email = isBad ? undefined : textAt(claims, user.emailField)
  const stranger = isBad && (user.idField === 'email' || user.idField === user.emailField)
  if (!isAdmin) refuseStrangers(claims, email, settings)
  const granted = isAdmin ? { models: [], routes: [] } : grantsOf(scopes, settings)
  const stated = textAt(claims, team.idField)
  const ids = [
    ...(stated === undefined ? [] : [stated]),
    ...listAt(claims, team.idsField),
    ...(mapped === 'team' && object !== undefined ? [object] : []),
  ]
  const teamAlias = ids.length > 0 ? undefined : textAt(claims, team.aliasField)
  const none = ids.length === 0 && teamAlias === undefined && team.fallbackId !== undefined
  const roles = listAt(claims, user.rolesField ?? settings.rolesField)
  return {
    role,
    userId:
      (stranger ? undefined : textAt(claims, user.idField)) ??
      (mapped === 'internal_user' ? object : undefined),
    email,
    name: textAt(claims, 'name'),
    userRole: user.roleMap.find(({ jwtRole }) => roles.some(each => isLike(jwtRole, each)))?.role,
    teamIds: none ? [team.fallbackId as string] : [...new Set(ids)],
    teamAlias,
    organizationId: textAt(claims, settings.organizationIdField),
    organizationAlias: textAt(claims, settings.organizationAliasField),
    endUserId: textAt(claims, settings.endUserField),
    models: granted.models,
    routes: isAdmin ? settings.adminRoutes : granted.routes,
    keyClaim: textAt(claims, settings.keyClaim),
    subject: [textAt(claims, 'iss'), textAt(claims, 'sub') ?? textAt(claims, user.idField)].join(' '),
  }
}

function mappedRole(
  claims: Claims,
  settings: JwtSettings,
): 'internal_user' | 'team' | 'proxy_admin' | undefined {
  const roles = listAt(claims, settings.rolesField)
  const found = settings.roleMappings.find(({ role }) => roles.includes(role))?.internalRole
  if (found === undefined && settings.enforceRbac)
    throw refused('none of its roles is one of role_mappings, and enforce_rbac is on')
  return found
}

function refuseStrangers(claims: Claims, email: string | undefined, { user }: JwtSettings): void {
  if (user.emailDomain !== undefined && domainOf(email) !== user.emailDomain)
    throw refused(`its e-mail address is not of ${user.emailDomain}`)
  if (user.allowedRoles === undefined) return
  const roles = listAt(claims, user.rolesField)
  if (!roles.some(role => user.allowedRoles?.includes(role)))
    throw refused(`none of its roles is one of ${user.allowedRoles.join(', ')}`)
}

/** The part after the last @, in lower case. */
export function domainOf(email: string | undefined): string | undefined {
  const at = email?.lastIndexOf('@') ?? -1
  return at < 1 ? undefined : email?.slice(at + 1).toLowerCase()
}

function grantsOf(scopes: ReadonlySet<string>, settings: JwtSettings) {
  const granted = settings.scopes.filter(({ scope }) => scopes.has(scope))
  if (granted.length === 0 && settings.enforceScopes)
    throw refused('none of its scopes is one of scope_mappings, and enforce_scope_based_access is on')
  // Where no scope lists anything, nothing is taken away.
  return {
    models: [...new Set(granted.flatMap(({ models }) => models))],
    routes: [...new Set(granted.flatMap(({ routes }) => routes))],
  }
}

/** `*` stands for any letters. */
function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const [first = '', ...rest] = parts
  if (!text.startsWith(first)) return false
  if (rest.length === 0) return text === pattern
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

/** The token is right, and what it may not do is said. */
export function refused(reason: string): SluiceError {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    message: `The token is not allowed here: ${reason}.`,
  })
}
