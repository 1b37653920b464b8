import { createVerify, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'
import type { OutgoingRequest, SigningHost } from '../credentials.ts'
import { GoogleKeyRing } from './google.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const folder = mkdtempSync(join(tmpdir(), 'google-'))

const account = {
  type: 'service_account',
  project_id: 'p-of-key',
  private_key_id: 'k1',
  private_key: pem,
  client_email: 'bot@p.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
}

let now = 1_700_000_000_000
let asked: OutgoingRequest[] = []
let answer: (request: OutgoingRequest) => { status?: number; body: unknown } = () => ({ body: {} })
let environment: Readonly<Record<string, string>> = {}

const host: SigningHost = {
  now: () => now,
  secret: names => names.map(name => environment[name]).find(value => value !== undefined),
  async exchange(request) {
    asked.push(request)
    const { status = 200, body } = answer(request)
    return { status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
  },
}

beforeEach(() => {
  asked = []
  environment = { CLOUDSDK_CONFIG: folder }
  answer = () => ({ body: { access_token: `token-${asked.length}`, expires_in: 3599 } })
})

function deployment(params: JsonObject = {}): Deployment {
  return { id: 'd', group: 'g', provider: 'vertex_ai', model: 'gemini-2.5-flash', params }
}

function fileWith(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )
}

const formOf = (request: OutgoingRequest | undefined) => new URLSearchParams(String(request?.body))

test('a service account signs an assertion with its key and gets a token for its project', async () => {
  const token = await new GoogleKeyRing().tokenFor(
    deployment({ vertex_credentials: account }),
    undefined,
    host,
  )
  expect(token).toEqual({ token: 'token-1', project: 'p-of-key', expiresAt: now + 3_599_000 })
  expect(asked[0]?.url).toBe(account.token_uri)
  const form = formOf(asked[0])
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
    alg: 'RS256',
    typ: 'JWT',
    kid: 'k1',
  })
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    iss: account.client_email,
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: account.token_uri,
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  })
  const verifier = createVerify('RSA-SHA256').update(`${head}.${claims}`)
  expect(verifier.verify(publicKey, signature, 'base64url')).toBe(true)
})

test('a token is asked for once, shared while it is on its way, and renewed before it ends', async () => {
  const ring = new GoogleKeyRing()
  const take = () => ring.tokenFor(deployment({ vertex_credentials: account }), undefined, host)
  const together = await Promise.all([take(), take(), take()])
  expect(together.map(({ token }) => token)).toEqual(['token-1', 'token-1', 'token-1'])
  now += 3_000_000
  expect((await take()).token).toBe('token-1')
  now += 400_000
  expect((await take()).token).toBe('token-2')
  expect(asked).toHaveLength(2)
})

test('while the old token is good, trouble with the new one is no trouble for calls', async () => {
  const ring = new GoogleKeyRing()
  const take = () => ring.tokenFor(deployment({ vertex_credentials: account }), undefined, host)
  await take()
  answer = () => ({ status: 503, body: 'sorry' })
  now += 3_400_000
  expect((await take()).token).toBe('token-1')
  now += 200_000
  expect(await rejectionOf(take())).toMatchObject({ kind: 'unavailable' })
})

test('a refusal is an authentication error in Google’s words, is not kept, and holds no key', async () => {
  const ring = new GoogleKeyRing()
  answer = () => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' },
  })
  const take = () => ring.tokenFor(deployment({ vertex_credentials: account }), undefined, host)
  const error = await rejectionOf(take())
  expect(error).toMatchObject({
    kind: 'authentication',
    status: 401,
    code: 'invalid_grant',
    retryable: false,
  })
  expect(String(error)).toContain('Invalid JWT Signature')
  answer = () => ({ status: 503, body: 'sorry' })
  expect(await rejectionOf(take())).toMatchObject({ kind: 'unavailable', retryable: true })
  answer = () => ({ body: { access_token: 'fine', expires_in: 60 } })
  expect((await take()).token).toBe('fine')
})

