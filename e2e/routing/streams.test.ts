import Anthropic from '@anthropic-ai/sdk'
import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, type ProviderName, post, type Rig, startRig } from '../gateway.ts'
import { spendLog, spendLogs } from '../spend-log.ts'

let upstream: Upstream
let rig: Rig
let key: string
const messages = [{ role: 'user' as const, content: 'Tell me about otters' }]
const WHOLE = 'Otters hold hands while they sleep, so that none of them drifts away.'
const BEGINNING = 'Otters hold hands while '

/** A deployment that is asked first or second; the first charges for output only, the second for input only. */
function one(provider: ProviderName, group: string, order: 1 | 2): object {
  const costs =
    order === 1
      ? { input_cost_per_token: 0, output_cost_per_token: 0.001 }
      : { input_cost_per_token: 0.01, output_cost_per_token: 0 }
  const row = deployment(
    upstream,
    provider,
    group,
    { id: `${group}-${order}`, ...costs },
    `${group}-${order}`,
  )
  const { litellm_params: params } = row as { litellm_params: object }
  return { ...row, litellm_params: { ...params, order } }
}

beforeAll(async () => {
  upstream = await startUpstream()
  rig = await startRig({
    upstream,
    models: [
      ...[one('openai', 'ducks', 1), one('anthropic', 'ducks', 2)],
      ...[one('anthropic', 'swans', 1), one('openai', 'swans', 2)],
    ],
    config: { router_settings: { num_retries: 2, stream_continuation: true, stream_timeout: 0.4 } },
  })
})
beforeEach(async () => {
  upstream.reset()
  key = await rig.newKey()
})
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const openai = () => new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const anthropic = () => new Anthropic({ apiKey: key, baseURL: rig.gateway.url, maxRetries: 0 })
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const at = (model: string, script: Script) => upstream.script({ ...script, match: { model } })

interface Heard {
  readonly text: string
  readonly ended: boolean
  readonly error: unknown
}

const clients = {
  async OpenAI(model: string, extra: object = {}): Promise<Heard> {
    let text = ''
    let ended = false
    try {
      const stream = await openai().chat.completions.create({ model, messages, stream: true, ...extra })
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? ''
        ended ||= choices[0]?.finish_reason === 'stop'
      }
    } catch (error) {
      return { text, ended, error }
    }
    return { text, ended, error: undefined }
  },
  async Anthropic(model: string, extra: object = {}): Promise<Heard> {
    let text = ''
    let ended = false
    try {
      const stream = anthropic().messages.stream({ model, max_tokens: 100, messages, ...extra })
      stream.on('text', piece => {
        text += piece
      })
      stream.on('streamEvent', ({ type }) => {
        ended ||= type === 'message_stop'
      })
      await stream.finalMessage()
    } catch (error) {
      return { text, ended, error }
    }
    return { text, ended, error: undefined }
  },
}

const pairs = (['OpenAI', 'Anthropic'] as const).flatMap(client =>
  ['ducks', 'swans'].map(group => ({ client, group, ask: clients[client] })),
)

describe.each(pairs)('the $client client, asking $group', ({ group, ask }) => {
  const first = `${group}-1`
  const second = `${group}-2`

  test.each<readonly [string, Script]>([
    ['an error', { failAfterEvents: 1 }],
    ['a cut', { cutAfterBytes: 40, cutMode: 'reset' }],
    ['silence', { cutAfterBytes: 40, cutMode: 'hang' }],
  ])('sees nothing of a stream that is only a preamble and %s', async (_what, script) => {
    at(first, script)
    expect(await ask(group)).toEqual({
      text: 'You said: Tell me about otters',
      ended: true,
      error: undefined,
    })
    expect(asked()).toEqual([first, second])
  })

  test('hears the rest of a stream that breaks from another deployment', async () => {
    at(first, { reply: { text: BEGINNING }, cutMode: 'reset', ...brokenAfterText(group) })
    at(second, { reply: { text: WHOLE.slice(BEGINNING.length) } })
    expect(await ask(group)).toEqual({ text: WHOLE, ended: true, error: undefined })
    expect(asked()).toEqual([first, second])
    const said = JSON.stringify(upstream.requests.at(-1)?.body)
    expect(said).toContain(BEGINNING.trim())
    expect(said).toContain('Go on exactly where it stopped')
  })

  test('hears an error where nobody can go on, and no end', async () => {
    at(first, { reply: { text: BEGINNING }, ...brokenAfterText(group) })
    upstream.script({ status: 500, times: 3 })
    const { text, ended, error } = await ask(group)
    expect({ text, ended }).toEqual({ text: BEGINNING, ended: false })
    expect(error).toBeInstanceOf(Error)
  })

  test('may do without', async () => {
    at(first, { reply: { text: BEGINNING }, ...brokenAfterText(group) })
    const { text, ended, error } = await ask(group, { stream_continuation: false })
    expect({ text, ended }).toEqual({ text: BEGINNING, ended: false })
    expect(error).toBeInstanceOf(Error)
    expect(asked()).toEqual([first])
  })
})

