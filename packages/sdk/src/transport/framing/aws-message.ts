import { crc32 } from 'node:zlib'

const STRING = 7
const PRELUDE = 12
const CHECKSUM = 4

/** An AWS message of JSON. Source: https://smithy.io/2.0/aws/amazon-eventstream.html */
export function writeAwsMessage(kind: 'event' | 'exception', type: string, data: string): Buffer {
  const headers = Buffer.concat([
    header(':message-type', kind),
    header(`:${kind}-type`, type),
    header(':content-type', 'application/json'),
  ])
  const payload = Buffer.from(data)
  const length = PRELUDE + headers.length + payload.length + CHECKSUM
  const message = Buffer.alloc(length)
  message.writeUInt32BE(length, 0)
  message.writeUInt32BE(headers.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  headers.copy(message, PRELUDE)
  payload.copy(message, PRELUDE + headers.length)
  message.writeUInt32BE(crc32(message.subarray(0, length - CHECKSUM)), length - CHECKSUM)
  return message
}

function header(name: string, value: string): Buffer {
  const key = Buffer.from(name)
  const text = Buffer.from(value)
  const size = Buffer.alloc(2)
  size.writeUInt16BE(text.length)
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([STRING]), size, text])
}