test('the environment may hold the path or the JSON; the deployment’s own credentials win', async () => {
  const ring = new GoogleKeyRing()
  const path = fileWith('env.json', { ...account, project_id: 'p-of-file' })
  expect((await ring.tokenFor(deployment(), path, host)).project).toBe('p-of-file')
  expect((await ring.tokenFor(deployment(), JSON.stringify(account), host)).project).toBe('p-of-key')
  const own = deployment({ vertex_credentials: JSON.stringify({ ...account, project_id: 'p-own' }) })
  expect((await ring.tokenFor(own, path, host)).project).toBe('p-own')
})

test('a person who used gcloud is known by the file it wrote', async () => {
  fileWith('application_default_credentials.json', {
    type: 'authorized_user',
    client_id: 'c',
    client_secret: 's',
    refresh_token: 'r',
    quota_project_id: 'p-of-person',
  })
  const token = await new GoogleKeyRing().tokenFor(deployment(), undefined, host)
  expect(token).toMatchObject({ token: 'token-1', project: 'p-of-person' })
  expect(asked[0]?.url).toBe('https://oauth2.googleapis.com/token')
  expect(Object.fromEntries(formOf(asked[0]))).toEqual({
    grant_type: 'refresh_token',
    client_id: 'c',
    client_secret: 's',
    refresh_token: 'r',
  })
})

test('on a machine of Google’s its own account answers, and elsewhere the error says what to set', async () => {
  environment = { CLOUDSDK_CONFIG: join(folder, 'nothing'), GCE_METADATA_HOST: 'metadata.test' }
  answer = ({ url }) =>
    url.endsWith('project-id')
      ? { body: 'p-of-machine' }
      : { body: { access_token: 'of-machine', expires_in: 600 } }
  const token = await new GoogleKeyRing().tokenFor(deployment(), undefined, host)
  expect(token).toMatchObject({ token: 'of-machine', project: 'p-of-machine' })
  expect(asked[0]).toMatchObject({
    url: 'http://metadata.test/computeMetadata/v1/instance/service-accounts/default/token',
    headers: { 'metadata-flavor': 'Google' },
  })
  answer = () => ({ status: 503, body: '' })
  expect(await rejectionOf(new GoogleKeyRing().tokenFor(deployment(), undefined, host))).toMatchObject({
    kind: 'unavailable',
  })
})

const federated = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/w/providers/p',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/bot:generateAccessToken',
}

test('workload identity: a token from a file is exchanged, and then speaks for the service account', async () => {
  const file = join(folder, 'subject.json')
  writeFileSync(file, '{"value":"of-the-cluster"}')
  const path = fileWith('wif.json', {
    ...federated,
    credential_source: { file, format: { type: 'json', subject_token_field_name: 'value' } },
  })
  answer = ({ url }) =>
    url.startsWith('https://iamcredentials')
      ? { body: { accessToken: 'of-the-bot', expireTime: '2030-01-01T00:00:00Z' } }
      : { body: { access_token: 'federated', expires_in: 3600 } }
  const token = await new GoogleKeyRing().tokenFor(deployment({ vertex_credentials: path }), undefined, host)
  expect(token).toEqual({ token: 'of-the-bot', expiresAt: Date.parse('2030-01-01T00:00:00Z') })
  expect(Object.fromEntries(formOf(asked[0]))).toMatchObject({
    audience: federated.audience,
    subject_token: 'of-the-cluster',
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  })
  expect(asked[1]?.headers.authorization).toBe('Bearer federated')
})

