import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { SsoProviderSettings } from '../../../config/sign-in/sign-in-settings.ts'
import { type Journey, ProviderClient } from './provider-client.ts'

const ISSUER = 'https://id.example.com'
const REDIRECT = 'https://gateway.example.com/sso/callback'
const SETTINGS: SsoProviderSettings = {
  name: 'generic',
  clientId: 'gateway',
  clientSecret: 'hidden',
  issuer: ISSUER,
  authorizationEndpoint: undefined,
  tokenEndpoint: undefined,
  userinfoEndpoint: undefined,
  scope: 'openid email',
  tenants: undefined,
  attributes: {
    ...{ id: 'sub', email: 'email', displayName: 'name', firstName: 'given_name', lastName: 'family_name' },
    role: 'role',
  },
  roles: { groupClaim: undefined, groups: new Map(), fallback: undefined },
}
const WITHOUT_ISSUER: SsoProviderSettings = {
  ...SETTINGS,
  issuer: undefined,
  authorizationEndpoint: `${ISSUER}/authorize`,
  tokenEndpoint: `${ISSUER}/token`,
  userinfoEndpoint: `${ISSUER}/me`,
}

let keys: GenerateKeyPairResult
let strangers: GenerateKeyPairResult
beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true })
  strangers = await generateKeyPair('RS256', { extractable: true })
})

/** A provider whose ID tokens are what a test wants them to be. */
function provider(
  idToken: (nonce: string) => Promise<string>,
  userinfo: object = { sub: 'ann' },
  status = 200,
) {
  const asked: { url: string; body: string }[] = []
  let nonce = ''
  const answers: Record<string, () => Promise<object>> = {
    '/.well-known/openid-configuration': async () => ({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint: `${ISSUER}/token`,
      userinfo_endpoint: `${ISSUER}/me`,
      jwks_uri: `${ISSUER}/keys`,
    }),
    '/keys': async () => ({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }] }),
    '/me': async () => userinfo,
    '/token': async () => ({ access_token: 'at', token_type: 'Bearer', id_token: await idToken(nonce) }),
  }
  const client = new ProviderClient(async (url, options) => {
    const { pathname } = new URL(url)
    asked.push({ url: pathname, body: String(options.body ?? '') })
    const answer = await answers[pathname]?.()
    const isToken = pathname === '/token'
    return Response.json(isToken && status !== 200 ? { error: 'invalid_grant' } : answer, {
      status: isToken ? status : 200,
    })
  }, Date.now)
  return {
    asked,
    async run(settings = SETTINGS, query?: (journey: Journey) => string) {
      const { url, journey } = await client.begin(settings, REDIRECT, '/')
      nonce = new URL(url).searchParams.get('nonce') ?? ''
      const given = query?.(journey) ?? `code=c&state=${journey.state}`
      return { url: new URL(url), journey, claims: await client.finish(settings, journey, given) }
    },
  }
}

const signed = async (claims: JWTPayload, key = keys.privateKey) => {
  const now = Math.floor(Date.now() / 1000)
  return await new SignJWT({ iss: ISSUER, aud: 'gateway', sub: 'ann', iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .sign(key)
}

test('the code is traded with PKCE, and the claims are those of the ID token and the userinfo endpoint', async () => {
  const { run, asked } = provider(nonce => signed({ nonce, groups: ['a'] }), {
    sub: 'ann',
    email: 'ann@acme.com',
  })
  const { url, claims } = await run()
  expect(claims).toMatchObject({ sub: 'ann', groups: ['a'], email: 'ann@acme.com' })
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    ...{ response_type: 'code', client_id: 'gateway', redirect_uri: REDIRECT, scope: 'openid email' },
    ...{ code_challenge_method: 'S256', code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown },
  })
  const token = new URLSearchParams(asked.find(({ url: path }) => path === '/token')?.body)
  expect(token.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  expect(token.get('client_secret')).toBe('hidden')
})

const past = Math.floor(Date.now() / 1000) - 3_600
test.each([
  ['a wrong nonce', { nonce: 'another' }],
  ['no nonce', { nonce: undefined as never }],
  ['a wrong audience', { aud: 'another' }],
  ['a wrong issuer', { iss: 'https://evil.example.com' }],
  ['an ID token that has expired', { iat: past, exp: past + 60 }],
])('%s is refused with 401', async (_name, claims) => {
  const { run } = provider(nonce => signed({ nonce, ...claims }))
  await expect(run()).rejects.toMatchObject({ status: 401 })
})

test('an ID token that somebody else signed is refused with 401', async () => {
  const { run } = provider(nonce => signed({ nonce }, strangers.privateKey))
  await expect(run()).rejects.toMatchObject({ status: 401 })
})

test.each([
  ['a wrong state', () => 'code=c&state=another'],
  ['no state', () => 'code=c'],
  [
    'an answer of another issuer',
    ({ state }: Journey) => `code=c&state=${state}&iss=https://evil.example.com`,
  ],
  ['a refusal by the user', ({ state }: Journey) => `error=access_denied&state=${state}`],
])('%s is refused with 401', async (_name, query) => {
  const { run, asked } = provider(nonce => signed({ nonce }))
  await expect(run(SETTINGS, query)).rejects.toMatchObject({ status: 401 })
  expect(asked.map(({ url }) => url)).not.toContain('/token')
})

test('userinfo of another subject is refused with 401', async () => {
  const { run } = provider(nonce => signed({ nonce }), { sub: 'mallory' })
  await expect(run()).rejects.toMatchObject({ status: 401 })
})

test('a code that the provider does not take is 401, a provider that is away 503', async () => {
  await expect(provider(nonce => signed({ nonce }), {}, 400).run()).rejects.toMatchObject({ status: 401 })
  const away = new ProviderClient(() => Promise.reject(new TypeError('fetch failed')), Date.now)
  await expect(away.begin(SETTINGS, REDIRECT, '/')).rejects.toMatchObject({ status: 503, retryable: true })
})

test('where only addresses are known, an ID token is not believed, and the userinfo endpoint is', async () => {
  const { run } = provider(() => signed({ sub: 'mallory' }, strangers.privateKey), { sub: 'ann' })
  expect((await run(WITHOUT_ISSUER)).claims).toEqual({ sub: 'ann' })
})
