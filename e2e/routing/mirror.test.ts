import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, price, type Rig, startRig } from '../gateway.ts'
import { type SpendLog, spendLogs } from '../spend-log.ts'

let rig: Rig
let upstream: Upstream
let key: string
const hello = [{ role: 'user' as const, content: 'Hello there' }]

function mirrored(group: string, params: object) {
  const row = deployment(upstream, 'openai', group, { id: group }) as { litellm_params: object }
  return { ...row, litellm_params: { ...row.litellm_params, ...params } }
}

beforeAll(async () => {
  upstream = await startUpstream()
  rig = await startRig({
    upstream,
    // Copies that hang are cut off when the tests end.
    env: { SLUICE_DRAIN_SECONDS: '0.5' },
    models: [
      mirrored('main', { silent_model: 'silent' }),
      mirrored('some', { silent_model: ['silent'], silent_model_share: 0.5 }),
      mirrored('silent', { silent_model: 'main' }),
    ],
  })
  key = await rig.newKey({ models: ['main', 'some'] })
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await rig.close()
  await upstream.close()
})

const client = () => new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
const ask = (model: string, extra: object = {}) =>
  client().chat.completions.create({ model, messages: hello, ...extra })
const bodies = () => upstream.requests.map(({ body }) => body as { model: string; stream?: boolean })
const copies = () => bodies().filter(({ model }) => model === 'silent')

test('each call reaches the silent group too, with the same body, whole or streamed', async () => {
  await ask('main', { temperature: 0.5, seed: 7 })
  const stream = await client().chat.completions.create({ model: 'main', messages: hello, stream: true })
  for await (const _chunk of stream);
  await eventually('two copies', () => copies().length === 2)
  const originals = bodies().filter(({ model }) => model === 'main')
  const unnamed = (all: readonly object[]) => all.map(each => ({ ...each, model: '' }))
  expect(unnamed(copies())).toEqual(unnamed(originals))
  expect(copies().map(({ stream: streamed }) => streamed)).toEqual([undefined, true])
})

test('a share of the calls is copied where a share is stated', async () => {
  for (let index = 0; index < 40; index++) await ask('some')
  await ask('main')
  await eventually('the last copy', () => copies().length > 0)
  expect(copies().length).toBeGreaterThan(5)
  expect(copies().length).toBeLessThan(36)
})

test('the caller waits no longer for its answer though the silent group hangs, and may hang up', async () => {
  upstream.script({ latencyMs: 60_000, match: { model: 'silent' }, times: 9 })
  const started = performance.now()
  expect((await ask('main')).choices[0]?.message.content).toBe('You said: Hello there')
  expect(performance.now() - started).toBeLessThan(30_000)
  await eventually('the copy', () => copies().length === 1)
  expect(upstream.aborted).toEqual([])
})

test('a copy is written down under its tag and whose copy it is, and charged to no key', async () => {
  const own = await rig.newKey({ models: ['main'] })
  const answer = await client()
    .withOptions({ apiKey: own })
    .chat.completions.create({ model: 'main', messages: hello, metadata: { tags: 'x' } as never })
    .withResponse()
  const callId = answer.response.headers.get('x-litellm-call-id')
  const row = await eventually('the row of the copy', async () => {
    const rows = (await (await rig.admin('/spend/logs?size=1000')).json()) as readonly SpendLog[]
    return rows.find(
      ({ metadata }) =>
        (metadata['requester_metadata'] as { mirror_of?: string } | undefined)?.mirror_of === callId,
    )
  })
  expect(row).toMatchObject({
    ...{ api_key: '', model_group: 'silent', request_tags: ['silent_experiment'], status: 'success' },
    metadata: { requester_metadata: { is_silent_experiment: true } },
  })
  expect(row.spend).toBeCloseTo(row.prompt_tokens * price.input + row.completion_tokens * price.output, 9)
  const rows = await spendLogs(rig, own, 1)
  expect(rows.map(({ model_group }) => model_group)).toEqual(['main'])
  const info = (await (await rig.admin(`/key/info?key=${own}`)).json()) as { info: { spend: number } }
  expect(info.info.spend).toBeCloseTo(rows[0]?.spend ?? -1, 9)
})

test('a gateway that shuts down waits for its copies', async () => {
  const shared = await startUpstream()
  const before = upstream
  upstream = shared
  const own = await startRig({
    upstream: shared,
    models: [mirrored('main', { silent_model: 'silent' }), mirrored('silent', {})],
  })
  upstream = before
  shared.script({ latencyMs: 400, match: { model: 'silent' } })
  await own.admin('/v1/chat/completions', { model: 'main', messages: hello })
  await shared.until(() => shared.requests.length === 2)
  await own.gateway.stop()
  expect(shared.aborted).toEqual([])
  await shared.close()
})
