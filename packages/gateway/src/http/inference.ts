import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Codec, EndpointName } from 'sluice/internal'
import type { Origin } from '../auth/door/origin.ts'
import { type Continuation, continueStream, LAST_EVENT_HEADER } from '../resume/continue-stream.ts'
import { failureEvent } from '../resume/failure-event.ts'
import type { KeptStreams } from '../resume/kept-streams.ts'
import { RESUMABLE_HEADER, ResumableClient } from '../resume/resumable-client.ts'
import { serve } from '../serve.ts'
import type { InferenceRequest } from '../steps/inference-request.ts'
import type { Stages } from '../steps/stages.ts'
import { givenCallId, newCallId } from './call-id.ts'
import { credentialOf } from './credential-of.ts'
import type { Door } from './doors.ts'
import { readHints } from './headers.ts'
import { HttpClient } from './http-client.ts'
import { readBody } from './read-body.ts'
import { refuseEarly } from './refuse-early.ts'

/** Answers one inference request. Never rejects. */
export async function handleInference<E extends EndpointName>(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door<E>,
  path: string,
  query: string,
  stages: Stages,
  streams: KeptStreams,
): Promise<void> {
  const arrived = performance.now()
  const id = newCallId()
  const callId = givenCallId(request) ?? id
  const client = new HttpClient(response, stages.now)
  let asked: InferenceRequest<E>
  try {
    const startedAt = stages.now()
    const bytes = await readBody(request, stages.settings.server.maxRequestBytes)
    const credential = credentialOf(request, path, query, stages.settings)
    const origin = originOf(request, door.route ?? path)
    const continuation = continuationOf(request, door as unknown as Door, credential, origin)
    if (continuation)
      return await continueStream(continuation, client, { authenticate: stages.authenticate, streams })
    asked = {
      open: { id, callId, endpoint: door.endpoint, format: door.codec.format, startedAt },
      codec: door.codec,
      model: door.model,
      stream: door.stream,
      access: door.access ?? 'llm',
      variables: door.variables,
      credential,
      origin,
      bytes,
      contentType: request.headers['content-type'],
      query: request.method === 'POST' ? undefined : Object.fromEntries(new URLSearchParams(query)),
      arrived,
      route: door.route ?? path,
      hints: readHints(request.headers, request.socket.remoteAddress, {
        formatHeaders: door.codec.inbound?.headers,
        forwardAll: stages.settings.calls.forwardClientHeaders,
        tagHeaders: stages.settings.spend.tagHeaders,
      }),
    }
  } catch (error) {
    return refuseEarly(error, callId, door.codec as unknown as Codec, request, response)
  }
  if (!asked.hints.resumable) return serve(asked, client, stages)
  await serve(asked, new ResumableClient(client, streams, obstacleOf(request)), stages)
}

function originOf({ method = '', headers, socket }: IncomingMessage, path: string): Origin {
  return { method, path, headers, address: socket.remoteAddress }
}

/** What a request asks that names the last event of a stream; its body says nothing new. */
function continuationOf(
  { headers }: IncomingMessage,
  { endpoint, codec, access = 'llm' }: Door,
  credential: string | undefined,
  origin: Origin,
): Continuation | undefined {
  const lastEventId = headers[LAST_EVENT_HEADER]
  if (typeof lastEventId !== 'string' || lastEventId === '') return undefined
  return {
    ...{ lastEventId, credential, origin, access, endpoint, route: origin.path, format: codec.format },
    stops: headers[RESUMABLE_HEADER] === 'false',
    encodeFailure: (error, callId) => failureEvent(codec, error, callId),
  }
}

/** Google's own clients take every line of an event for JSON. */
function obstacleOf({ headers }: IncomingMessage): string | undefined {
  if (headers['x-goog-api-client'] === undefined) return undefined
  return "Google's clients cannot read events that have ids."
}
