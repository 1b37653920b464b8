import type { ServerResponse } from 'node:http'
import { type Codec, createError, SluiceError } from 'sluice/internal'
import { errorHeaders } from './headers.ts'

/** Refuses a request that could not even be read, in its own format, and closes the connection. */
export function refuseEarly(
  cause: unknown,
  id: string,
  codec: Pick<Codec, 'inbound'>,
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
    ...['x-litellm-call-id', id, 'content-type', 'application/json', 'connection', 'close'],
    ...['content-length', String(Buffer.byteLength(body))],
  ])
  response.end(body)
}
