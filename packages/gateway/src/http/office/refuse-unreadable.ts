import type { Duplex } from 'node:stream'

type Refusal = readonly [status: string, message: string]

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The request headers exceed 64 KiB. Send fewer or shorter headers.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [
    '413 Payload Too Large',
    'The chunk extensions of the request are too long. Send none.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    'The request did not arrive to its end in time. Send it faster, or raise SLUICE_CLIENT_TIMEOUT_SECONDS.',
  ],
}
const NOT_HTTP: Refusal = ['400 Bad Request', 'The request is not valid HTTP/1.1.']

/** Node's `clientError`: answers what its parser gave up on, before any route or format is known, and hangs up. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = REFUSALS[error.code ?? ''] ?? NOT_HTTP
  const code = status.slice(0, 3)
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code },
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
