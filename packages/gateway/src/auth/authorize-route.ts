import { createError } from 'sluice/internal'
import type { Caller } from './caller.ts'
import { coversRoute } from './route-groups.ts'

/** `llm`: any key; `info`: any key, about itself; `admin`: the master key. A route that states none is `admin`. */
export type RouteAccess = 'llm' | 'info' | 'admin'

export interface Route {
  /** The path as the router matched it, without query. Dispatch and authorization must read the same one. */
  readonly path: string
  readonly access?: RouteAccess | undefined
}

/**
 * Throws `PermissionDeniedError` unless the caller may call the route. Denies by default; a key's `allowed_routes` can
 * only take routes away, never grant any (CVE-2026-47101).
 */
export function authorizeRoute(caller: Caller, route: Route): void {
  if (caller.role === 'proxy_admin') return
  if (route.access !== 'llm' && route.access !== 'info') throw adminOnly(caller, route.path)
  if (caller.allowedRoutes.length === 0) return
  if (caller.allowedRoutes.some(entry => coversRoute(entry, route.path))) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    message:
      'Virtual key is not allowed to call this route. Only allowed to call routes: ' +
      `[${caller.allowedRoutes.map(entry => `'${entry}'`).join(', ')}]. Tried to call route: ${route.path}`,
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
