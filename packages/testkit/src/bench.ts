import { filler } from './answer/conversation.ts'
import { PromptCache } from './answer/prompt-cache.ts'
import { compose } from './compose.ts'
import type { Control } from './delivery/control.ts'
import { prepareReply, type Reply } from './delivery/deliver.ts'
import { asObject, type JsonObject } from './json.ts'
import { sampleRequest } from './wire/sample-request.ts'
import type { Route, Wire } from './wire/wire.ts'

const limit = 64
const defaultBytes = 1_024
const defaultEvents = 100

/** What the raw bytes of a request say, without parsing them. */
export interface BenchRequest {
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
}

/** Recognises a benchmark's request (model `bench` or `bench-…`) without parsing its body. */
export function benchRequest(raw: Buffer, route: Route): BenchRequest | undefined {
  const model = route.model ?? modelIn(raw)
  if (model !== 'bench' && !model?.startsWith('bench-')) return undefined
  return {
    model,
    stream: route.stream ?? (raw.includes('"stream":true') || raw.includes('"stream": true')),
    includeUsage: raw.includes('"include_usage":true') || raw.includes('"include_usage": true'),
  }
}

function modelIn(raw: Buffer): string | undefined {
  for (const key of ['"model":"bench', '"model": "bench']) {
    const at = raw.indexOf(key)
    if (at < 0) continue
    const from = at + key.length - 'bench'.length
    return raw.toString('latin1', from, raw.indexOf('"', from))
  }
  return undefined
}

/** Benchmark replies, composed once for each size and kept as bytes (the last 64 sizes). */
export class BenchReplies {
  readonly #replies = new Map<string, Reply>()

  reply(wire: Wire, route: Route, request: BenchRequest, control: Control): Reply {
    const bytes = control.reply?.textBytes ?? defaultBytes
    const events = control.reply?.events ?? defaultEvents
    const batch = Math.max(1, Math.floor(control.eventsPerWrite ?? 1))
    const size = request.stream
      ? `stream ${events} ${batch} ${route.framing ?? 'sse'} ${request.includeUsage}`
      : `whole ${bytes}`
    const key = `${wire.name} ${request.model} ${size}`
    const known = this.#replies.get(key)
    if (known) return known
    const plain = request.stream
      ? composed(wire, route, request, { reply: { events, text: filler(events * 5) } })
      : wholeOfSize(wire, route, request, bytes)
    const reply = { ...plain, prepared: prepareReply(plain, batch) }
    if (this.#replies.size >= limit) this.#replies.clear()
    this.#replies.set(key, reply)
    return reply
  }
}

/** A whole reply whose body has exactly this many bytes, unless its envelope alone is longer. */
function wholeOfSize(wire: Wire, route: Route, request: BenchRequest, bytes: number): Reply {
  const sized = (length: number) =>
    composed(wire, route, request, {
      reply: { text: filler(length), tokens: { output: Math.ceil(bytes / 4) } },
    })
  const probe = 64
  const envelope = (sized(probe).frames[0]?.length ?? 0) - probe
  return sized(Math.max(0, bytes - envelope))
}

function composed(wire: Wire, route: Route, request: BenchRequest, control: Control): Reply {
  const sample = sampleRequest(wire.name, 'Benchmark', request.model, request.includeUsage)
  const body: JsonObject = asObject(sample.body)
  if (!request.stream) {
    delete body.stream
    delete body.stream_options
  }
  if (route.operation.kind !== 'chat') throw new Error(`A benchmark of ${wire.name} needs a chat route.`)
  const exchange = { wire, route, body, model: request.model, sequence: 1, cache: new PromptCache() }
  return compose(exchange, route.operation, control)
}
