import { verify } from 'node:crypto'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import { badKey } from '../wire/bad-key.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import type { CallOperation } from '../wire/wire.ts'
import { serviceAccountKeys, testEmail, testProject } from './google-account.ts'
import { grantOf, mint, needed } from './mint.ts'

const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests, and refresh tokens. */
export const googleToken: CallOperation = {
  kind: 'call',
  takes: ['urlencoded', 'json'],
  answer(call) {
    if (grantOf(call, jwtGrant, 'refresh_token') === jwtGrant) return assertionAnswer(call)
    for (const name of ['client_id', 'client_secret', 'refresh_token']) {
      if (needed(call, name) === badKey) refuse('Bad Request')
    }
    return tokenAnswer(call, asText(call.body.client_id), 'https://www.googleapis.com/auth/cloud-platform')
  },
}

function assertionAnswer(call: WireCall): WireAnswer {
  const claims = claimsOf(needed(call, 'assertion'))
  const now = Date.now() / 1_000
  const [issued, expires] = [Number(claims.iat), Number(claims.exp)]
  if (claims.iss !== testEmail) refuse('Invalid grant: account not found')
  if (!asText(claims.aud).endsWith('/token')) refuse('Invalid JWT: Failed audience check.')
  if (!(expires > now) || !(issued <= now + 60) || expires - issued > 3_600) {
    refuse(
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    )
  }
  const scope = asText(claims.scope)
  if (scope === '') {
    throw new Failure('invalid', {
      code: 'invalid_scope',
      message: 'Invalid OAuth scope or ID token audience provided.',
    })
  }
  return tokenAnswer(call, asText(claims.sub) || testEmail, scope)
}

/** The claims of an RS256 assertion that this process's service account has signed. Throws `Failure`. */
function claimsOf(assertion: string): JsonObject {
  const [head = '', payload = '', signature = ''] = assertion.split('.')
  const { alg } = asObject(parsed(head))
  if (alg !== 'RS256') refuse('Invalid JWT: the algorithm must be RS256.')
  const isGenuine = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${payload}`),
    serviceAccountKeys().publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) refuse('Invalid JWT Signature.')
  return asObject(parsed(payload))
}

function parsed(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return refuse('Invalid JWT: it could not be parsed.')
  }
}

function refuse(message: string): never {
  throw new Failure('invalid', { code: 'invalid_grant', message })
}

function tokenAnswer(call: WireCall, subject: string, scope: string): WireAnswer {
  const { minted, seconds } = mint(call, { issuer: 'google', subject, scope, prefix: 'ya29.' })
  return { json: { access_token: minted.token, expires_in: seconds, token_type: 'Bearer', scope } }
}

/** https://cloud.google.com/compute/docs/metadata/overview: a token, the account's email, the project's id. */
export const googleMetadata: CallOperation = {
  kind: 'call',
  answer(call) {
    if (call.head.headers['metadata-flavor'] !== 'Google') {
      throw new Failure('forbidden', { message: 'Missing Metadata-Flavor:Google header.' })
    }
    const headers = { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' }
    const item = call.route.params?.item
    if (item === 'token') {
      const scope = call.head.query.get('scopes') ?? ''
      const { minted, seconds } = mint(call, { issuer: 'google', subject: testEmail, scope, prefix: 'ya29.' })
      return { headers, json: { access_token: minted.token, expires_in: seconds, token_type: 'Bearer' } }
    }
    return { headers, text: item === 'email' ? testEmail : testProject, contentType: 'application/text' }
  },
}

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token: workload identity federation. */
export const googleExchange: CallOperation = {
  kind: 'call',
  takes: ['urlencoded', 'json'],
  answer(call) {
    const field = (snake: string, camel: string) => asText(call.body[snake]) || needed(call, camel)
    if (field('grant_type', 'grantType') !== exchangeGrant) grantOf(call, exchangeGrant)
    field('subject_token_type', 'subjectTokenType')
    const subject = field('audience', 'audience')
    if (field('subject_token', 'subjectToken') === badKey) refuse('The subject token is not valid.')
    const scope = asText(call.body.scope)
    const { minted, seconds } = mint(call, { issuer: 'google', subject, scope, prefix: 'ya29.d.' })
    return {
      json: {
        access_token: minted.token,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: seconds,
      },
    }
  },
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
export const googleImpersonation: CallOperation = {
  kind: 'call',
  answer(call) {
    const [, shown] = (call.head.headers.authorization ?? '').split(' ')
    if (!call.state.tokens.find(shown)) throw new Failure('unauthorized')
    const scopes = asTexts(call.body.scope)
    if (scopes.length === 0) throw new Failure('invalid', { message: 'The scope must not be empty.' })
    const subject = call.route.params?.account ?? ''
    const wish = { issuer: 'google', subject, scope: scopes.join(' '), prefix: 'ya29.c.' } as const
    const { minted } = mint(call, wish)
    return { json: { accessToken: minted.token, expireTime: new Date(minted.expiresAt).toISOString() } }
  },
}
