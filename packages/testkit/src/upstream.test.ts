import { request } from 'node:http'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { recordStream } from './record-stream.ts'
import { startUpstream } from './upstream.ts'
import { sampleRequest } from './wire/sample-request.ts'
import type { WireName } from './wire/wire.ts'

const upstream = await startUpstream()
beforeEach(() => upstream.reset())
afterAll(() => upstream.close())

const headers = {
  'content-type': 'application/json',
  authorization: 'Bearer key',
  'api-key': 'key',
  'x-api-key': 'key',
  'x-goog-api-key': 'key',
  'anthropic-version': '2023-06-01',
}

interface Outcome {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  /** What arrived in each read. */
  readonly reads: readonly string[]
  /** Whether the body ended as HTTP says it should. */
  readonly isComplete: boolean
}

/** Posts and reads until the response ends or breaks. */
function post(path: string, body: unknown, extra: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const call = request(`${upstream.url}${path}`, { method: 'POST', headers: { ...headers, ...extra } })
    call.on('error', reject)
    call.on('response', response => {
      // A broken connection is an outcome once there is a response.
      call.off('error', reject).on('error', () => {})
      const chunks: Buffer[] = []
      const finish = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
          reads: chunks.map(chunk => chunk.toString()),
          isComplete: response.complete,
        })
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => {})
      response.on('close', finish)
    })
    call.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
}

const chat = (model: string, extra: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'Hello there' }],
  ...extra,
})
const postChat = (model: string, extra: object = {}, more: Record<string, string> = {}) =>
  post('/v1/chat/completions', chat(model, extra), more)

const wireNames: WireName[] = ['openai', 'azure', 'anthropic', 'gemini']

test.each(wireNames)('a recorded %s stream is what the upstream sends to the same request', async wire => {
  const sample = sampleRequest(wire, 'Hello', 'recorded')
  const { text } = await post(sample.path, sample.body)
  const withoutIds = (stream: string) => stream.replace(/testkit\d+/g, 'testkit')
  expect(withoutIds(text)).toBe(withoutIds(recordStream(wire).toString()))
  expect(recordStream(wire).equals(recordStream(wire))).toBe(true)
})

test.each(wireNames)(
  'a %s stream cut at any byte keeps exactly the bytes before it and never ends cleanly',
  async wire => {
    const rawStream = recordStream(wire, { reply: { text: 'Grüße' } })
    const sample = sampleRequest(wire, 'Hello', 'recorded')
    for (let offset = 0; offset <= rawStream.length; offset += 7) {
      upstream.script({ rawStream, cutAfterBytes: offset })
      const outcome = await post(sample.path, sample.body)
      expect(outcome.isComplete).toBe(false)
      expect(outcome.text).toBe(rawStream.subarray(0, offset).toString())
    }
  },
)

test('a stream split at an offset arrives in two reads', async () => {
  const rawStream = recordStream('openai')
  upstream.script({ rawStream, splitAt: [11] })
  const { reads, isComplete } = await postChat('any', { stream: true })
  expect(reads[0]).toBe(rawStream.subarray(0, 11).toString())
  expect(reads.join('')).toBe(rawStream.toString())
  expect(isComplete).toBe(true)
})

test('a whole reply can be cut too', async () => {
  const { isComplete, text } = await postChat('testkit-cut-40')
  expect(text).toHaveLength(40)
  expect(isComplete).toBe(false)
})

test('a reset breaks the connection', async () => {
  const { isComplete, text } = await postChat('testkit-reset-40', { stream: true })
  expect(text).toHaveLength(40)
  expect(isComplete).toBe(false)
  await expect(postChat('testkit-hangup')).rejects.toThrow(/ECONNRESET|hang up/)
})

