import type { JsonObject } from '../json.ts'
import { awsMessageFrame } from './aws-message.ts'
import { dataFrame } from './sse-frame.ts'
import type { Framing, Route, Wire } from './wire.ts'

/** The content type of a stream, unless the vendor has another. */
export const streamTypes: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  'json-array': 'application/json; charset=UTF-8',
  ndjson: 'application/x-ndjson',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
  bytes: 'application/octet-stream',
}

/** One buffer for each event, as the events lie on the wire. Strings and buffers are taken as they are. */
export function frameEvents(
  wire: Wire,
  route: Pick<Route, 'operation'>,
  framing: Framing,
  events: readonly unknown[],
): Buffer[] {
  const write = route.operation.kind === 'plain' ? undefined : route.operation.frame
  return events.map((event, index) => {
    if (Buffer.isBuffer(event)) return event
    switch (framing) {
      case 'sse':
        return Buffer.from((write ?? wire.frame ?? dataFrame)(event))
      case 'ndjson':
        return Buffer.from(typeof event === 'string' ? event : `${JSON.stringify(event)}\n`)
      case 'aws-event-stream':
        return typeof event === 'string' ? Buffer.from(event) : awsMessageFrame(event)
      case 'bytes':
        return Buffer.from(String(event))
      case 'json-array': {
        const open = index === 0 ? '[' : ',\r\n'
        return Buffer.from(`${open}${JSON.stringify(event)}${index === events.length - 1 ? ']' : ''}`)
      }
    }
  })
}

/** A refusal that is told as a stream of one event. */
export function frameRefusal(wire: Wire, framing: Framing, body: JsonObject | string): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  if (framing === 'json-array') return Buffer.from(JSON.stringify([body]))
  if (framing === 'ndjson') return Buffer.from(`${JSON.stringify(body)}\n`)
  return Buffer.from((wire.frame ?? dataFrame)(body))
}
