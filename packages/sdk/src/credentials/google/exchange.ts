import { createError, kindOfStatus } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { OutgoingRequest, SigningHost } from '../credentials.ts'
import type { Expiring } from '../expiring-cache.ts'

/** A bearer token for Google's services. */
export interface GoogleToken extends Expiring {
  readonly token: string
  /** The project that the credentials belong to, where they say so. */
  readonly project?: string | undefined
}

/** All of Google Cloud; what an account may do is decided by its roles. */
export const CLOUD_SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }

/** Sends a form, as RFC 6749 has it, and reads the token. */
export async function askWithForm(
  url: string,
  form: Readonly<Record<string, string>>,
  host: SigningHost,
  headers: Readonly<Record<string, string>> = {},
): Promise<GoogleToken> {
  const reply = await askJson(
    {
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    },
    host,
  )
  return readToken(reply, host)
}

/** `access_token` and `expires_in` of a token endpoint's answer. */
export function readToken(reply: JsonObject, host: SigningHost): GoogleToken {
  const { access_token: token, expires_in: seconds } = reply
  if (typeof token !== 'string' || token === '') throw brokenAnswer('no access_token')
  const life = Number(seconds)
  return { token, ...(life > 0 && { expiresAt: host.now() + life * 1000 }) }
}

/** The JSON object a token service answers. Refusals become errors that say why, in Google's own words. */
export async function askJson(request: OutgoingRequest, host: SigningHost): Promise<JsonObject> {
  const { status, body } = await host.exchange(request, LIMITS)
  const reply = parsed(body.toString('utf8'))
  if (status >= 400) throw refused(status, reply, request.url)
  if (reply === undefined) throw brokenAnswer('no JSON object')
  return reply
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A wrong key is answered with 400 (`invalid_grant`), which is no fault of the request. */
function refused(status: number, reply: JsonObject | undefined, url: string) {
  const error: unknown = reply?.error
  const nested = isJsonObject(error) ? error : undefined
  const said = reply?.error_description ?? nested?.message ?? (typeof error === 'string' ? error : undefined)
  const code = typeof error === 'string' ? error : nested?.status
  return createError({
    kind: status === 400 ? 'authentication' : kindOfStatus(status),
    message: `${new URL(url).host} refused the Google credentials${typeof said === 'string' ? `: ${said}` : ` with status ${status}.`}`,
    ...(typeof code === 'string' && { code }),
  })
}

/** A token service that answered, but not with a token. */
export function brokenAnswer(what: string) {
  return createError({ kind: 'bad_gateway', message: `The token service answered with ${what}.` })
}
