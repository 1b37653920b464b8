import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Deployment } from '../types/deployment.ts'
import type { JsonObject } from '../types/json.ts'
import { awsRegionOf } from './aws/aws-region.ts'
import { signAws } from './aws/sign-aws.ts'
import { aws } from './aws.ts'
import type { OutgoingRequest, SigningHost } from './credentials.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const KEYS = { aws_access_key_id: 'AKIDOWN', aws_secret_access_key: 'own-secret-0123456789' }
const ROLE = 'arn:aws:iam::123456789012:role/caller'

function deploymentOf(params: JsonObject, model = 'a-model'): Deployment {
  return { id: 'd', group: 'g', provider: 'p', model, params }
}

function requestOf(): OutgoingRequest {
  const url = 'https://service.{region}.amazonaws.com/model/a%3A0/converse'
  return { method: 'POST', url, headers: { 'content-type': 'application/json', 'x-other': '1' }, body: '{}' }
}

/** A token service that remembers what it was asked, and a clock. */
function world(env: Record<string, string> = {}, answer?: (form: URLSearchParams) => [number, unknown]) {
  const asked: { request: OutgoingRequest; form: URLSearchParams }[] = []
  const clock = { now: NOW }
  const host: SigningHost = {
    now: () => clock.now,
    secret: names => names.map(name => env[name]).find(Boolean),
    exchange: async request => {
      const form = new URLSearchParams(request.body?.toString())
      asked.push({ request: { ...request }, form })
      const action = form.get('Action')
      const [status, body] = answer?.(form) ?? [
        200,
        {
          [`${action}Response`]: {
            [`${action}Result`]: {
              Credentials: {
                AccessKeyId: `ASIA${asked.length}`,
                SecretAccessKey: 'role-secret',
                SessionToken: 'role-token',
                Expiration: clock.now / 1000 + 3600,
              },
            },
          },
        },
      ]
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return { status, headers: {}, body: Buffer.from(text) }
    },
  }
  return { host, asked, clock }
}

const service = aws({
  service: 'service',
  bearerEnv: ['A_BEARER_TOKEN'],
  endpoint: { param: 'aws_own_endpoint', env: ['AWS_OWN_ENDPOINT'] },
})

async function signed(
  params: JsonObject,
  host: SigningHost,
  credentials = service,
): Promise<OutgoingRequest> {
  const request = requestOf()
  await credentials.sign(request, undefined, deploymentOf(params), host)
  return request
}

test('AWS’s own example of a signature comes out', async () => {
  const request: OutgoingRequest = { method: 'POST', url: 'https://example.amazonaws.com/', headers: {} }
  const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
  await signAws(request, keys, {
    service: 'service',
    region: 'us-east-1',
    now: Date.UTC(2015, 7, 30, 12, 36),
  })
  expect(request.headers).toEqual({
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  })
})

test('keys of the deployment sign for the region, and only host, type and body', async () => {
  const { host } = world({ AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SESSION_TOKEN: 'of other keys' })
  const request = await signed({ ...KEYS, aws_region_name: 'eu-west-1' }, host)
  expect(request.url).toBe('https://service.eu-west-1.amazonaws.com/model/a%3A0/converse')
  expect(request.headers.authorization).toContain(
    'Credential=AKIDOWN/20260102/eu-west-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date,',
  )
  expect(request.headers).not.toHaveProperty('x-amz-security-token')
})

test('keys of the environment sign where the deployment has none', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }
  const { headers } = await signed({}, world(env).host)
  expect(headers.authorization).toContain('Credential=AKIDENV/20260102/us-west-2/')
  expect(headers['x-amz-security-token']).toBe('t')
})

test('a bearer token wins over keys, and is not signed', async () => {
  const request = requestOf()
  await service.sign(request, 'a-token', deploymentOf(KEYS), world().host)
  expect(request.headers).toEqual({
    'content-type': 'application/json',
    'x-other': '1',
    authorization: 'Bearer a-token',
  })
})

