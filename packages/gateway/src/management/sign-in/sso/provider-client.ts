import type { Configuration } from 'openid-client'
import { createError, type SluiceError } from 'sluice/internal'
import type { Claims } from '../../../auth/jwt/claims.ts'
import type { SsoProviderSettings } from '../../../config/sign-in/sign-in-settings.ts'

/** `fetch`, bounded in bytes and time. */
export type BoundedFetch = (url: string, options: RequestInit) => Promise<Response>

/** What a browser takes to the provider and back; sealed in a cookie meanwhile. */
export interface Journey {
  readonly provider: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly redirectUri: string
  readonly returnTo: string
}

const DISCOVERY_MS = 10 * 60_000

/** The authorization code flow with PKCE, state and nonce, at the providers of the configuration. */
export class ProviderClient {
  readonly #fetch: BoundedFetch
  readonly #now: () => number
  /** By settings object, so that a reload discovers anew. */
  readonly #known = new WeakMap<
    SsoProviderSettings,
    { readonly config: Promise<Configuration>; readonly at: number }
  >()

  constructor(fetch: BoundedFetch, now: () => number) {
    this.#fetch = fetch
    this.#now = now
  }

  /** Where the browser goes, and what it must bring back. Rejects with `ServiceUnavailableError`. */
  async begin(settings: SsoProviderSettings, redirectUri: string, returnTo: string) {
    const {
      buildAuthorizationUrl,
      calculatePKCECodeChallenge,
      randomNonce,
      randomPKCECodeVerifier,
      randomState,
    } = await import('openid-client')
    const config = await this.#configuration(settings)
    const verifier = randomPKCECodeVerifier()
    const journey: Journey = {
      ...{
        provider: settings.name,
        state: randomState(),
        nonce: randomNonce(),
        verifier,
        redirectUri,
        returnTo,
      },
    }
    const url = buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: settings.scope,
      state: journey.state,
      ...(settings.issuer !== undefined && { nonce: journey.nonce }),
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, journey }
  }

  /**
   * What the provider says of whoever came back with this query. Rejects with `AuthenticationError` for a wrong state,
   * nonce, issuer, audience or time and a code that is not good, `ServiceUnavailableError` when it cannot be asked.
   */
  async finish(settings: SsoProviderSettings, journey: Journey, query: string): Promise<Claims> {
    const { authorizationCodeGrant, fetchUserInfo, skipSubjectCheck } = await import('openid-client')
    const config = await this.#configuration(settings)
    const isOidc = settings.issuer !== undefined
    try {
      const tokens = await authorizationCodeGrant(config, new URL(`${journey.redirectUri}?${query}`), {
        expectedState: journey.state,
        pkceCodeVerifier: journey.verifier,
        ...(isOidc && { expectedNonce: journey.nonce, idTokenExpected: true }),
      })
      const own = tokens.claims()
      if (config.serverMetadata().userinfo_endpoint === undefined) return { ...own }
      const more = await fetchUserInfo(config, tokens.access_token, own?.sub ?? (skipSubjectCheck as never))
      return { ...own, ...more }
    } catch (error) {
      throw asRefusal(error)
    }
  }

  #configuration(settings: SsoProviderSettings): Promise<Configuration> {
    const known = this.#known.get(settings)
    if (known !== undefined && this.#now() - known.at < DISCOVERY_MS) return known.config
    const config = this.#discover(settings).catch((error: unknown) => {
      this.#known.delete(settings)
      throw unreachable(settings.name, error)
    })
    this.#known.set(settings, { config, at: this.#now() })
    return config
  }

  async #discover(settings: SsoProviderSettings): Promise<Configuration> {
    const client = await import('openid-client')
    const { issuer, clientId, clientSecret } = settings
    const authentication = clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret)
    if (issuer !== undefined) {
      const url = new URL(issuer)
      const found = await client.discovery(url, clientId, {}, authentication, {
        [client.customFetch]: this.#fetch as never,
        execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
      })
      // Not only the connection, also the signature says whose ID token it is.
      client.enableNonRepudiationChecks(found)
      found[client.customFetch] = this.#fetch as never
      return found
    }
    const config = new client.Configuration(endpointsOf(settings), clientId, {}, authentication)
    if (settings.tokenEndpoint?.startsWith('http:')) client.allowInsecureRequests(config)
    // Nobody said who the issuer is, so that an ID token could not be checked: only the userinfo endpoint is believed.
    config[client.customFetch] = (async (url: string, options: RequestInit) =>
      await withoutIdToken(await this.#fetch(url, options))) as never
    return config
  }
}

function endpointsOf({ name, authorizationEndpoint, tokenEndpoint, userinfoEndpoint }: SsoProviderSettings) {
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined || userinfoEndpoint === undefined)
    throw new TypeError(
      `${name} has no issuer, and not all of the authorization, token and userinfo endpoints`,
    )
  return {
    issuer: new URL(authorizationEndpoint).origin,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    userinfo_endpoint: userinfoEndpoint,
  }
}

async function withoutIdToken(response: Response): Promise<Response> {
  const isJson = response.headers.get('content-type')?.includes('json')
  if (!response.ok || !isJson) return response
  const { id_token: _, ...rest } = (await response.json()) as Record<string, unknown>
  return new Response(JSON.stringify(rest), { status: response.status, headers: response.headers })
}

/** What the library says is for the log: it may quote the provider. */
function asRefusal(error: unknown): SluiceError {
  const { name, code, status } = error as { name?: string; code?: string; status?: number }
  const isAway =
    error instanceof TypeError || name === 'TimeoutError' || (status !== undefined && status >= 500)
  if (isAway && code === undefined) return unreachable('the provider', error)
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message:
      'Signing in is refused: what the provider sent back does not belong to this sign-in. Begin anew.',
    cause: error,
  })
}

function unreachable(name: string, cause: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    type: 'auth_error',
    message: `Signing in is not possible at the moment: ${name} cannot be asked. Retry shortly.`,
    cause,
  })
}
