import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

/** Claims of somebody, by the name they sign in with. */
export type People = Record<string, Record<string, unknown>>

export interface IdentityProvider {
  readonly issuer: string
  /** May be changed while it runs. */
  readonly people: People
  /** Where it may send browsers back to; it answers nobody before this was said. */
  serve(redirectUri: string): void
  /** A JWT access token of a client; `claims` are put into it besides. */
  token(scope: string, claims?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

export const CLIENT = { id: 'sluice', secret: 'secret-of-the-client' } as const
const SERVICE = { id: 'service', secret: 'secret-of-the-service' } as const
/** What tokens for the gateway have in `aud`. */
export const AUDIENCE = 'urn:gateway'

/** A real provider of OpenID Connect on a free port, in this process. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const people: People = {}
  let extra: Record<string, unknown> = {}
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'RS256' }
  return {
    issuer,
    people,
    serve(redirectUri) {
      server.on(
        'request',
        new Provider(
          issuer,
          configurationOf(redirectUri, key, people, () => extra),
        ).callback(),
      )
    },
    async token(scope, claims = {}) {
      extra = claims
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope, resource: AUDIENCE })
      const authorization = `Basic ${btoa(`${SERVICE.id}:${SERVICE.secret}`)}`
      const response = await fetch(`${issuer}/token`, { method: 'POST', body, headers: { authorization } })
      const answer = (await response.json()) as { access_token?: string }
      if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`)
      return answer.access_token
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function configurationOf(redirectUri: string, key: object, people: People, extra: () => object) {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        ...{ client_id: SERVICE.id, client_secret: SERVICE.secret, redirect_uris: [], response_types: [] },
        grant_types: ['client_credentials'],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['cookies of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups', 'role'] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people[id] }),
    }),
    extraTokenClaims: extra,
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'api litellm_proxy_admin',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
        }),
      },
    },
  }
}