test('workload identity: a token from an address that the operator’s file names', async () => {
  const path = fileWith('wif-url.json', {
    ...federated,
    service_account_impersonation_url: undefined,
    credential_source: { url: 'http://169.254.169.254/identity', headers: { Metadata: 'True' } },
  })
  answer = ({ method }) =>
    method === 'GET' ? { body: 'of-the-vm\n' } : { body: { access_token: 'federated', expires_in: 3600 } }
  const token = await new GoogleKeyRing().tokenFor(deployment(), path, host)
  expect(token.token).toBe('federated')
  expect(asked[0]).toMatchObject({ url: 'http://169.254.169.254/identity', headers: { metadata: 'True' } })
  expect(formOf(asked[1]).get('subject_token')).toBe('of-the-vm')
})

const inline = (over: JsonObject) => deployment({ vertex_credentials: { ...federated, ...over } })
const source = (credential_source: JsonObject) => inline({ credential_source })

test.each([
  [
    'a foreign token service',
    deployment({ vertex_credentials: { ...account, token_uri: 'https://evil.test/t' } }),
  ],
  [
    'one that only looks like Google’s',
    deployment({
      vertex_credentials: { ...account, token_uri: 'https://oauth2.googleapis.com.evil.test/t' },
    }),
  ],
  [
    'one behind a user name',
    deployment({
      vertex_credentials: { ...account, token_uri: 'https://oauth2.googleapis.com@evil.test/t' },
    }),
  ],
  [
    'one that is not encrypted',
    deployment({ vertex_credentials: { ...account, token_uri: 'http://oauth2.googleapis.com/token' } }),
  ],
  [
    'a foreign exchange',
    inline({ token_url: 'http://10.0.0.1/t', credential_source: { url: 'http://10.0.0.1' } }),
  ],
  [
    'a foreign impersonation',
    inline({
      service_account_impersonation_url: 'https://evil.test',
      credential_source: { file: '/etc/passwd' },
    }),
  ],
  ['a file named inline', source({ file: '/etc/passwd' })],
  ['an address named inline', source({ url: 'http://169.254.169.254/latest/meta-data' })],
  ['a program', source({ executable: { command: 'touch /tmp/x' } })],
  ['a certificate', source({ certificate: { use_default_certificate_config: true } })],
  ['AWS somewhere else', source({ environment_id: 'aws1', region_url: 'http://10.0.0.1/region' })],
])('credentials that name %s are refused before anything is sent', async (_, of) => {
  const error = await rejectionOf(new GoogleKeyRing().tokenFor(of, undefined, host))
  expect(error).toMatchObject({ kind: 'bad_request' })
  expect(String((error as { param?: unknown }).param)).toMatch(/^vertex_credentials\./)
  expect(asked).toEqual([])
})

test('the operator may list further token services', async () => {
  environment = { ...environment, SLUICE_GOOGLE_TOKEN_ORIGINS: 'https://a.test, http://127.0.0.1:8080' }
  const own = deployment({ vertex_credentials: { ...account, token_uri: 'http://127.0.0.1:8080/token' } })
  expect((await new GoogleKeyRing().tokenFor(own, undefined, host)).token).toBe('token-1')
})

test.each([
  ['no JSON', '{nonsense', 'vertex_credentials'],
  ['another kind of file', { type: 'gdch_service_account' }, 'vertex_credentials.type'],
  ['no key', { ...account, private_key: '' }, 'vertex_credentials.private_key'],
  ['no PEM', { ...account, private_key: 'hunter2' }, 'vertex_credentials.private_key'],
])('broken credentials (%s) name the field and never its value', async (_, given, param) => {
  const error = await rejectionOf(
    new GoogleKeyRing().tokenFor(deployment({ vertex_credentials: given }), undefined, host),
  )
  expect(error).toMatchObject({ kind: 'bad_request', param })
  expect(String(error)).not.toContain('hunter2')
})

test('a file that is not there is an authentication error that names it', async () => {
  const error = await rejectionOf(new GoogleKeyRing().tokenFor(deployment(), '/nowhere/key.json', host))
  expect(error).toMatchObject({ kind: 'authentication' })
  expect(String(error)).toContain('/nowhere/key.json')
})
