import { crc32 } from 'node:zlib'
import { createError } from '../../errors.ts'
import type { WireEvent } from '../../types/stream.ts'

const MAX_MESSAGE_LENGTH = 16 * 1024 * 1024
/** Total length, headers length, checksum of both. */
const PRELUDE = 12
const CHECKSUM = 4
/** Payloads of this type are pieces of something else, cut anywhere: half a character may be in one. */
const OCTETS = 'application/octet-stream'

/**
 * Bytes → AWS messages, one array per network read. Both checksums of every message are verified. Throws a
 * `SluiceError` when a message is damaged. Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function createAwsEventStreamReader(): (bytes: Buffer) => WireEvent[] {
  let rest: Buffer = Buffer.alloc(0)
  return bytes => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const events: WireEvent[] = []
    while (rest.length >= PRELUDE) {
      const length = rest.readUInt32BE(0)
      checkPrelude(rest, length)
      if (rest.length < length) break
      events.push(decodeMessage(rest.subarray(0, length)))
      rest = rest.subarray(length)
    }
    return events
  }
}

function checkPrelude(bytes: Buffer, length: number): void {
  if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
    throw damaged('the checksum of its head is wrong')
  if (length > MAX_MESSAGE_LENGTH) throw damaged(`it has more than ${MAX_MESSAGE_LENGTH} bytes`)
  if (length < PRELUDE + bytes.readUInt32BE(4) + CHECKSUM) throw damaged('its lengths contradict each other')
}

function decodeMessage(message: Buffer): WireEvent {
  const end = message.length - CHECKSUM
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw damaged('its checksum is wrong')
  const headersEnd = PRELUDE + message.readUInt32BE(4)
  const headers = decodeHeaders(message.subarray(PRELUDE, headersEnd))
  const data = message.toString('utf8', headersEnd, end)
  const type = headers.get(':message-type')
  if (type === 'exception') return { event: headers.get(':exception-type'), data, exception: true }
  if (type !== 'error') {
    const event = headers.get(':event-type')
    if (headers.get(':content-type') !== OCTETS) return { event, data }
    return { event, data: '', bytes: message.subarray(headersEnd, end) }
  }
  const text = JSON.stringify({ message: headers.get(':error-message') ?? '' })
  return { event: headers.get(':error-code'), data: text, exception: true }
}

/** Bytes of a header's value by its type; strings and byte arrays tell their length themselves. */
const FIXED_LENGTHS: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }
const STRING = 7
const BYTES = 6

/** The headers that are text; those of other types are stepped over. */
function decodeHeaders(bytes: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  try {
    for (let at = 0; at < bytes.length; ) {
      const nameEnd = at + 1 + bytes.readUInt8(at)
      const name = bytes.toString('utf8', at + 1, nameEnd)
      const type = bytes.readUInt8(nameEnd)
      const sized = type === STRING || type === BYTES
      const start = nameEnd + (sized ? 3 : 1)
      const length = sized ? bytes.readUInt16BE(nameEnd + 1) : FIXED_LENGTHS[type]
      if (length === undefined || start + length > bytes.length)
        throw damaged('a header is cut or of no known type')
      if (type === STRING) headers.set(name, bytes.toString('utf8', start, start + length))
      at = start + length
    }
  } catch (cause) {
    throw cause instanceof RangeError ? damaged('a header is cut') : cause
  }
  return headers
}

function damaged(why: string) {
  return createError({
    kind: 'bad_gateway',
    message: `The provider's stream is damaged: of one message, ${why}.`,
  })
}
