import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { ProviderCaller } from '../../testing/provider-caller.ts'
import { chatgpt } from './chatgpt.ts'
import { chatgptToken } from './chatgpt-token.ts'

const NOW = 1_700_000_000_000
const deployment: Deployment = { id: 'd', group: 'g', provider: 'chatgpt', model: 'm' }

let folder: string
let upstream: Upstream
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatgpt-'))
  upstream = await startUpstream({ wires: ['openai'] })
})
afterAll(async () => {
  await upstream.close()
  await rm(folder, { recursive: true })
})

function jwt(seconds: number, account = 'acc-1'): string {
  const claims = { exp: seconds, 'https://api.openai.com/auth': { chatgpt_account_id: account } }
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`
}

/** A surrounding whose sign-in file holds this, and what the token service was asked. */
async function surrounding(name: string, record: unknown, reply?: { status: number; body: unknown }) {
  if (record !== undefined) await writeFile(join(folder, name), JSON.stringify(record))
  const environment: Record<string, string> = { CHATGPT_TOKEN_DIR: folder, CHATGPT_AUTH_FILE: name }
  const asked: OutgoingRequest[] = []
  const host: SigningHost = {
    now: () => NOW,
    secret: names => names.map(each => environment[each]).find(value => value !== undefined),
    async exchange(request) {
      asked.push(request)
      return {
        status: reply?.status ?? 500,
        headers: {},
        body: Buffer.from(JSON.stringify(reply?.body ?? {})),
      }
    },
  }
  const request: OutgoingRequest = {
    method: 'POST',
    url: 'https://chatgpt.com/backend-api/codex/responses',
    headers: {},
  }
  return { host, asked, request }
}

describe('the sign-in', () => {
  test('a token that lasts is used as it is, with the account it names', async () => {
    const token = jwt(NOW / 1000 + 3600)
    const { host, asked, request } = await surrounding('good.json', {
      access_token: token,
      refresh_token: 'r',
    })
    await chatgptToken().sign(request, undefined, deployment, host)
    expect(request.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'chatgpt-account-id': 'acc-1',
      originator: 'codex_cli_rs',
    })
    expect(asked).toEqual([])
  })

  test('one that is over is renewed once, and kept where LiteLLM looks for it', async () => {
    const fresh = jwt(NOW / 1000 + 7200, 'acc-2')
    const body = { access_token: fresh, id_token: fresh, refresh_token: 'r2' }
    const old = { access_token: jwt(1), refresh_token: 'r1', expires_at: 1, device_code_requested_at: 5 }
    const { host, asked, request } = await surrounding('old.json', old, { status: 200, body })
    const credentials = chatgptToken()
    await Promise.all(
      [1, 2].map(async () => credentials.sign({ ...request, headers: {} }, undefined, deployment, host)),
    )
    await credentials.sign(request, undefined, deployment, host)
    expect(request.headers.authorization).toBe(`Bearer ${fresh}`)
    expect(asked.map(({ url }) => url)).toEqual(['https://auth.openai.com/oauth/token'])
    expect(JSON.parse(String(asked[0]?.body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'r1',
    })
    expect(JSON.parse(await readFile(join(folder, 'old.json'), 'utf8'))).toEqual({
      access_token: fresh,
      id_token: fresh,
      refresh_token: 'r2',
      expires_at: NOW / 1000 + 7200,
      account_id: 'acc-2',
      device_code_requested_at: 5,
    })
  })

  test.each([
    ['no file', 'none.json', undefined, undefined, /CHATGPT_TOKEN_DIR/],
    ['no way to renew', 'stuck.json', { access_token: jwt(1) }, undefined, /cannot be renewed/],
    ['a refusal', 'refused.json', { refresh_token: 'secret-r' }, { status: 401, body: {} }, /status 401/],
  ])('%s is an authentication error with the remedy', async (_, name, record, reply, words) => {
    const { host, request } = await surrounding(name, record, reply)
    const refused = chatgptToken().sign(request, undefined, deployment, host) as Promise<void>
    await expect(refused).rejects.toMatchObject({
      kind: 'authentication',
      message: expect.stringMatching(words) as string,
    })
    await expect(refused).rejects.not.toThrow(/secret-r/)
  })

  test('trouble at the token service is no wrong credential', async () => {
    const { host, request } = await surrounding(
      'trouble.json',
      { refresh_token: 'r' },
      { status: 503, body: {} },
    )
    await expect(chatgptToken().sign(request, undefined, deployment, host)).rejects.toMatchObject({
      kind: 'unavailable',
    })
  })
})

test('the service always streams; a caller without a stream gets what it ends with', async () => {
  const caller = new ProviderCaller(chatgpt)
  const tools = [
    { type: 'function', function: { name: 'w', parameters: { type: 'object', properties: {} } } },
  ]
  const reply = await caller.whole({
    endpoint: 'chat',
    deployment: { model: 'gpt-5.2', apiBase: upstream.baseUrl('openai'), apiKey: jwt(NOW / 1000 + 3600) },
    request: { messages: [{ role: 'user', content: 'Hi' }], tools, max_tokens: 5 },
  })
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'w' } }] },
  })
  expect(upstream.requests.at(-1)?.body).toMatchObject({
    stream: true,
    store: false,
    instructions: 'You are a helpful assistant.',
  })
  expect(caller.warnings.map(({ param }) => param)).toEqual(['max_tokens'])
})

test('a stream that ends early is truncated, also where the caller wanted none', async () => {
  upstream.script({ events: [{ type: 'response.created', response: { id: 'r' } }] })
  const error = await new ProviderCaller(chatgpt).failure({
    endpoint: 'chat',
    deployment: { model: 'gpt-5.2', apiBase: upstream.baseUrl('openai'), apiKey: 'k' },
    request: { messages: [{ role: 'user', content: 'Hi' }] },
  })
  expect(error.kind).toBe('truncated')
})
