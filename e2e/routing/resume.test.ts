import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { resumingFetch } from '../../examples/resuming-fetch.ts'
import { eventually } from '../eventually.ts'
import { rowsOf, spendOf, sumOf } from '../failure/books.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'
import { begin, goOn, readUntil, textOf } from './resumable.ts'

let rig: Rig
let proxy: CuttingProxy
beforeAll(async () => {
  rig = await startRig({ config: { general_settings: { resumable_streams: { grace_seconds: 2 } } } })
  proxy = await startCuttingProxy(rig.gateway.url)
})
beforeEach(() => {
  rig.upstream.reset()
  proxy.cutAfter(undefined)
})
afterAll(async () => {
  await proxy.close()
  await rig.close()
})

const ANSWER = Array.from({ length: 40 }, (_, index) => `wörd-${index} 🎈 `).join('')
const PROMPT = [{ role: 'user', content: 'Go on.' }] as const

async function oneRow(key: string) {
  const rows = await eventually('the call is written down', async () => {
    const all = await rowsOf(rig.gateway, key)
    return all.length > 0 && all
  })
  expect(rows.length).toBe(1)
  expect(await spendOf(rig.gateway, key)).toBe(sumOf(rows))
  return rows[0]
}

describe.each(['openai/m', 'anthropic/m'])(
  'a stream of %s whose connection breaks again and again',
  model => {
    test.each([1_500, 1_777, 2_500, 5_000])(
      "arrives whole at OpenAI's client, %i bytes at a time, and is paid once",
      async bytes => {
        const key = await rig.newKey()
        rig.upstream.script({ reply: { text: ANSWER }, tokenIntervalMs: 2, chunkBytes: 97 })
        proxy.cutAfter(bytes)
        const client = new OpenAI({
          apiKey: key,
          baseURL: `${proxy.url}/v1`,
          maxRetries: 0,
          fetch: resumingFetch,
        })
        const before = proxy.cuts
        let text = ''
        const stream = await client.chat.completions.create({ model, messages: [...PROMPT], stream: true })
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
        expect(text).toBe(ANSWER)
        expect(proxy.cuts - before).toBeGreaterThan(2)
        expect(rig.upstream.requests.length).toBe(1)
        expect(rig.upstream.aborted.length).toBe(0)
        expect(await oneRow(key)).toMatchObject({ status: 'success' })
      },
    )

    test("arrives whole at Anthropic's client", async () => {
      const key = await rig.newKey()
      rig.upstream.script({ reply: { text: ANSWER }, tokenIntervalMs: 2 })
      proxy.cutAfter(2_000)
      const client = new Anthropic({ apiKey: key, baseURL: proxy.url, maxRetries: 0, fetch: resumingFetch })
      const stream = client.messages.stream({ model, max_tokens: 999, messages: [...PROMPT] })
      expect(await stream.finalText()).toBe(ANSWER)
      expect(rig.upstream.requests.length).toBe(1)
      expect(await oneRow(key)).toMatchObject({ status: 'success' })
    })
  },
)

test('a client whose connection froze goes on while the gateway still believes in the old one', async () => {
  const key = await rig.newKey()
  // More than the sockets between them hold.
  rig.upstream.script({ reply: { events: 3_000, textBytes: 12_000_000 } })
  proxy.cutAfter(2_000, 'freeze')
  const first = await begin(proxy.url, key)
  const { lastId } = await readUntil(first, '"content"')
  const rest = await goOn(rig.gateway.url, key, lastId)
  expect(rest.status).toBe(200)
  expect(await rest.text()).toContain('[DONE]')
  expect(await oneRow(key)).toMatchObject({ status: 'success' })
})

test('every event can be the last that arrived, and whoever reads from there gets the very same bytes', async () => {
  const key = await rig.newKey()
  rig.upstream.script({ reply: { text: ANSWER } })
  const whole = await (await begin(rig.gateway.url, key)).text()
  const ids = [...whole.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string)
  expect(ids.length).toBeGreaterThan(40)
  for (const id of ids) {
    const rest = await goOn(rig.gateway.url, key, id)
    expect(await rest.text()).toBe(whole.slice(whole.indexOf(`id: ${id}\n\n`) + `id: ${id}\n\n`.length))
  }
  const [stream] = (ids[0] as string).split('.')
  expect(await (await goOn(rig.gateway.url, key, `${stream}.0`)).text()).toBe(whole)
  expect(rig.upstream.requests.length).toBe(1)
  await oneRow(key)
})

test('without its ids a resumable stream is the stream it would have been', async () => {
  const key = await rig.newKey()
  rig.upstream.script({ reply: { text: ANSWER }, times: 2 })
  const plain = await (await begin(rig.gateway.url, key, { 'x-sluice-resumable': 'false' })).text()
  const resumable = await (await begin(rig.gateway.url, key)).text()
  const bare = (text: string) => textOf(text.replace(/^id: .+\n/gm, ''))
  expect(plain).not.toContain('\nid: ')
  expect(bare(resumable)).toBe(bare(plain))
})

test('many may read at once', async () => {
  const key = await rig.newKey()
  rig.upstream.script({ reply: { text: ANSWER }, tokenIntervalMs: 5 })
  const first = await begin(rig.gateway.url, key)
  const streamId = first.headers.get('x-sluice-stream-id')
  const others = await Promise.all([1, 2, 3].map(() => goOn(rig.gateway.url, key, `${streamId}.0`)))
  const whole = await first.text()
  expect(textOf(whole)).toBe(ANSWER)
  for (const other of others) {
    expect(other.headers.get('x-litellm-call-id')).toBe(first.headers.get('x-litellm-call-id'))
    expect(await other.text()).toBe(whole)
  }
  expect(rig.upstream.requests.length).toBe(1)
})

