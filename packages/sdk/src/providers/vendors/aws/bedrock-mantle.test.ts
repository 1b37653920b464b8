import { startUpstream, testAwsKeys, type Upstream, verifyAwsSignature } from '@sluice/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completion } from '../../../api/calls/completion.ts'
import type { SigningHost } from '../../../credentials/credentials.ts'
import { bedrockMantle } from './bedrock-mantle.ts'

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
afterAll(() => upstream.close())

const messages = [{ role: 'user' as const, content: 'Hello there' }]
const keys = {
  aws_access_key_id: testAwsKeys.accessKeyId,
  aws_secret_access_key: testAwsKeys.secretAccessKey,
}

function ask(model: string, more: object = {}) {
  return completion(
    { model: `bedrock_mantle/${model}`, messages, max_tokens: 100, ...keys, ...more },
    { apiBase: `${upstream.url}/v1`, numRetries: 0 },
  )
}

test('open models are asked as OpenAI’s are, the request signed for the service', async () => {
  // OpenAI's own wire knows no signatures; what matters is what arrives.
  await expect(ask('openai.gpt-oss-120b')).rejects.toMatchObject({ name: 'AuthenticationError' })
  const last = upstream.requests.at(-1)
  if (last === undefined) throw new Error('Nothing arrived.')
  expect(last.path).toBe('/v1/chat/completions')
  await verifyAwsSignature(last, { ...testAwsKeys, service: 'bedrock-mantle', region: 'us-east-1' })
})

test('Claude is asked in its own format, beside the version of the others', async () => {
  upstream.script({ body: {} })
  await expect(ask('anthropic.claude-sonnet-4-5')).rejects.toThrow()
  const last = upstream.requests.at(-1)
  expect(last?.path).toBe('/anthropic/v1/messages')
  expect(last?.headers['anthropic-version']).toBe('2023-06-01')
})

test('its own region is in the address, and a token needs no keys', async () => {
  const request = {
    method: 'POST' as const,
    url: 'https://bedrock-mantle.{region}.api.aws/v1/chat/completions',
    headers: {} as Record<string, string>,
    body: '{}',
  }
  const host = {
    now: Date.now,
    secret: names => (names.includes('BEDROCK_MANTLE_REGION') ? 'eu-west-1' : undefined),
    exchange: () => Promise.reject(new Error('Nothing to exchange.')),
  } satisfies SigningHost
  const deployment = { id: 'd', group: 'g', provider: 'bedrock_mantle', model: 'm' }
  await bedrockMantle.credentials.sign(request, 'a-token', deployment, host)
  expect(request.url).toBe('https://bedrock-mantle.eu-west-1.api.aws/v1/chat/completions')
  expect(request.headers.authorization).toBe('Bearer a-token')
})
