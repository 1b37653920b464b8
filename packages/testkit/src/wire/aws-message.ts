import { EventStreamCodec } from '@smithy/eventstream-codec'
import { isObject, type JsonObject } from '../json.ts'

/** One message of an AWS event stream. */
export interface AwsMessage {
  /** `:event-type`, `:exception-type` or `:error-code`. */
  readonly type: string
  /** The payload, written as JSON unless it is text or bytes; of an `error` its message. */
  readonly data: JsonObject | string | Buffer
  /** Default `event`. */
  readonly kind?: 'event' | 'exception' | 'error'
}

const utf8 = (bytes: Uint8Array | string) =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
const codec = new EventStreamCodec(utf8, text => Buffer.from(text))

/** Writes an `AwsMessage` as AWS's own library does, https://smithy.io/2.0/aws/amazon-eventstream.html. */
export function awsMessageFrame(message: unknown): Buffer {
  if (!isAwsMessage(message)) {
    throw new Error(`An event of an AWS stream needs a type and data: ${JSON.stringify(message)}`)
  }
  const { type, data, kind = 'event' } = message
  const text: Record<string, string> =
    kind === 'error'
      ? { ':message-type': kind, ':error-code': type, ':error-message': bytesOf(data).toString() }
      : { ':message-type': kind, [`:${kind}-type`]: type, ':content-type': contentTypeOf(data) }
  const headers = Object.fromEntries(
    Object.entries(text).map(([name, value]) => [name, { type: 'string' as const, value }]),
  )
  return Buffer.from(codec.encode({ headers, body: kind === 'error' ? Buffer.alloc(0) : bytesOf(data) }))
}

function isAwsMessage(value: unknown): value is AwsMessage {
  return isObject(value) && typeof value.type === 'string' && value.data !== undefined
}

function contentTypeOf(data: AwsMessage['data']): string {
  if (Buffer.isBuffer(data)) return 'application/octet-stream'
  return typeof data === 'string' ? 'text/plain' : 'application/json'
}

function bytesOf(data: AwsMessage['data']): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
}
