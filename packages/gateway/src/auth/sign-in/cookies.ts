import type { HeaderMap } from '../credential.ts'
import { readSession, type SessionClaims } from './sealed.ts'

export const SESSION_COOKIE = 'token'

/** The value of a cookie; undefined when there is none, or more than one of that name. */
export function cookieOf(headers: HeaderMap, name: string): string | undefined {
  const { cookie } = headers
  if (typeof cookie !== 'string') return undefined
  const found = cookie
    .split(';')
    .map(each => each.trim())
    .filter(each => each.startsWith(`${name}=`))
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined
}

export interface CookieOptions {
  readonly path: string
  /** Seconds; 0 removes it. */
  readonly maxAge: number
  readonly isSecure: boolean
}

/** A `set-cookie` line that no script reads and no other site sends with a form. */
export function cookieLine(name: string, value: string, { path, maxAge, isSecure }: CookieOptions): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** Whoever is signed in with this browser; never for a request that another site made it send. */
export function sessionOf(
  headers: HeaderMap,
  masterKey: string | undefined,
  now: number,
): SessionClaims | undefined {
  const token = masterKey === undefined ? undefined : cookieOf(headers, SESSION_COOKIE)
  if (token === undefined || masterKey === undefined || isFromElsewhere(headers)) return undefined
  return readSession(token, masterKey, now)
}

/** Browsers say which site made them send a request. */
export function isFromElsewhere(headers: HeaderMap): boolean {
  const site = headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site'
}