test('when nobody comes back the provider is hung up on, and what came is charged', async () => {
  const key = await rig.newKey({ max_budget: 1 })
  rig.upstream.script({ reply: { events: 2_000 }, tokenIntervalMs: 10 })
  const { lastId, leave } = await readUntil(await begin(rig.gateway.url, key), 'uick')
  leave()
  const left = Date.now()
  await rig.upstream.until(() => rig.upstream.aborted.length === 1)
  expect((rig.upstream.aborted[0]?.at ?? 0) - left).toBeGreaterThan(1_800)
  const row = await oneRow(key)
  expect(row).toMatchObject({ status: 'failure', metadata: { client_disconnected: true } })
  expect(row?.completion_tokens).toBeGreaterThan(0)
  const rest = await (await goOn(rig.gateway.url, key, lastId)).text()
  expect(rest).toContain('"error"')
  expect(rest).not.toContain('[DONE]')
})

test('a client that wants no more says so, and the provider is hung up on at once', async () => {
  const key = await rig.newKey()
  rig.upstream.script({ reply: { events: 2_000 }, tokenIntervalMs: 10 })
  const { lastId, leave } = await readUntil(await begin(rig.gateway.url, key), 'uick')
  leave()
  const last = await goOn(rig.gateway.url, key, lastId, '/v1/chat/completions', 'false')
  const text = await last.text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
  await rig.upstream.until(() => rig.upstream.aborted.length === 1)
  expect(await oneRow(key)).toMatchObject({ status: 'failure', metadata: { client_disconnected: true } })
})

test('a stream that broke breaks the same way for whoever comes back', async () => {
  const key = await rig.newKey()
  rig.upstream.script({ reply: { text: ANSWER }, failAfterEvents: 10 })
  const whole = await (await begin(rig.gateway.url, key)).text()
  expect(whole).toContain('"error"')
  const ids = [...whole.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string)
  const rest = await (await goOn(rig.gateway.url, key, ids[3] as string)).text()
  expect(whole.endsWith(rest)).toBe(true)
  expect(rest).toContain('"error"')
  expect(rest).not.toContain('[DONE]')
})

describe('a stream belongs to its key', () => {
  test('another key, an unknown stream and one that is none hear the same', async () => {
    const [key, other] = await Promise.all([rig.newKey(), rig.newKey()])
    const whole = await begin(rig.gateway.url, key)
    const streamId = whole.headers.get('x-sluice-stream-id') as string
    await whole.text()
    const stolen = await goOn(rig.gateway.url, other, `${streamId}.0`)
    const unknown = await goOn(rig.gateway.url, other, `${'a'.repeat(22)}.0`)
    const master = await goOn(rig.gateway.url, rig.gateway.masterKey, `${streamId}.0`)
    const bodies = await Promise.all([stolen, unknown, master].map(answer => answer.json()))
    expect([stolen, unknown, master].map(({ status }) => status)).toEqual([404, 404, 404])
    expect(bodies[0]).toEqual(bodies[1])
    expect(bodies[0]).toEqual(bodies[2])
    expect(bodies[0]).toMatchObject({ error: { type: 'not_found_error', param: 'last-event-id' } })
    expect(rig.upstream.requests.length).toBe(1)
  })

  test.each(['block', 'delete'])('after a %s of the key it cannot be read', async change => {
    const key = await rig.newKey()
    const whole = await begin(rig.gateway.url, key)
    const streamId = whole.headers.get('x-sluice-stream-id')
    await whole.text()
    await rig.admin(`/key/${change}`, change === 'block' ? { key } : { keys: [key] })
    expect((await goOn(rig.gateway.url, key, `${streamId}.0`)).status).toBe(401)
  })

  test.each([
    'x',
    'x.1',
    `${'a'.repeat(22)}.-1`,
    `${'a'.repeat(22)}.01`,
    `${'a'.repeat(9_000)}.1`,
    '../../../.1',
  ])('an id of another form (%.30s) is refused, and calls nobody', async id => {
    const answer = await goOn(rig.gateway.url, await rig.newKey(), id)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param: 'last-event-id' } })
    expect(rig.upstream.requests.length).toBe(0)
  })

  test('it goes on where it was begun only, in the words of that route', async () => {
    const key = await rig.newKey()
    const whole = await begin(rig.gateway.url, key)
    const streamId = whole.headers.get('x-sluice-stream-id')
    await whole.text()
    const elsewhere = await goOn(rig.gateway.url, key, `${streamId}.0`, '/v1/messages')
    expect(elsewhere.status).toBe(400)
    expect(await elsewhere.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
    const early = await goOn(rig.gateway.url, key, `${streamId}.9999`)
    expect(early.status).toBe(400)
  })
})

test('what cannot be resumed says so', async () => {
  const key = await rig.newKey()
  const whole = await begin(rig.gateway.url, key, {}, { stream: false })
  expect(whole.headers.get('x-sluice-warnings')).toContain('ignored x-sluice-resumable')
  await whole.text()
  const google = await begin(rig.gateway.url, key, { 'x-goog-api-client': 'google-genai-sdk/1' })
  expect(google.headers.get('x-sluice-warnings')).toContain('ignored x-sluice-resumable')
  expect(await google.text()).not.toContain('\nid: ')
  const nonsense = await begin(rig.gateway.url, key, { 'x-sluice-resumable': 'perhaps' })
  expect(nonsense.status).toBe(400)
})