test('a response that hangs is counted as aborted when the client goes away', async () => {
  const abort = new AbortController()
  const body = JSON.stringify(chat('testkit-stall-10', { stream: true }))
  const response = await fetch(`${upstream.url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body,
    signal: abort.signal,
  })
  expect(upstream.aborted).toHaveLength(0)
  abort.abort()
  await expect(response.text()).rejects.toThrow()
  await upstream.until(() => upstream.aborted.length === 1)
  expect(upstream.aborted[0]?.path).toBe('/v1/chat/completions')
})

test('a cut by the upstream itself is no abort', async () => {
  await postChat('testkit-cut-10', { stream: true })
  expect(upstream.aborted).toHaveLength(0)
})

test('scripts answer in order, as often as they say, and only what they match', async () => {
  const first = upstream.script({ status: 503, times: 2, match: { model: 'a' } })
  upstream.script({ reply: { text: 'scripted' } })
  expect((await postChat('b')).text).toContain('scripted')
  expect([(await postChat('a')).status, (await postChat('a')).status, (await postChat('a')).status]).toEqual([
    503, 503, 200,
  ])
  expect(first.used).toBe(2)
})

test('a model can fail a number of times and then work', async () => {
  const statuses = []
  for (let round = 0; round < 4; round++) statuses.push((await postChat('testkit-fail-2-429')).status)
  expect(statuses).toEqual([429, 429, 200, 200])
})

test('an error event stands in the stream instead of its end mark', async () => {
  const { text, status } = await postChat('testkit-error-event', { stream: true })
  expect(status).toBe(200)
  expect(text).toContain('data: {"error":')
  expect(text).not.toContain('[DONE]')
})

test('requests are recorded with parsed and raw bodies', async () => {
  await post('/v1/chat/completions?x=1', chat('gpt-4o'), { 'x-mine': 'yes' })
  const [recorded] = upstream.requests
  expect(recorded).toMatchObject({ wire: 'openai', method: 'POST', path: '/v1/chat/completions' })
  expect(recorded?.body).toEqual(chat('gpt-4o'))
  expect(JSON.parse(String(recorded?.raw))).toEqual(chat('gpt-4o'))
  expect(recorded?.headers['x-mine']).toBe('yes')
  expect(recorded?.query.get('x')).toBe('1')
})

test('a benchmark reply has exactly the size and the events that are asked for', async () => {
  expect((await postChat('bench')).text).toHaveLength(1_024)
  expect((await postChat('bench', {}, { 'x-testkit-reply-bytes': '100000' })).text).toHaveLength(100_000)
  const deltas = (text: string) => text.match(/"content":"[^"]/g)?.length
  expect(deltas((await postChat('bench', { stream: true })).text)).toBe(100)
  expect(deltas((await postChat('bench-events-7', { stream: true })).text)).toBe(7)
  const gemini = sampleRequest('gemini', 'x', 'bench-events-5')
  expect((await post(gemini.path, gemini.body)).text.match(/data: /g)).toHaveLength(5)
})

test('an unknown testkit header or a bad value is refused by name', async () => {
  const { status, text } = await postChat('gpt-4o', {}, { 'x-testkit-latency': '5' })
  expect(status).toBe(400)
  expect(text).toContain('x-testkit-latency')
  expect((await postChat('gpt-4o', {}, { 'x-testkit-events': 'many' })).text).toContain("not 'many'")
})

test('a prompt prefix is written to the cache once and read afterwards', async () => {
  const system = [{ type: 'text', text: 'one two three', cache_control: { type: 'ephemeral', ttl: '1h' } }]
  const body = { ...sampleRequest('anthropic', 'Hello', 'claude').body, stream: false, system }
  const usages = []
  for (let round = 0; round < 2; round++)
    usages.push(JSON.parse((await post('/v1/messages', body)).text).usage)
  expect(usages[0]).toMatchObject({
    input_tokens: 1,
    cache_creation_input_tokens: 3,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 0 },
  })
  expect(usages[1]).toMatchObject({
    input_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 3,
  })
})

test('open sockets are counted', async () => {
  await postChat('gpt-4o')
  expect(upstream.connections).toBeGreaterThan(0)
})

test('a Gemini stream without alt=sse is one JSON array', async () => {
  const { body } = sampleRequest('gemini', 'Hello', 'gemini')
  const { text } = await post('/v1beta/models/gemini:streamGenerateContent', body)
  const events = JSON.parse(text) as { candidates: { content: { parts: { text: string }[] } }[] }[]
  expect(events.map(event => event.candidates[0]?.content.parts[0]?.text)).toEqual([
    'You ',
    'said: ',
    'Hello',
  ])
})

test('an Anthropic stream pings after its first block begins', () => {
  const names = recordStream('anthropic')
    .toString()
    .match(/^event: .*$/gm)
  expect(names?.slice(0, 4)).toEqual([
    'event: message_start',
    'event: content_block_start',
    'event: ping',
    'event: content_block_delta',
  ])
})

test('waiting for what does not come fails with the condition', async () => {
  await expect(upstream.until(() => upstream.requests.length === 99, 1)).rejects.toThrow(
    /requests\.length === 99/,
  )
})

test('delays are kept', async () => {
  const started = performance.now()
  await postChat('testkit-slow-30ms')
  expect(performance.now() - started).toBeGreaterThan(28)
})
