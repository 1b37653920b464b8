import { createParser } from 'eventsource-parser'
import { createError } from '../../errors.ts'
import type { WireEvent } from '../../types/stream.ts'

/** Characters one event may have before we give up on the provider. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024

/**
 * Bytes → SSE events, one array per network read. Splits inside UTF-8, CRLF and comments are fine; an event without
 * its blank line at the end of the stream is discarded, as the standard says.
 */
export function createSseReader(): (bytes: Buffer) => WireEvent[] {
  const decoder = new TextDecoder('utf-8')
  let events: WireEvent[] = []
  let length = 0
  const parser = createParser({
    onEvent(event) {
      length = 0
      events.push({ event: event.event, data: event.data })
    },
  })
  return bytes => {
    events = []
    length += bytes.length
    parser.feed(decoder.decode(bytes, { stream: true }))
    if (length > MAX_EVENT_LENGTH && events.length === 0)
      throw createError({
        kind: 'bad_gateway',
        message: `The provider sent an event of more than ${MAX_EVENT_LENGTH} bytes.`,
      })
    return events
  }
}

/** One event as bytes on the wire. `data` must not hold line breaks: it is JSON or an end mark. */
export function formatSse(event: WireEvent): string {
  return event.event === undefined
    ? `data: ${event.data}\n\n`
    : `event: ${event.event}\ndata: ${event.data}\n\n`
}
