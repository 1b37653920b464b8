import { describe, expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import { badRequest, SluiceError } from '../../errors.ts'
import type { ChatChunk, ChatRequest, ChatResponse } from '../../types/chat.ts'
import type { WireEvent } from '../../types/stream.ts'
import { CHAT_CASES, type GoldenRequest } from './testing/chat-cases.ts'
import { CHAT_REPLIES } from './testing/chat-replies.ts'
import { CHAT_STREAMS } from './testing/chat-streams.ts'
import { type Column, columns, encodeCase, inboundInfo, upstreamInfo } from './testing/columns.ts'
import { knownLosses } from './testing/known-losses.ts'
import { settledReply, settledRequest } from './testing/settled.ts'

const twoWay = columns.filter(({ codec }) => codec.inbound)
const asked: ChatRequest = {
  model: 'a-model',
  messages: [{ role: 'user', content: 'Hello' }],
  reasoning_effort: 'low',
  stream_options: { include_usage: true },
}

function inboundOf({ codec }: Column) {
  if (codec.inbound === undefined) throw new Error(`${codec.format} serves no clients.`)
  return codec.inbound
}

function returned(column: Column, request: GoldenRequest): ChatRequest {
  const sent = encodeCase(column, request)
  if (sent.refused) throw badRequest(sent.refused.message, sent.refused.param)
  const { info } = inboundInfo(column, request.stream === true)
  return inboundOf(column).decodeRequest(sent.body, info)
}

function throughWire(column: Column, reply: ChatResponse): ChatResponse {
  const body = inboundOf(column).encodeResponse(structuredClone(reply), asked, inboundInfo(column).info)
  const wire: unknown = JSON.parse(JSON.stringify(body))
  return column.codec.upstream.decodeResponse(wire, upstreamInfo(column).info)
}

function throughStream(column: Column, chunks: readonly ChatChunk[]): ChatChunk[] {
  const encoder = inboundOf(column).encodeStream?.({ ...asked, stream: true }, inboundInfo(column, true).info)
  const decoder = column.codec.upstream.decodeStream?.(upstreamInfo(column, true).info)
  if (!encoder || !decoder) throw new Error(`${column.format} does not stream.`)
  const events: WireEvent[] = [
    ...structuredClone(chunks).flatMap(chunk => [...encoder.push(chunk)]),
    ...encoder.end(),
  ]
  return [...events.flatMap(event => [...decoder.push(event)]), ...decoder.end()]
}

const fold = (chunks: readonly ChatChunk[]) => endpoints.chat.fold?.(structuredClone(chunks)) as ChatResponse

/** Some formats must be told an output limit; a request that has one gets none added. */
function limited(request: GoldenRequest): GoldenRequest {
  const given = request.max_tokens ?? request.max_completion_tokens
  return given == null ? { ...request, max_tokens: 5000 } : request
}

describe.each(twoWay.map(column => [column.format, column] as const))('%s', (format, column) => {
  const losses = knownLosses(format)
  const requests = Object.entries(CHAT_CASES).map(([name, request]) => [name, limited(request)] as const)

  const lossy: Record<string, unknown> = {}

  /** Equal, or the known loss, whose result is recorded. */
  function compare(name: string, loss: string | undefined, before: unknown, run: () => unknown) {
    if (loss === 'refused') return expect(run).toThrow(SluiceError)
    const after = run()
    if (loss === undefined) return expect(after).toEqual(before)
    expect(after).not.toEqual(before)
    lossy[name] = { loss, after }
  }

  test.each(requests)('request: %s', (name, request) => {
    const before = settledRequest({ ...request, model: column.model })
    compare(`request: ${name}`, losses.requests[name], before, () =>
      settledRequest(returned(column, request)),
    )
  })

  test.each(Object.entries(CHAT_REPLIES))('reply: %s', (name, reply) => {
    const run = () => settledReply(throughWire(column, reply))
    compare(`reply: ${name}`, losses.replies[name], settledReply(reply), run)
  })

  test.each(Object.entries(CHAT_STREAMS))('stream: %s', (name, chunks) => {
    const run = () => settledReply(fold(throughStream(column, chunks)))
    compare(`stream: ${name}`, losses.streams[name], settledReply(fold(chunks)), run)
  })

  test('what is lost is what was recorded', async () => {
    await expect(`${JSON.stringify(lossy, null, 2)}\n`).toMatchFileSnapshot(
      `./__snapshots__/losses-${format}.json`,
    )
  })
})
