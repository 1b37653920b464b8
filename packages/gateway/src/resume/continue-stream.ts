import { badRequest, createError, type SluiceError } from 'sluice/internal'
import type { Authenticator } from '../auth/authenticate.ts'
import { authorizeRoute, type RouteAccess } from '../auth/authorize-route.ts'
import type { Origin } from '../auth/door/origin.ts'
import type { KeptStreams } from './kept-streams.ts'
import type { StreamFacts } from './stream-facts.ts'
import type { Sink } from './stream-reader.ts'

/** The request header that says where to go on. */
export const LAST_EVENT_HEADER = 'last-event-id'

/** A request to go on with a stream. */
export interface Continuation {
  /** As the client sent it, unchecked. */
  readonly lastEventId: string
  /** What is left is not wanted: the provider is hung up on. */
  readonly stops: boolean
  readonly credential: string | undefined
  readonly origin?: Origin | undefined
  readonly route: string
  readonly access: RouteAccess
  readonly endpoint: string
  readonly format: string
  /** The event that says in the client's format what ended a stream. */
  encodeFailure(error: SluiceError, callId: string): string
}

/** A client that goes on reading: its answer has no call of its own. */
export interface ReturningClient extends Sink {
  resume(facts: StreamFacts): void
}

export interface ContinuationHost {
  readonly authenticate: Authenticator['authenticate']
  readonly streams: KeptStreams
}

/** Readers that one stream may have at a time. */
const MOST_READERS = 8

/**
 * Goes on with a stream after the event the client names; resolves when the client has it all or has gone. Calls no
 * provider, takes from no limit and costs nothing. Throws a `SluiceError` before anything was sent: one and the same
 * for a stream that is not there and for one that another key began.
 */
export async function continueStream(
  ask: Continuation,
  client: ReturningClient,
  { authenticate, streams }: ContinuationHost,
): Promise<void> {
  const caller = await authenticate(ask.credential, ask.origin)
  authorizeRoute(caller, { path: ask.route, access: ask.access })
  const { id, number } = parseEventId(ask.lastEventId)
  const stream = streams.find(id) ?? (await streams.findElsewhere(id))
  if (stream === undefined || stream.facts.keyHash !== caller.record.keyHash) throw unknownStream()
  const { facts, newest, oldest } = stream
  if (facts.endpoint !== ask.endpoint || facts.format !== ask.format) throw otherDoor()
  if (number > newest) throw notYet(number, newest)
  if (number + 1 < oldest) throw dropped()
  if (stream.readerCount >= MOST_READERS) throw tooManyReaders()
  if (ask.stops) await stream.stop()
  client.resume(facts)
  await stream.bring(number + 1, client, () => ask.encodeFailure(ownerLost(), facts.callId))
}

/** `<stream id>.<number>`; number 0 is the beginning. Throws `BadRequestError` for any other form. */
export function parseEventId(text: string): { readonly id: string; readonly number: number } {
  const [, id, number] = /^([\w-]{22})\.(0|[1-9]\d{0,8})$/.exec(text) ?? []
  if (id !== undefined && number !== undefined) return { id, number: Number(number) }
  throw badRequest(
    `${LAST_EVENT_HEADER}: must be the id of an event of a resumable stream of this gateway. ${ANEW}`,
    LAST_EVENT_HEADER,
  )
}

const ANEW = 'Send the request without Last-Event-ID to begin anew; it is then a call of its own.'

function unknownStream(): SluiceError {
  return createError({
    kind: 'not_found',
    code: 'stream_not_found',
    param: LAST_EVENT_HEADER,
    message: `${LAST_EVENT_HEADER}: this key has no such stream, or it is kept no longer. ${ANEW}`,
  })
}

function dropped(): SluiceError {
  return createError({
    kind: 'not_found',
    status: 410,
    code: 'stream_events_dropped',
    param: LAST_EVENT_HEADER,
    message: `${LAST_EVENT_HEADER}: the events after it are kept no longer, the stream is too long. ${ANEW}`,
  })
}

function ownerLost(): SluiceError {
  return createError({
    kind: 'truncated',
    message: 'The replica that reads this answer is not heard of any more: the rest of it is lost.',
  })
}

function notYet(number: number, newest: number): SluiceError {
  return badRequest(
    `${LAST_EVENT_HEADER}: the stream has ${newest} events so far and none with number ${number}.`,
    LAST_EVENT_HEADER,
  )
}

function otherDoor(): SluiceError {
  return badRequest(
    `${LAST_EVENT_HEADER}: the stream was begun on another route. Send the same request again.`,
    LAST_EVENT_HEADER,
  )
}

function tooManyReaders(): SluiceError {
  return createError({
    kind: 'rate_limit',
    code: 'too_many_readers',
    retryAfterMs: 1_000,
    message: `The stream is being read ${MOST_READERS} times already. Close one of these connections.`,
  })
}
