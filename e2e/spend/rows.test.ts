import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, price, startRig } from '../gateway.ts'
import { spendLog, spendLogs } from '../spend-log.ts'

const rig = await startRig()
afterAll(() => rig.close())

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
const messages = [{ role: 'user', content: 'Hello there' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello there' }] }]
/** 2 tokens in and 4 out, in whole nano-dollars. */
const usual = (2 * price.input * 1e9 + 4 * price.output * 1e9) / 1e9

const calls = [
  ['acompletion', 'gpt-4o', '/v1/chat/completions', { model: 'gpt-4o', messages }],
  ['acompletion', 'claude-sonnet-4-6', '/v1/chat/completions', { model: 'claude-sonnet-4-6', messages }],
  [
    'acompletion',
    'gemini-2.5-flash',
    '/v1/chat/completions',
    { model: 'gemini-2.5-flash', messages, stream: true },
  ],
  ['acompletion', 'gpt-4o', '/v1/chat/completions', { model: 'gpt-4o', messages, stream: true }],
  [
    'anthropic_messages',
    'claude-sonnet-4-6',
    '/v1/messages',
    { model: 'claude-sonnet-4-6', max_tokens: 99, messages },
  ],
  [
    'anthropic_messages',
    'claude-sonnet-4-6',
    '/v1/messages',
    { model: 'claude-sonnet-4-6', max_tokens: 99, messages, stream: true },
  ],
  [
    'anthropic_messages',
    'gpt-4o',
    '/v1/messages',
    { model: 'gpt-4o', max_tokens: 99, messages, stream: true },
  ],
  ['agenerate_content', 'gemini-2.5-flash', '/v1beta/models/gemini-2.5-flash:generateContent', { contents }],
  ['agenerate_content', 'gpt-4o', '/v1beta/models/gpt-4o:streamGenerateContent?alt=sse', { contents }],
] as const

describe.each(calls)('%s of %s on %s', (callType, model, path, body) => {
  test('is written down as it was charged', async () => {
    const key = await rig.newKey({ user_id: 'user-1', team_id: 'team-1', key_alias: `rows-${callId()}` })
    const response = await post(rig.gateway, path, body, key)
    const began = Date.now()
    await response.text()
    const row = await spendLog(rig, response)
    expect(row).toMatchObject({
      call_type: callType,
      api_key: hashOf(key),
      user: 'user-1',
      team_id: 'team-1',
      model,
      model_group: model,
      model_id: response.headers.get('x-litellm-model-id'),
      spend: usual,
      prompt_tokens: 2,
      completion_tokens: 4,
      total_tokens: 6,
      status: 'success',
      cache_hit: 'False',
      requester_ip_address: '127.0.0.1',
      messages: {},
      response: {},
    })
    expect(Math.abs(Date.parse(String(row['startTime'])) - began)).toBeLessThan(60_000)
    expect(Date.parse(String(row['endTime']))).toBeGreaterThanOrEqual(Date.parse(String(row['startTime'])))
    for (const trouble of ['usage_estimated', 'client_disconnected', 'error_information'])
      expect(row.metadata).not.toHaveProperty(trouble)
    const streamed = 'stream' in body || path.includes('stream')
    expect(row['completionStartTime'] === null).toBe(!streamed)
    // The head of a stream leaves before its cost is known.
    expect(response.headers.get('x-litellm-response-cost')).toBe(streamed ? null : String(usual))
  })
})

let calling = 0
const callId = () => calling++

test("a key's spend is the sum of its rows, to the last digit", async () => {
  const odd = { input_cost_per_token: 0.000_000_123, output_cost_per_token: 0.000_000_457 }
  const own = await startRig({
    upstream: rig.upstream,
    models: [deployment(rig.upstream, 'openai', 'odd', odd, 'gpt-4o-mini')],
  })
  const key = await own.newKey()
  const texts = Array.from({ length: 30 }, (_, index) => 'word '.repeat(index + 1))
  const replies = await Promise.all(
    texts.map(content =>
      post(own.gateway, '/v1/chat/completions', { model: 'odd', messages: [{ role: 'user', content }] }, key),
    ),
  )
  for (const reply of replies) expect(reply.status).toBe(200)
  const rows = await spendLogs(own, key, 30)
  const sum = rows.reduce((total, row) => total + Math.round((row.spend ?? 0) * 1e9), 0) / 1e9
  const info = async () =>
    ((await (await own.admin(`/key/info?key=${key}`)).json()) as { info: { spend: number } }).info
  expect(sum).toBeGreaterThan(0)
  await eventually('the key has its spend', async () => (await info()).spend === sum)
  for (const reply of replies) {
    const row = rows.find(one => one.request_id === reply.headers.get('x-litellm-call-id'))
    expect(Number(reply.headers.get('x-litellm-response-cost'))).toBe(row?.spend)
  }
  await own.close()
})

test('an embedding is charged for its input', async () => {
  const body = { model: 'text-embedding-3-small', input: 'three short words' }
  const response = await post(rig.gateway, '/v1/embeddings', body, rig.gateway.masterKey)
  expect(await spendLog(rig, response)).toMatchObject({
    call_type: 'aembedding',
    api_key: 'litellm_proxy_master_key',
    prompt_tokens: 3,
    completion_tokens: 0,
    spend: (3 * price.input * 1e9) / 1e9,
  })
})

test('prompts are kept only when the operator says so', async () => {
  const key = await rig.newKey()
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'a private matter' }] }
  const row = await spendLog(rig, await post(rig.gateway, '/v1/chat/completions', body, key))
  expect(JSON.stringify(row)).not.toContain('private')
  expect(rig.gateway.logs.join('\n')).not.toContain('private')
})
