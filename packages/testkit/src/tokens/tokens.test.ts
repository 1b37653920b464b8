import { createSign, generateKeyPairSync } from 'node:crypto'
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/nested-clients/sts'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type MintedToken, testAwsKeys } from '../state/minted-tokens.ts'
import { startUpstream } from '../upstream.ts'
import { testServiceAccount } from './google-account.ts'
import { verifyAwsSignature } from './verify-aws-signature.ts'

const upstream = await startUpstream()
const { url } = upstream
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

type Json = Record<string, unknown>

async function outcome(response: Response) {
  return { status: response.status, body: JSON.parse(await response.text()) as Json }
}

async function postForm(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return outcome(await fetch(url + path, { method: 'POST', headers, body: new URLSearchParams(fields) }))
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers })
const minted = (body: Json): MintedToken | undefined => upstream.tokens.find(String(body.access_token))

describe('Google', () => {
  const scope = 'https://www.googleapis.com/auth/cloud-platform'
  const file = testServiceAccount(url)

  function assertion(key: string, claims: Json = {}): Record<string, string> {
    const now = Math.floor(Date.now() / 1_000)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const usual = { iss: file.client_email, aud: file.token_uri, scope, iat: now, exp: now + 3_600 }
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...usual, ...claims })}`
    const signature = createSign('RSA-SHA256').update(text).sign(key, 'base64url')
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${text}.${signature}` }
  }

  test("a service account's assertion gets a token that is remembered until it is revoked", async () => {
    const { body } = await postForm('/token', assertion(file.private_key))
    expect(body).toMatchObject({ expires_in: 3_600, token_type: 'Bearer' })
    expect(minted(body)).toMatchObject({ issuer: 'google', subject: file.client_email, scope })
    upstream.tokens.revoke(String(body.access_token))
    expect(minted(body)).toBeUndefined()
  })

  test("another key's, a stale or a scopeless assertion is refused in Google's words", async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const stranger = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(await postForm('/token', assertion(stranger))).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
    })
    const stale = await postForm('/token', assertion(file.private_key, { exp: 1_000 }))
    expect(stale.body.error_description).toContain('short-lived')
    const scopeless = await postForm('/token', assertion(file.private_key, { scope: '' }))
    expect(scopeless.body.error).toBe('invalid_scope')
  })

  test('the metadata server wants its header and tells token and project', async () => {
    const path = '/computeMetadata/v1/instance/service-accounts/default/token'
    expect((await get(path)).status).toBe(403)
    const { body } = await outcome(await get(path, { 'metadata-flavor': 'Google' }))
    expect(minted(body)?.subject).toBe(file.client_email)
    const project = await get('/computeMetadata/v1/project/project-id', { 'metadata-flavor': 'Google' })
    expect(await project.text()).toBe(file.project_id)
  })

  test('a federated token is exchanged, and impersonates an account only when it was minted here', async () => {
    const { body } = await postForm('/v1/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: '//iam.googleapis.com/projects/1/pool',
      subject_token: 'outside',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    })
    const impersonate = async (token: string) =>
      outcome(
        await fetch(`${url}/v1/projects/-/serviceAccounts/a@b.c:generateAccessToken`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          body: JSON.stringify({ scope: [scope] }),
        }),
      )
    const good = await impersonate(String(body.access_token))
    expect(upstream.tokens.find(String(good.body.accessToken))?.subject).toBe('a@b.c')
    expect((await impersonate('invented')).status).toBe(401)
  })
})

describe('Azure', () => {
  const fields = {
    grant_type: 'client_credentials',
    client_id: 'app',
    client_secret: 's',
    scope: 'https://cognitiveservices.azure.com/.default',
  }
  const path = '/tenant-1/oauth2/v2.0/token'

  test('client credentials get a token; a wrong secret and a bare scope are told by their AADSTS number', async () => {
    expect(minted((await postForm(path, fields)).body)).toMatchObject({ issuer: 'azure', subject: 'app' })
    const wrong = await postForm(path, { ...fields, client_secret: 'bad-key' })
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client', error_codes: [7_000_215] } })
    const bare = await postForm(path, { ...fields, scope: 'https://cognitiveservices.azure.com' })
    expect(bare).toMatchObject({ status: 400, body: { error: 'invalid_scope', error_codes: [1_002_012] } })
  })

  test('an assertion stands for the secret', async () => {
    const { client_secret: _secret, ...rest } = fields
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    expect(
      (await postForm(path, { ...rest, client_assertion: 'x', client_assertion_type: type })).status,
    ).toBe(200)
    expect((await postForm(path, { ...rest, client_assertion: 'x' })).status).toBe(400)
  })

  test('a managed identity wants its header, and its seconds are text', async () => {
    const query = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r'
    expect((await get(query)).status).toBe(400)
    const { body } = await outcome(await get(query, { metadata: 'true' }))
    expect(body).toMatchObject({ expires_in: '3600', resource: 'r' })
    expect(minted(body)?.scope).toBe('r')
  })
})

