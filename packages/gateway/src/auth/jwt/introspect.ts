import { createError, type SluiceError } from 'sluice/internal'
import type { IntrospectionSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { Claims } from './claims.ts'
import type { FetchJson } from './key-set.ts'
import { refused } from './verify-token.ts'

/**
 * What the provider says of a token that only it can read: by introspection (RFC 7662) where it knows us, else as the
 * holder of the token would ask. Rejects with `AuthenticationError` for a token that does not count, and with
 * `ServiceUnavailableError` when nobody can tell: the provider is away, or does not know us.
 */
export async function introspect(
  token: string,
  { url, client }: IntrospectionSettings,
  fetchJson: FetchJson,
): Promise<Claims> {
  const answer = await ask(token, url, client, fetchJson)
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw unreachable(new TypeError('the answer is no object'))
  const claims = answer as Claims
  // Introspection must say so; of a token that does not count it says this and nothing else.
  if (client === undefined ? claims['active'] === false : claims['active'] !== true)
    throw refused('the provider says that it does not count')
  return claims
}

async function ask(
  token: string,
  url: string,
  client: IntrospectionSettings['client'],
  fetchJson: FetchJson,
): Promise<unknown> {
  try {
    if (client === undefined) return await fetchJson(url, { authorization: `Bearer ${token}` })
    const basic = Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`)
    const form = { token, token_type_hint: 'access_token' }
    return await fetchJson(url, { authorization: `Basic ${basic.toString('base64')}` }, form)
  } catch (error) {
    const { status } = error as { readonly status?: number }
    // Introspection answers 200 whatever the token is: anything else is about us.
    if (client !== undefined || status === undefined || status >= 500 || status === 429)
      throw unreachable(error)
    throw refused('the provider does not know it')
  }
}

/** Nobody can say whether the token counts. */
export function unreachable(cause: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    type: 'auth_error',
    message: 'The provider of tokens cannot be asked at the moment. Retry shortly.',
    cause,
  })
}
