import { createHash, randomUUID } from 'node:crypto'
import type { Credentials, SigningHost } from '../../../credentials/credentials.ts'
import { ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { hideSecret } from '../../../credentials/hide-secret.ts'
import { type BearerToken, readTokenReply } from '../../../credentials/token-reply.ts'
import { isJsonObject, textOf } from '../../../types/json.ts'

const AUTH_URL = 'https://ngw.devices.sberbank.ru:9443/api/v2/oauth'
const DEFAULT_SCOPE = 'GIGACHAT_API_PERS'
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
/** Times above this are milliseconds: the documentation shows seconds, the service sends milliseconds. */
const SURELY_MILLISECONDS = 100_000_000_000

/**
 * GigaChat's authorization key, traded for a token of half an hour. Its certificates are of the Russian National CA,
 * which is trusted by naming its file in `NODE_EXTRA_CA_CERTS`; verification is never switched off.
 * Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-token
 */
export function gigachatCredentials(): Credentials {
  const tokens = new ExpiringCache<BearerToken>()
  return {
    env: ['GIGACHAT_CREDENTIALS', 'GIGACHAT_API_KEY'],
    required: true,
    async sign(request, secret = '', { params }, host) {
      const given = (name: string) => textOf(params?.[name]) || host.secret([name.toUpperCase()])
      const url = given('gigachat_auth_url') ?? AUTH_URL
      const scope = given('gigachat_scope') ?? DEFAULT_SCOPE
      const key = createHash('sha256')
        .update(JSON.stringify([url, scope, secret]))
        .digest('base64')
      const { token } = await tokens.get(key, host.now(), () => askToken(url, scope, secret, host))
      request.headers.authorization = `Bearer ${token}`
    },
  }
}

async function askToken(url: string, scope: string, secret: string, host: SigningHost): Promise<BearerToken> {
  const reply = await host.exchange(
    {
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${secret}`,
        'content-type': 'application/x-www-form-urlencoded',
        rquid: randomUUID(),
      },
      body: new URLSearchParams({ scope }).toString(),
    },
    LIMITS,
  )
  try {
    return { ...readTokenReply(reply, host.now(), 'GigaChat'), ...lifetime(reply.body) }
  } catch (error) {
    throw hideSecret(error, secret)
  }
}

function lifetime(body: Buffer): { expiresAt?: number } {
  const reply: unknown = JSON.parse(body.toString('utf8'))
  const end = isJsonObject(reply) ? Number(reply.expires_at) : Number.NaN
  return end > 0 ? { expiresAt: end > SURELY_MILLISECONDS ? end : end * 1000 } : {}
}
