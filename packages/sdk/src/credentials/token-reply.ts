import { createError, type ErrorKind, kindOfStatus } from '../errors.ts'
import type { WholeReply } from '../transport/transport.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { Expiring } from './expiring-cache.ts'

/** A bearer token. */
export interface BearerToken extends Expiring {
  readonly token: string
}

/** Longest piece of a token service's own words that goes into an error. */
const MOST_WORDS = 400

/**
 * The token of an OAuth 2 answer (RFC 6749): `access_token` with `expires_in`, or Azure's `expires_on`. Throws an
 * `authentication` error when the credentials were refused, a retryable one when the service is in trouble.
 */
export function readTokenReply({ status, body }: WholeReply, now: number, who: string): BearerToken {
  const reply = parsed(body.toString('utf8'))
  if (status >= 400) throw refused(status, reply, who)
  const { access_token: token, expires_in: seconds, expires_on: moment } = reply ?? {}
  if (typeof token !== 'string' || token === '')
    throw createError({ kind: 'bad_gateway', message: `${who} answered without an access token.` })
  const life = Number(seconds)
  const end = Number(moment)
  const expiresAt = life > 0 ? now + life * 1000 : end > 0 ? end * 1000 : undefined
  return { token, ...(expiresAt !== undefined && { expiresAt }) }
}

function refused(status: number, reply: JsonObject | undefined, who: string) {
  const { error: code, error_description: words } = reply ?? {}
  const said = typeof words === 'string' ? words.split('\n', 1)[0]?.slice(0, MOST_WORDS) : undefined
  return createError({
    kind: kindOf(status),
    message: `${who} refused the credentials${said ? `: ${said}` : ` with status ${status}.`}`,
    ...(typeof code === 'string' && { code }),
  })
}

/** A wrong secret, tenant or client is answered with 400 or 401; neither is a fault of the call. */
function kindOf(status: number): ErrorKind {
  if (status === 400 || status === 404) return 'authentication'
  return status === 429 ? 'unavailable' : kindOfStatus(status)
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
