import * as crypto from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * A call's own id, unique for ever. In order of time where Node can make such ids (from 26 on), so that rows are
 * appended to the database's index instead of scattered over it.
 */
export const newCallId: () => string = crypto.randomUUIDv7 ?? crypto.randomUUID

/** A client's own id when it is a harmless token. It names the call to the client; rows are kept under ours. */
export function givenCallId(request: IncomingMessage): string | undefined {
  const given = request.headers['x-litellm-call-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : undefined
}