test.each([
  [{ aws_region_name: 'eu-west-3' }, 'us-east-1/m', 'eu-west-3'],
  [{}, 'arn:aws:bedrock:ap-south-1:1:imported-model/x', 'ap-south-1'],
  [{ model_id: 'arn:aws:bedrock:eu-north-1:1:application-inference-profile/x' }, 'm', 'eu-north-1'],
  [{}, 'us-gov-west-1/6-month-commitment/m', 'us-gov-west-1'],
  [{}, 'us.some-model', 'ca-central-1'],
])('the region of %j and %s is %s', (params, model, region) => {
  const { host } = world({ AWS_REGION: 'us-east-2', AWS_REGION_NAME: 'ca-central-1' })
  expect(awsRegionOf(deploymentOf(params, model), host)).toBe(region)
})

test.each(['evil.example/#', 'us-east-1@evil.example', 'a.b', ''.padEnd(64, 'a')])(
  'a region cannot name another host: %s',
  async region => {
    const { host } = world({ AWS_REGION: 'us-east-1' })
    await expect(signed({ ...KEYS, aws_region_name: region }, host)).rejects.toThrow(/aws_region_name/)
  },
)

test('a region of China has its own domain; an endpoint of one’s own replaces the address', async () => {
  const { host } = world({ AWS_OWN_ENDPOINT: 'https://from-env.example' })
  const plain = aws({ service: 'service' })
  const china = await signed({ ...KEYS, aws_region_name: 'cn-north-1' }, world().host, plain)
  expect(china.url).toMatch(/^https:\/\/service\.cn-north-1\.amazonaws\.com\.cn\/model/)
  expect((await signed(KEYS, host)).url).toBe('https://from-env.example/model/a%3A0/converse')
  const own = { ...KEYS, aws_own_endpoint: 'https://vpce-1.example/' }
  expect((await signed(own, host)).url).toBe('https://vpce-1.example/model/a%3A0/converse')
})

test('some paths are another host’s, and a body may name the region', async () => {
  const credentials = aws({
    service: 'service',
    hosts: { '/rank': 'service-agent' },
    regional: 'arn:aws:x:{region}:',
    endpoint: { param: 'aws_own_endpoint', env: [] },
  })
  const request: OutgoingRequest = {
    method: 'POST',
    url: 'https://service.{region}.amazonaws.com/rank',
    headers: {},
    body: '{"arn":"arn:aws:x:{region}:y","text":"arn:aws:x:{region}:"}',
  }
  const params = { ...KEYS, aws_region_name: 'eu-west-1', aws_own_endpoint: 'https://own.example' }
  await credentials.sign(request, undefined, deploymentOf(params), world().host)
  expect(request.url).toBe('https://service-agent.eu-west-1.amazonaws.com/rank')
  expect(request.body).toBe('{"arn":"arn:aws:x:eu-west-1:y","text":"arn:aws:x:{region}:"}')
})

