import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Codec, createError, SluiceError } from 'sluice/internal'
import { errorHeaders } from './headers.ts'

/** How long a client may go on sending what nobody reads, milliseconds. */
const LINGER_MS = 2_000

/**
 * Refuses a request that could not even be read, in its own format. A client that is still sending is heard out for a
 * moment: a connection closed under its hands would be reset before it reads the answer.
 */
export function refuseEarly(
  cause: unknown,
  id: string,
  codec: Pick<Codec, 'inbound'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const error =
    cause instanceof SluiceError
      ? cause
      : createError({ kind: 'bad_request', message: 'The request could not be read to its end.', cause })
  const body = JSON.stringify(codec.inbound?.encodeError(error, id) ?? { error: { message: error.message } })
  if (response.destroyed) return
  response.writeHead(error.status, [
    ...errorHeaders(error),
    ...['x-litellm-call-id', id, 'content-type', 'application/json'],
    ...['content-length', String(Buffer.byteLength(body))],
  ])
  response.end(body)
  if (request.complete) return
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS)
  request.once('close', () => clearTimeout(timer))
  request.resume()
}
