import { createError, type SluiceError } from 'sluice/internal'
import { isWithin, type Network, readNetwork } from '../../config/sign-in/network.ts'
import type { DoorSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { Caller } from '../caller.ts'
import { coversRoute, ROUTE_GROUPS } from '../route-groups.ts'
import type { Origin } from './origin.ts'

/** What holds at every door, whoever asks: made once for each `Settings`. */
export interface HouseRules {
  /** Throws `PermissionDeniedError` for an address or a route that nobody may use. */
  enter(origin: Origin): void
  isPublic(origin: Origin): boolean
  /** Throws `PermissionDeniedError` when the route is the admin's alone and the caller is somebody else. */
  pass(caller: Caller, origin: Origin): void
}

/** Undefined when nothing is asked of anybody. */
export function houseRules(door: DoorSettings, alsoPublic: readonly string[]): HouseRules | undefined {
  const { allowedIps, allowedRoutes, adminOnlyRoutes } = door
  const publicRoutes = [...door.publicRoutes, ...alsoPublic]
  if (
    allowedIps === undefined &&
    [allowedRoutes, adminOnlyRoutes, publicRoutes].every(list => list.length === 0)
  )
    return undefined
  const allowed = allowedIps?.map(networkOf)
  const proxies = door.trustedProxies?.map(networkOf)
  return {
    enter(origin) {
      if (allowed !== undefined) {
        const address = clientAddress(origin, door.useForwardedFor, proxies)
        if (address === undefined || !isWithin(allowed, address)) throw strangeAddress(address)
      }
      if (allowedRoutes.length > 0 && !allowedRoutes.some(entry => coversRoute(entry, origin.path)))
        throw refused(
          `Route ${origin.path} is not allowed here; allowed_routes in general_settings lists those that are.`,
        )
    },
    isPublic: ({ path }) => publicRoutes.some(entry => isExactly(entry, path)),
    pass(caller, { path }) {
      if (caller.role === 'proxy_admin' || !adminOnlyRoutes.some(entry => coversRoute(entry, path))) return
      throw refused(
        `user not allowed to access this route, role=${caller.role}. Trying to access: ${path}. Only proxy admin can.`,
      )
    },
  }
}

/**
 * The address of whoever is behind trusted proxies: going back from the last entry of `X-Forwarded-For`, the first that
 * is no proxy of ours. Without a list of proxies, whoever connects counts as the one there is.
 */
export function clientAddress(
  { address, headers }: Origin,
  useForwardedFor: boolean,
  proxies: readonly Network[] | undefined,
): string | undefined {
  if (!useForwardedFor || address === undefined) return address
  if (proxies !== undefined && !isWithin(proxies, address)) return address
  const stated = [headers['x-forwarded-for'] ?? []].flat().flatMap(each => each.split(','))
  const hops = stated.map(hop => hop.trim()).filter(hop => hop !== '')
  if (proxies === undefined) return hops.at(-1) ?? address
  for (const hop of hops.reverse()) if (!isWithin(proxies, hop)) return hop
  return hops.at(-1) ?? address
}

/** `clientAddress` as the configuration says. */
export function addressAtDoor(origin: Origin, door: DoorSettings): string | undefined {
  return clientAddress(origin, door.useForwardedFor, door.trustedProxies?.map(networkOf))
}

function networkOf(text: string): Network {
  const network = readNetwork(text)
  if (network === undefined)
    throw new TypeError(`${text} is no network; the configuration should have refused it`)
  return network
}

/** A public path opens itself, and what lies below only when it ends in `/*`. */
function isExactly(entry: string, path: string): boolean {
  if (ROUTE_GROUPS.has(entry) || entry.endsWith('/*')) return coversRoute(entry, path)
  return entry === path || (path.startsWith('/v1/') && entry === path.slice('/v1'.length))
}

function strangeAddress(address: string | undefined): SluiceError {
  return refused(`Access forbidden: IP address ${address ?? 'unknown'} not allowed.`)
}

function refused(message: string): SluiceError {
  return createError({ kind: 'permission', type: 'auth_error', message })
}
