import type { ReplyScript } from './answer/conversation.ts'
import { PromptCache } from './answer/prompt-cache.ts'
import { compose } from './compose.ts'
import type { JsonObject } from './json.ts'
import { modelOf } from './script.ts'
import { sampleRequest } from './wire/sample-request.ts'
import type { WireName } from './wire/wire.ts'
import { wires } from './wire/wires.ts'

export interface StreamRecording {
  /** The user's text; default `Hello`. */
  readonly text?: string
  readonly model?: string
  /** Fields to add to the sample request: tools, thinking … */
  readonly body?: JsonObject
  /** What to answer instead. */
  readonly reply?: ReplyScript
}

/** The exact bytes of a stream, the same every time: for cutting and splitting it at every offset. */
export function recordStream(wireName: WireName, recording: StreamRecording = {}): Buffer {
  const { text = 'Hello', model = 'recorded', reply } = recording
  const wire = wires[wireName]
  const sample = sampleRequest(wireName, text, model)
  const { pathname, searchParams } = new URL(sample.path, 'http://testkit')
  const headers = { 'anthropic-version': '2023-06-01' }
  const route = wire.route({ method: 'POST', path: pathname, query: searchParams, headers })
  if (!route) throw new Error(`The ${wireName} wire has no route ${pathname}`)
  const body = { ...sample.body, ...recording.body }
  if (route.operation.kind !== 'chat') throw new Error(`The ${wireName} wire has no chat at ${pathname}`)
  const exchange = {
    wire,
    route,
    body,
    model: modelOf(route.model, body),
    sequence: 1,
    cache: new PromptCache(),
  }
  return Buffer.concat(compose(exchange, route.operation, reply ? { reply } : {}).frames)
}