/** The four words of the beginning, with what comes before them in either format. */
function brokenAfterText(group: string): Script {
  return { failAfterEvents: group === 'ducks' ? 5 : 7 }
}

test('the stream is marked where it was joined, tells one usage, and the row has the cost of both', async () => {
  at('ducks-1', { reply: { text: BEGINNING }, ...brokenAfterText('ducks') })
  const tokens = { input: 40, output: 9 }
  at('ducks-2', { reply: { text: WHOLE.slice(BEGINNING.length), tokens } })
  const body = { model: 'ducks', messages, stream: true, stream_options: { include_usage: true } }
  const response = await post(rig.gateway, '/v1/chat/completions', body, key)
  const stream = await response.text()
  const [before, after] = stream.split(': continued\n\n') as [string, string]
  expect(before).toContain('while ')
  expect(after).toContain(
    JSON.stringify({ sluice_continuation: { deployment_id: 'ducks-2', after_characters: BEGINNING.length } }),
  )
  expect(stream.match(/"role":"assistant"/g)).toHaveLength(1)
  expect(stream.match(/"finish_reason":"stop"/g)).toHaveLength(1)
  expect(new Set(stream.match(/"id":"[^"]+"/g)).size).toBe(1)
  expect(stream.endsWith('data: [DONE]\n\n')).toBe(true)
  const usage = /"usage":\{"prompt_tokens":(\d+),"completion_tokens":(\d+)/.exec(stream)
  const row = await spendLog(rig, response)
  const estimated = Math.ceil(BEGINNING.length / 4)
  expect(row.completion_tokens).toBe(estimated + 9)
  expect([Number(usage?.[1]), Number(usage?.[2])]).toEqual([row.prompt_tokens, row.completion_tokens])
  expect(row.spend).toBeCloseTo(estimated * 0.001 + 40 * 0.01, 9)
  const attempts = [
    { deployment: 'ducks-1', error: 'ServiceUnavailableError' },
    { deployment: 'ducks-2', continues: true },
  ]
  expect(row).toMatchObject({
    status: 'success',
    model_id: 'ducks-2',
    metadata: { usage_estimated: true, routing: { visits: [{ attempts }] } },
  })
})

test("Google's clients, which take comments for data, get none", async () => {
  at('swans-1', { reply: { text: BEGINNING }, ...brokenAfterText('swans') })
  at('swans-2', { reply: { text: WHOLE.slice(BEGINNING.length) } })
  const contents = [{ role: 'user', parts: [{ text: 'Tell me about otters' }] }]
  const path = '/v1beta/models/swans:streamGenerateContent?alt=sse'
  const answer = await fetch(rig.gateway.url + path, {
    method: 'POST',
    headers: { 'x-goog-api-key': key, 'content-type': 'application/json', 'x-sluice-explain': 'true' },
    body: JSON.stringify({ contents }),
  })
  const stream = await answer.text()
  const said = [...stream.matchAll(/"text":"([^"]*)"/g)].map(found => found[1]).join('')
  expect(said).toBe(WHOLE)
  expect(stream.split('\n').every(line => line === '' || line.startsWith('data: '))).toBe(true)
})

test('a client that hangs up during the continuation ends it within 50 ms, and pays once for both', async () => {
  const delays: number[] = []
  for (let round = 0; round < 5; round++) {
    upstream.reset()
    at('ducks-1', { reply: { text: BEGINNING }, ...brokenAfterText('ducks') })
    at('ducks-2', { reply: { events: 500 }, tokenIntervalMs: 10 })
    const stream = await openai().chat.completions.create({ model: 'ducks', messages, stream: true })
    let leftAt = 0
    let text = ''
    await (async () => {
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? ''
        if (text.length < BEGINNING.length + 20) continue
        leftAt = Date.now()
        stream.controller.abort()
        return
      }
    })().catch(() => undefined)
    await upstream.until(() => upstream.aborted.length === 1)
    delays.push((upstream.aborted[0]?.at ?? Number.NaN) - leftAt)
  }
  // The median: a shared machine may hold up any single one.
  expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(50)
  const rows = await spendLogs(rig, key, 5)
  expect(rows).toHaveLength(5)
  for (const row of rows) {
    expect(row.metadata).toMatchObject({ client_disconnected: true, usage_estimated: true })
    expect(row.spend).toBeGreaterThan(Math.ceil(BEGINNING.length / 4) * 0.001)
  }
  const fresh = await rig.newKey({ max_parallel_requests: 1 })
  await eventually('the place is free', async () => {
    const reply = await post(rig.gateway, '/v1/chat/completions', { model: 'ducks', messages }, fresh)
    return reply.status === 200
  })
})
