import { answerTo } from './answer/conversation.ts'
import type { PromptCache } from './answer/prompt-cache.ts'
import type { Control } from './delivery/control.ts'
import type { Reply } from './delivery/deliver.ts'
import type { JsonObject } from './json.ts'
import { Failure, failureOfStatus } from './wire/failure.ts'
import type { Route, Wire } from './wire/wire.ts'

/** One request, as far as composing its reply needs it. */
export interface Exchange {
  readonly wire: Wire
  readonly route: Route
  readonly body: JsonObject
  readonly model: string
  readonly sequence: number
  readonly cache: PromptCache
}

/** Composes the reply to a request. Throws `Violation` or `Failure` for what the vendor would refuse. */
export function compose(exchange: Exchange, control: Control): Reply {
  const { wire, route, body, model, sequence, cache } = exchange
  if (isFailing(control)) throw failureFor(control, model)
  const { operation } = route
  if (operation.kind === 'plain') {
    const answer = operation.reply(body, route)
    return control.body === undefined
      ? wholeReply(wire, control, sequence, answer)
      : wholeReply(wire, control, sequence, control.body)
  }
  const asked = operation.read(body, route)
  if (control.rawStream) return streamReply(exchange, control, [control.rawStream])
  if (control.body !== undefined) return wholeReply(wire, control, sequence, control.body)
  if (control.events) return streamReply(exchange, control, framesOf(exchange, control.events))
  const answer = answerTo(asked, cache, control.reply)
  if (!asked.stream) return wholeReply(wire, control, sequence, operation.whole(answer, asked, sequence))
  const events = withFailure(exchange, control, operation.events(answer, asked, sequence))
  return streamReply(exchange, control, framesOf(exchange, events))
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

function wholeReply(wire: Wire, control: Control, sequence: number, body: unknown): Reply {
  return {
    status: control.status ?? 200,
    headers: { 'content-type': 'application/json', ...wire.headers(sequence), ...control.headers },
    frames: [bytesOf(body)],
    isStream: false,
  }
}

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function streamReply(
  { wire, route, sequence }: Exchange,
  control: Control,
  frames: readonly Buffer[],
): Reply {
  const type =
    route.framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json; charset=UTF-8'
  return {
    status: 200,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      ...wire.headers(sequence),
      ...control.headers,
    },
    frames,
    isStream: true,
  }
}

function framesOf({ wire, route }: Exchange, events: readonly unknown[]): Buffer[] {
  if (route.framing === 'sse') return events.map(event => Buffer.from(wire.frame(event)))
  // Without `alt=sse`, Gemini streams one JSON array.
  return events.map((event, index) => {
    const open = index === 0 ? '[' : ',\r\n'
    return Buffer.from(`${open}${JSON.stringify(event)}${index === events.length - 1 ? ']' : ''}`)
  })
}

function withFailure({ wire, model, sequence }: Exchange, control: Control, events: unknown[]): unknown[] {
  if (control.failAfterEvents === undefined) return events
  const failure = failureFor(
    { ...control, failure: control.failure ?? 'overloaded', status: undefined },
    model,
  )
  return [...events.slice(0, control.failAfterEvents), wire.failureEvent(failure, sequence)]
}

/** The reply that tells a refusal. */
export function refusal(wire: Wire, route: Route | undefined, failure: Failure, sequence: number): Reply {
  const { status, headers, body } = wire.failure(failure, sequence)
  // Gemini reports a blocked prompt as a success, so in a stream it is an event.
  const isStream = status < 400 && route?.stream === true
  const type = isStream && route?.framing === 'sse' ? 'text/event-stream' : 'application/json'
  const text = !isStream
    ? JSON.stringify(body)
    : route?.framing === 'sse'
      ? wire.frame(body)
      : JSON.stringify([body])
  return {
    status,
    headers: { 'content-type': type, ...wire.headers(sequence), ...headers },
    frames: [Buffer.from(text)],
    isStream,
  }
}
