import { answerTo } from './answer/conversation.ts'
import type { PromptCache } from './answer/prompt-cache.ts'
import type { Control } from './delivery/control.ts'
import type { Reply } from './delivery/deliver.ts'
import type { JsonObject } from './json.ts'
import type { WireAnswer, WireCall } from './wire/call.ts'
import { Failure, failureOfStatus } from './wire/failure.ts'
import { frameEvents, frameRefusal, streamTypes } from './wire/framing.ts'
import type { CallOperation, ChatOperation, PlainOperation, Route, Wire } from './wire/wire.ts'

/** One request, as far as composing its reply needs it. */
export interface Exchange {
  readonly wire: Wire
  readonly route: Route
  readonly body: JsonObject
  readonly model: string
  readonly sequence: number
  readonly cache: PromptCache
}

/** Composes the reply to a chat or plain request. Throws `Violation` or `Failure` for what the vendor would refuse. */
export function compose(
  exchange: Exchange,
  operation: ChatOperation | PlainOperation,
  control: Control,
): Reply {
  if (isFailing(control)) throw failureFor(control, exchange.model)
  if (operation.kind === 'plain') {
    return answered(exchange, { json: operation.reply(exchange.body, exchange.route) }, control)
  }
  const { route, body, sequence, cache } = exchange
  const asked = operation.read(body, route)
  const stream = { events: control.events ?? [] }
  if (control.rawStream || control.body !== undefined || control.events) {
    return answered(exchange, stream, control)
  }
  const answer = answerTo(asked, cache, control.reply)
  if (!asked.stream) return answered(exchange, { json: operation.whole(answer, asked, sequence) }, control)
  return answered(exchange, { events: operation.events(answer, asked, sequence) }, control)
}

/** Composes the reply to any other request. Rejects with `Violation` or `Failure` for what the vendor would refuse. */
export async function composeCall(
  exchange: Exchange,
  operation: CallOperation,
  call: WireCall,
): Promise<Reply> {
  if (isFailing(call.control)) throw failureFor(call.control, exchange.model)
  return answered(exchange, await operation.answer(call), call.control)
}

/** Whether the control asks for the vendor's error instead of an answer. */
export function isFailing({ body, failure, failAfterEvents, status = 200 }: Control): boolean {
  return body === undefined && failAfterEvents === undefined && (failure !== undefined || status >= 400)
}

/** The failure a control asks for; a plain 500 when it names none. */
export function failureFor(control: Control, model: string): Failure {
  const { failure, status, retryAfterSeconds } = control
  if (failure) return new Failure(failure, { model, status, retryAfterSeconds })
  return failureOfStatus(status ?? 500, { model, retryAfterSeconds })
}

/** The answer, or what the control wants instead of it. */
function answered(exchange: Exchange, answer: WireAnswer, control: Control): Reply {
  if (control.rawStream) return streamReply(exchange, answer, control, [control.rawStream])
  if (control.body !== undefined) return wholeReply(exchange, { json: control.body }, control)
  if ('events' in answer) {
    const events = withFailure(exchange, { ...answer, events: control.events ?? answer.events }, control)
    const framing = framingOf(exchange, answer)
    const reply = streamReply(
      exchange,
      answer,
      control,
      frameEvents(exchange.wire, exchange.route, framing, events),
    )
    const isBroken = framing === 'bytes' && control.failAfterEvents !== undefined
    return isBroken ? { ...reply, isBroken } : reply
  }
  return wholeReply(exchange, answer, control)
}

function wholeReply({ wire, sequence }: Exchange, answer: WireAnswer, control: Control): Reply {
  const { type, body } = contentOf(answer)
  return {
    status: control.status ?? answer.status ?? 200,
    headers: { 'content-type': type, ...wire.headers(sequence), ...answer.headers, ...control.headers },
    frames: [body],
    isStream: false,
  }
}

function contentOf(answer: WireAnswer): { type: string; body: Buffer } {
  if ('bytes' in answer) return { type: answer.contentType, body: answer.bytes }
  if ('text' in answer) {
    return { type: answer.contentType ?? 'text/plain; charset=utf-8', body: Buffer.from(answer.text) }
  }
  return { type: 'application/json', body: bytesOf('json' in answer ? answer.json : undefined) }
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function framingOf({ route }: Exchange, answer: WireAnswer) {
  return ('events' in answer ? answer.framing : undefined) ?? route.framing ?? 'sse'
}

function streamReply(
  exchange: Exchange,
  answer: WireAnswer,
  control: Control,
  frames: readonly Buffer[],
): Reply {
  const own = 'events' in answer ? answer.contentType : undefined
  return {
    status: 200,
    headers: {
      'content-type': own ?? streamTypes[framingOf(exchange, answer)],
      'cache-control': 'no-cache',
      ...exchange.wire.headers(exchange.sequence),
      ...answer.headers,
      ...control.headers,
    },
    frames,
    isStream: true,
  }
}

/** The events up to where the control lets the stream fail. Raw bytes cannot tell a failure: they only stop. */
function withFailure(
  exchange: Exchange,
  answer: Extract<WireAnswer, { events: readonly unknown[] }>,
  control: Control,
): readonly unknown[] {
  const { wire, route, model, sequence } = exchange
  if (control.failAfterEvents === undefined) return answer.events
  const events = answer.events.slice(0, control.failAfterEvents)
  if (framingOf(exchange, answer) === 'bytes') return events
  const failure = failureFor(
    { ...control, failure: control.failure ?? 'overloaded', status: undefined },
    model,
  )
  const own = route.operation.kind === 'plain' ? undefined : route.operation.failureEvent
  return [...events, (own ?? wire.failureEvent)(failure, sequence)]
}

/** The reply that tells a refusal. */
export function refusal(wire: Wire, route: Route | undefined, failure: Failure, sequence: number): Reply {
  const own = route && route.operation.kind !== 'plain' ? route.operation.failure : undefined
  const { status, headers, body } = (own ?? wire.failure)(failure, sequence)
  // Gemini reports a blocked prompt as a success, so in a stream it is an event.
  const isStream = status < 400 && route?.stream === true
  const framing = route?.framing ?? 'sse'
  const type = isStream ? streamTypes[framing] : 'application/json'
  return {
    status,
    headers: { 'content-type': type, ...wire.headers(sequence), ...headers },
    frames: [isStream ? frameRefusal(wire, framing, body) : bytesOf(body)],
    isStream,
  }
}
