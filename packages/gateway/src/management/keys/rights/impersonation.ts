import { createError } from 'sluice/internal'
import { isWithinRoutes } from './routes-within.ts'
import type { Wish } from './wish.ts'

/** What a key may do without acting for its user in the management. */
export const CALLS_ONLY = ['llm_api_routes'] as const

/**
 * A key acts as its user everywhere. Whoever sees the secret of a key of somebody else, or knows it because they made
 * it, must not come to that user's powers: such a key calls models only. Throws `PermissionDeniedError`.
 */
export function refuseImpersonation({ caller, before, after, showsSecret }: Wish): void {
  const { userId, allowedRoutes } = after
  if (userId === null || userId === caller.record.userId) return
  if (allowedRoutes.length > 0 && isWithinRoutes(allowedRoutes, CALLS_ONLY)) return
  const isNarrower =
    before !== undefined &&
    before.userId === userId &&
    allowedRoutes.length > 0 === before.allowedRoutes.length > 0 &&
    isWithinRoutes(allowedRoutes, before.allowedRoutes)
  if (isNarrower && !showsSecret) return
  throw createError({
    kind: 'permission',
    type: 'auth_error',
    param: showsSecret && before !== undefined ? 'key' : 'allowed_routes',
    message:
      `allowed_routes: a key of the user '${userId}' acts as that user, so you may only have one that calls models. ` +
      "Send allowed_routes: ['llm_api_routes'] (or key_type: 'llm_api'), or ask the user or the admin of the gateway.",
  })
}
