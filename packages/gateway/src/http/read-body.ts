import type { IncomingMessage } from 'node:http'
import { createError } from 'sluice/internal'

/** The whole request body. Rejects with `RequestTooLargeError` beyond `maxBytes`; what comes then is thrown away. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stated = Number(request.headers['content-length'] ?? 0)
    if (stated > maxBytes) return reject(tooLarge(maxBytes))
    let first: Buffer | undefined
    let rest: Buffer[] | undefined
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        first = rest = undefined
        reject(tooLarge(maxBytes))
      } else if (first === undefined) first = chunk
      else if (rest === undefined) rest = [first, chunk]
      else rest.push(chunk)
    })
    request.on('end', () => resolve(rest ? Buffer.concat(rest, size) : (first ?? EMPTY)))
    request.on('error', reject)
  })
}

const EMPTY = Buffer.alloc(0)

function tooLarge(maxBytes: number) {
  return createError({
    kind: 'too_large',
    message: `The request body exceeds ${maxBytes} bytes. Send less, or raise general_settings.max_request_size_mb.`,
    param: 'content-length',
  })
}
