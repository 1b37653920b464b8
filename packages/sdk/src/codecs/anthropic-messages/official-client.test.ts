import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { createError } from '../../errors.ts'
import { formatSse } from '../../transport/framing/sse.ts'
import type { WireEvent } from '../../types/stream.ts'
import { anthropicMessages } from './codec.ts'
import { inboundInfo, testInfo } from './testing/call-info.ts'
import { readEvents, readJson } from './testing/fixture.ts'

const { upstream, inbound } = anthropicMessages
if (!inbound?.encodeStream || !upstream.decodeStream) throw new Error('both halves stream')
const { encodeStream } = inbound
const { decodeStream } = upstream

/** The vendor's own client, talking to a reply that we wrote. */
function client(body: string, status = 200, type = 'text/event-stream'): Anthropic {
  return new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: async () => new Response(body, { status, headers: { 'content-type': type } }),
  })
}

const ask = {
  model: 'claude-opus-4-6',
  max_tokens: 10,
  messages: [{ role: 'user' as const, content: 'Hi' }],
}

function throughHub(name: string): WireEvent[] {
  const decoder = decodeStream(testInfo())
  const encoder = encodeStream({ ...ask }, inboundInfo())
  const wire = readEvents(name).flatMap(event =>
    [...decoder.push(event)].flatMap(chunk => [...encoder.push(chunk)]),
  )
  return [...wire, ...[...decoder.end()].flatMap(chunk => [...encoder.push(chunk)]), ...encoder.end()]
}

test.each(['stream-text.sse', 'stream-tool.sse', 'stream-thinking.sse', 'stream-web-search.sse'])(
  'the official client makes the same message of %s, straight and through the hub',
  async name => {
    const final = async (events: WireEvent[]) => {
      const message = await client(events.map(formatSse).join('')).messages.stream(ask).finalMessage()
      return { content: message.content, stop: message.stop_reason, usage: message.usage.output_tokens }
    }
    const through = await final(throughHub(name))
    const straight = await final(readEvents(name))
    const bare = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('"citations":[],', ''))
    expect(bare(through)).toEqual(bare(straight))
  },
)

test('it reads a whole reply', async () => {
  const reply = upstream.decodeResponse(readJson('message-tools.json'), testInfo())
  const body = JSON.stringify(inbound.encodeResponse(reply, { ...ask }, inboundInfo()))
  const message = await client(body, 200, 'application/json').messages.create(ask)
  expect(message.content.map(({ type }) => type)).toEqual([
    'thinking',
    'redacted_thinking',
    'text',
    'tool_use',
  ])
  expect(message.usage.cache_read_input_tokens).toBe(1800)
})

test('it raises the right error for a refusal and for a failure inside a stream', async () => {
  const error = createError({ kind: 'rate_limit', message: 'Slow down.' })
  const body = JSON.stringify(inbound.encodeError(error, 'req-1'))
  await expect(client(body, 429, 'application/json').messages.create(ask)).rejects.toThrow(
    Anthropic.RateLimitError,
  )
  const encoder = encodeStream({ ...ask }, inboundInfo())
  const [first] = readEvents('stream-text.sse')
  const [chunk] = decodeStream(testInfo()).push(first ?? { data: '' })
  const events = [...(chunk ? encoder.push(chunk) : []), ...encoder.fail(error, 'req-1')]
  const stream = client(events.map(formatSse).join('')).messages.stream(ask)
  await expect(stream.finalMessage()).rejects.toThrow(/Slow down/)
})
