import { asText } from '../json.ts'
import { badKey } from '../wire/bad-key.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import type { CallOperation, FailureReply } from '../wire/wire.ts'
import { grantOf, mint, needed } from './mint.ts'

/** The client credentials grant with Basic authentication or the client's secret in the body, RFC 6749 §4.4. */
export const clientCredentials: CallOperation = {
  kind: 'call',
  takes: ['urlencoded', 'json'],
  answer(call) {
    const { id, secret } = basicOf(call) ?? {
      id: needed(call, 'client_id'),
      secret: needed(call, 'client_secret'),
    }
    if (secret === badKey || id === badKey) throw new Failure('unauthorized')
    grantOf(call, 'client_credentials')
    const scope = asText(call.body.scope)
    const { minted, seconds } = mint(call, { issuer: 'oauth', subject: id, scope, prefix: 'oauth-' })
    return {
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      json: {
        access_token: minted.token,
        token_type: 'bearer',
        expires_in: seconds,
        ...(scope !== '' && { scope }),
      },
    }
  },
}

function basicOf({ head }: WireCall): { id: string; secret: string } | undefined {
  const [scheme, encoded = ''] = (head.headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic') return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) throw new Failure('unauthorized')
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) }
}

const rows: Partial<Record<FailureKind, readonly [status: number, error: string, description: string]>> = {
  'no-key': [401, 'invalid_client', 'Client authentication is missing.'],
  unauthorized: [401, 'invalid_client', 'Client authentication failed.'],
  forbidden: [403, 'access_denied', 'The client may not ask for this.'],
  'not-found': [404, 'invalid_request', 'There is no such endpoint.'],
  'rate-limit': [429, 'slow_down', 'Too many requests.'],
  server: [500, 'server_error', 'The authorization server failed.'],
  unavailable: [503, 'temporarily_unavailable', 'The authorization server is not available.'],
}

/** An error as RFC 6749 §5.2 words it. */
export function oauthFailure({ kind, facts }: Failure): FailureReply {
  const [status, error, description] = rows[kind] ?? [400, 'invalid_request', 'The request is not valid.']
  const headers = facts.retryAfterSeconds !== undefined && { 'retry-after': String(facts.retryAfterSeconds) }
  return {
    status: facts.status ?? status,
    ...(headers && { headers }),
    body: { error: facts.code ?? error, error_description: facts.message ?? description },
  }
}
