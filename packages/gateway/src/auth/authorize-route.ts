import { createError } from 'sluice/internal'
import { type AccessRule, mayCall } from './access/access-rule.ts'
import type { Caller } from './caller.ts'
import { coversRoute } from './route-groups.ts'

/** `llm`: any key; `info`: any key, about itself; `admin`: the admin of the gateway; or as a rule of the table says. */
export type RouteAccess = 'llm' | 'info' | 'admin' | AccessRule

export interface Route {
  /** The path as the router matched it, without query. Dispatch and authorization must read the same one. */
  readonly path: string
  readonly access?: RouteAccess | undefined
}

const NOBODY: AccessRule = {}

/**
 * Throws `PermissionDeniedError` unless the caller may call the route. Denies by default; a key's `allowed_routes` can
 * only take routes away, never grant any (CVE-2026-47101).
 */
export function authorizeRoute(caller: Caller, { path, access = 'admin' }: Route): void {
  const rule = access === 'admin' ? NOBODY : access
  if (typeof rule === 'object' && !mayCall(rule, caller)) throw adminOnly(caller, path)
  if (caller.allowedRoutes.length === 0) return
  if (caller.allowedRoutes.some(entry => coversRoute(entry, path))) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    message:
      'Virtual key is not allowed to call this route. Only allowed to call routes: ' +
      `[${caller.allowedRoutes.map(entry => `'${entry}'`).join(', ')}]. Tried to call route: ${path}`,
  })
}

function adminOnly(caller: Caller, path: string) {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    message:
      'Only proxy admin can be used to generate, delete, update info for new keys/users/teams. ' +
      `Route=${path}. Your role=${caller.role}.`,
  })
}
