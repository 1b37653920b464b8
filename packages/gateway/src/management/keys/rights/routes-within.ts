import { coversRoute, ROUTE_GROUPS } from '../../../auth/route-groups.ts'
import { refused, type Wish } from './wish.ts'

/** A key's routes stay within those of the key that makes or changes it, and within what they were. */
export function routesWithin({ caller, before, after }: Wish): void {
  const bounds = [caller.allowedRoutes, before?.allowedRoutes ?? []]
  for (const own of bounds) {
    if (own.length === 0) continue
    const shown = `[${own.map(each => `'${each}'`).join(', ')}]`
    if (after.allowedRoutes.length === 0)
      throw refused('allowed_routes', `must not be empty, which allows all; must stay within ${shown}`)
    const beyond = after.allowedRoutes.find(entry => !isWithinRoutes([entry], own))
    if (beyond !== undefined) throw refused('allowed_routes', `'${beyond}' goes beyond ${shown}`)
  }
}

/** Every path that `entries` cover is one that `own` covers. An empty `own` covers all. */
export function isWithinRoutes(entries: readonly string[], own: readonly string[]): boolean {
  if (own.length === 0) return true
  if (entries.length === 0) return false
  return entries.every(entry => {
    if (own.includes(entry)) return true
    const paths = ROUTE_GROUPS.get(entry)
    if (paths !== undefined) return paths.every(path => own.some(each => coversPattern(each, path)))
    return own.some(each => coversPattern(each, entry))
  })
}

/** True when `own` covers all that `pattern` does: a path stands for those below it too. */
function coversPattern(own: string, pattern: string): boolean {
  const short = pattern.startsWith('/v1/') ? pattern.slice('/v1'.length) : pattern
  if (ROUTE_GROUPS.get(own)?.includes(short)) return true
  const base = short.endsWith('/*') ? short.slice(0, -2) : short
  return coversRoute(own, `${base}/a/b/c`) && (short.endsWith('/*') || coversRoute(own, base))
}