describe('roles', () => {
  const params = {
    ...KEYS,
    aws_role_name: ROLE,
    aws_session_name: 'me',
    aws_external_id: 'x-1',
    aws_session_tags: [{ Key: 'team', Value: 'search' }],
  }

  test('a role is assumed with the deployment’s keys, once for all who ask at a time, and again before it expires', async () => {
    const { host, asked, clock } = world()
    const credentials = aws({ service: 'service' })
    const [first, second] = await Promise.all([
      signed(params, host, credentials),
      signed(params, host, credentials),
    ])
    expect(asked).toHaveLength(1)
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'me',
      ExternalId: 'x-1',
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'search',
    })
    expect(asked[0]?.request.url).toBe('https://sts.us-west-2.amazonaws.com/')
    expect(asked[0]?.request.headers.authorization).toContain(
      'Credential=AKIDOWN/20260102/us-west-2/sts/aws4_request',
    )
    expect(first?.headers.authorization).toContain('Credential=ASIA1/')
    expect(second?.headers['x-amz-security-token']).toBe('role-token')
    clock.now += 54 * 60_000
    await signed(params, host, credentials)
    expect(asked).toHaveLength(1)
    clock.now += 2 * 60_000
    expect((await signed(params, host, credentials)).headers.authorization).toContain('Credential=ASIA2/')
  })

  test('another external id is another session (CVE-2026-35030)', async () => {
    const { host, asked } = world()
    const credentials = aws({ service: 'service' })
    await signed(params, host, credentials)
    await signed({ ...params, aws_external_id: 'x-2' }, host, credentials)
    expect(asked).toHaveLength(2)
  })

  test('a web identity is sent unsigned, from a file where it says so', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'token-')), 'token')
    await writeFile(file, 'a.web.token\n')
    const { host, asked } = world({ AWS_STS_ENDPOINT: 'https://sts.example' })
    const token = { aws_role_name: ROLE, aws_web_identity_token: `oidc/file/${file}` }
    const { headers } = await signed(token, host, aws({ service: 'service' }))
    expect(headers.authorization).toContain('Credential=ASIA1/')
    expect(asked[0]?.request.url).toBe('https://sts.example/')
    expect(asked[0]?.request.headers).not.toHaveProperty('authorization')
    expect(asked[0]?.form.get('Action')).toBe('AssumeRoleWithWebIdentity')
    expect(asked[0]?.form.get('WebIdentityToken')).toBe('a.web.token')
  })

  test.each([
    ['https://sts.eu-west-1.amazonaws.com', true],
    ['https://sts-fips.us-east-1.amazonaws.com', true],
    ['https://vpce-1-a.sts.us-east-1.vpce.amazonaws.com', true],
    ['https://sts.operator.example', true],
    ['http://sts.eu-west-1.amazonaws.com', false],
    ['https://abc.execute-api.us-east-1.amazonaws.com', false],
    ['https://sts.amazonaws.com.evil.example', false],
    ['https://sts.example', false],
  ])('an identity goes to AWS or where the operator says: %s, %s', async (endpoint, isTaken) => {
    const { host, asked } = world({ AWS_STS_ENDPOINT: 'https://sts.operator.example' })
    const own = { ...params, aws_sts_endpoint: endpoint }
    const done = signed(own, host, aws({ service: 'service' }))
    if (isTaken) await done
    else await expect(done).rejects.toThrow(/aws_sts_endpoint/)
    expect(asked).toHaveLength(isTaken ? 1 : 0)
  })

  test('an unknown source of tokens is a clear error', async () => {
    const token = { aws_role_name: ROLE, aws_web_identity_token: 'oidc/moon/x' }
    await expect(signed(token, world().host, aws({ service: 'service' }))).rejects.toThrow(
      /oidc\/moon.*Use oidc\/file/,
    )
  })

  test('replies in XML are read too', async () => {
    const xml =
      '<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</AccessKeyId>' +
      '<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>' +
      '<Expiration>2026-01-02T04:04:05Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>'
    const { host } = world({}, () => [200, xml])
    const { headers } = await signed(params, host, aws({ service: 'service' }))
    expect(headers.authorization).toContain('Credential=ASIAX/')
  })

  test('a refusal tells AWS’s words and no secret, a failing service is worth another try', async () => {
    const told = { Error: { Code: 'AccessDenied', Message: `not allowed for own-secret-0123456789` } }
    const { host } = world({}, () => [403, told])
    const refused = signed(params, host, aws({ service: 'service' }))
    await expect(refused).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AccessDenied',
      message: expect.stringContaining(ROLE) as string,
    })
    await expect(refused).rejects.not.toThrow(/own-secret/)
    const down = world({}, () => [503, 'busy']).host
    await expect(signed(params, down, aws({ service: 'service' }))).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      retryable: true,
    })
  })

  test('a failed session is asked for anew', async () => {
    let failing = true
    const { host } = world({}, () => {
      if (failing) return [500, '']
      const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't' }
      return [200, { AssumeRoleResponse: { AssumeRoleResult: { Credentials } } }]
    })
    const credentials = aws({ service: 'service' })
    await expect(signed(params, host, credentials)).rejects.toThrow()
    failing = false
    expect((await signed(params, host, credentials)).headers.authorization).toContain('Credential=ASIA/')
  })
})

test('an id without its secret is refused with the remedy', async () => {
  await expect(signed({ aws_access_key_id: 'AKID' }, world().host)).rejects.toThrow(/aws_secret_access_key/)
})

test('a profile that does not exist is an authentication error', async () => {
  const { host } = world()
  await expect(signed({ aws_profile_name: 'no-such-profile' }, host)).rejects.toMatchObject({
    name: 'AuthenticationError',
    message: expect.stringContaining('"no-such-profile"') as string,
  })
})