describe('AWS', () => {
  const client = (keys: { accessKeyId: string; secretAccessKey: string }) =>
    new STSClient({ region: 'eu-west-1', endpoint: url, credentials: keys, maxAttempts: 1 })
  const role = { RoleArn: 'arn:aws:iam::123456789012:role/reader', RoleSessionName: 'test' }

  test("AWS's own client assumes a role with a signature that is checked", async () => {
    const { Credentials: keys } = await client(testAwsKeys).send(new AssumeRoleCommand(role))
    expect(upstream.tokens.find(keys?.SessionToken)?.aws).toMatchObject({
      accessKeyId: keys?.AccessKeyId,
      secretAccessKey: keys?.SecretAccessKey,
    })
    const [request] = upstream.requests
    if (!request) throw new Error('nothing was recorded')
    const expected = { ...testAwsKeys, service: 'sts', region: 'eu-west-1' }
    await verifyAwsSignature(request, expected)
    await expect(verifyAwsSignature(request, { ...expected, secretAccessKey: 'other' })).rejects.toThrow(
      'The signature is',
    )
    await expect(verifyAwsSignature(request, { ...expected, region: 'us-east-1' })).rejects.toThrow(
      "region is 'eu-west-1'",
    )
    const forged = { ...request, raw: Buffer.from('Action=Other'), path: '/', method: 'POST' }
    await expect(
      verifyAwsSignature({ ...forged, query: request.query, headers: request.headers }, expected),
    ).rejects.toThrow(/hash|signature/)
  })

  test('a wrong secret is refused, and minted keys are good with their session token only', async () => {
    const wrong = client({ ...testAwsKeys, secretAccessKey: 'wrong' })
    await expect(wrong.send(new AssumeRoleCommand(role))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    })
    const { Credentials: keys } = await client(testAwsKeys).send(new AssumeRoleCommand(role))
    const minted = { accessKeyId: keys?.AccessKeyId ?? '', secretAccessKey: keys?.SecretAccessKey ?? '' }
    await expect(client(minted).send(new AssumeRoleCommand(role))).rejects.toThrow('session token')
    const whole = { ...minted, sessionToken: keys?.SessionToken ?? '' }
    expect((await client(whole).send(new AssumeRoleCommand(role))).Credentials?.AccessKeyId).toMatch(/^ASIA/)
  })

  test('a web identity needs no signature', async () => {
    const command = (token: string) =>
      new AssumeRoleWithWebIdentityCommand({ ...role, WebIdentityToken: token })
    const reply = await client(testAwsKeys).send(command('jwt'))
    expect(reply.Credentials?.SessionToken).toBeTruthy()
    await expect(client(testAwsKeys).send(command('bad-key'))).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    })
  })

  test('an instance gets its keys with a session of IMDSv2', async () => {
    const path = '/latest/meta-data/iam/security-credentials/'
    expect((await get(path)).status).toBe(401)
    const asked = await fetch(`${url}/latest/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    })
    const headers = { 'x-aws-ec2-metadata-token': await asked.text() }
    const name = await (await get(path, headers)).text()
    const { body } = await outcome(await get(path + name, headers))
    expect(upstream.tokens.awsKeys(String(body.AccessKeyId))?.secretAccessKey).toBe(body.SecretAccessKey)
  })
})

describe('others', () => {
  test('IBM wants its grant and a key', async () => {
    const grant_type = 'urn:ibm:params:oauth:grant-type:apikey'
    const { body } = await postForm('/identity/token', { grant_type, apikey: 'k' })
    expect(minted(body)?.issuer).toBe('ibm')
    const wrong = await postForm('/identity/token', { grant_type, apikey: 'bad-key' })
    expect(wrong).toMatchObject({ status: 400, body: { errorCode: 'BXNIM0415E' } })
  })

  test('a client shows itself by Basic or in the body', async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    const grant_type = 'client_credentials'
    const good = await postForm('/oauth2/token', { grant_type }, basic('id:se:cret'))
    expect(minted(good.body)?.subject).toBe('id')
    expect((await postForm('/oauth/token', { grant_type, client_id: 'a', client_secret: 'b' })).status).toBe(
      200,
    )
    expect((await postForm('/oauth2/token', { grant_type }, basic('id:bad-key'))).status).toBe(401)
    expect((await postForm('/oauth2/token', { grant_type: 'password' }, basic('a:b'))).body.error).toBe(
      'unsupported_grant_type',
    )
  })

  test('a script shortens the life of a token, or lets the endpoint fail', async () => {
    const fields = { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b' }
    upstream.script({ match: { path: '/oauth2/token' }, lifetimeSeconds: 0 })
    const { body } = await postForm('/oauth2/token', fields)
    expect(body.expires_in).toBe(0)
    expect(minted(body)).toBeUndefined()
    upstream.script({ match: { wire: 'tokens' }, status: 503 })
    expect(await postForm('/oauth2/token', fields)).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
    })
  })
})
