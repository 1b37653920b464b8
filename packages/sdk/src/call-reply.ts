import type { LocalReply, Prepared } from './call-shapes.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import { ChatMeter, type Meter } from './endpoints/meter.ts'
import { endpoints } from './endpoints/registry.ts'
import { createError } from './errors.ts'
import { createNdjsonReader } from './transport/ndjson.ts'
import { type Push, prime } from './transport/prime.ts'
import { createSseReader } from './transport/sse.ts'
import { SseRelay } from './transport/sse-relay.ts'
import type { OpenReply, WholeReply } from './transport/transport.ts'
import type { EndpointName, EventOf, ResponseOf } from './types/endpoint-map.ts'
import type { JsonObject } from './types/json.ts'
import type { WireEvent } from './types/stream.ts'

/** What came back. `relay` replies are the provider's own bytes in the client's own format. */
export type Reply<E extends EndpointName> = ReplyFacts &
  (
    | { readonly kind: 'whole'; readonly response: ResponseOf<E> }
    | { readonly kind: 'stream'; pump(push: Push<readonly EventOf<E>[]>): Promise<void>; abort(): void }
    | { readonly kind: 'relay'; readonly body: Buffer }
    | { readonly kind: 'relay-stream'; pump(push: Push<Buffer>): Promise<void>; abort(): void }
  )

export interface ReplyFacts {
  /** The provider's response headers, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Usage and id: complete for whole replies, growing while a stream is pumped. */
  readonly meter: Meter
}

export function translatedWhole<E extends EndpointName>(prepared: Prepared<E>, reply: WholeReply): Reply<E> {
  const response = prepared.codec.upstream.decodeResponse(parseBody(reply.body), prepared.info)
  return {
    kind: 'whole',
    response,
    headers: reply.headers,
    meter: meterOf<E>(endpoints[prepared.codec.endpoint], response),
  }
}

export function relayWhole<E extends EndpointName>(prepared: Prepared<E>, reply: WholeReply): Reply<E> {
  const facts = prepared.relayed?.relay.usage(parseBody(reply.body))
  return { kind: 'relay', body: reply.body, headers: reply.headers, meter: { ...facts, textLength: 0 } }
}

export async function translatedStream<E extends EndpointName>(
  prepared: Prepared<E>,
  reply: OpenReply,
): Promise<Reply<E>> {
  const { codec, info } = prepared
  const read = codec.framing === 'ndjson' ? createNdjsonReader() : createSseReader()
  const decoder = codec.upstream.decodeStream?.(info)
  if (decoder === undefined)
    throw createError({ kind: 'internal', message: `${codec.format} does not stream.` })
  const meter = new ChatMeter()
  const deliver = (events: EventOf<E>[], push: Push<readonly EventOf<E>[]>) => {
    if (events.length === 0) return undefined
    for (const event of events) meter.see(event)
    return push(events)
  }
  const run = async (push: Push<readonly EventOf<E>[]>) => {
    await reply.pump(bytes => deliver(decode(read(bytes), decoder), push))
    await deliver([...decoder.end()], push)
  }
  const pump = await prime(run)
  return { kind: 'stream', headers: reply.headers, meter, pump, abort: () => reply.abort() }
}

function decode<Event>(wire: WireEvent[], decoder: { push(event: WireEvent): Iterable<Event> }): Event[] {
  const events: Event[] = []
  for (const event of wire) for (const decoded of decoder.push(event)) events.push(decoded)
  return events
}

export async function relayStream<E extends EndpointName>(
  prepared: Prepared<E>,
  reply: OpenReply,
): Promise<Reply<E>> {
  const { relayed, info } = prepared
  if (relayed === undefined) throw createError({ kind: 'internal', message: 'Nothing to relay.' })
  const tap = relayed.relay.tap(relayed.body, info)
  const relay = new SseRelay(tap)
  const run = async (push: Push<Buffer>) => {
    await reply.pump(bytes => {
      const forward = relay.push(bytes)
      return forward && push(forward)
    })
    const endMark = relay.end()
    if (endMark) await push(endMark)
  }
  const pump = await prime(run)
  return { kind: 'relay-stream', headers: reply.headers, meter: tap, pump, abort: () => reply.abort() }
}

/** An answer that needed no network, whole or unfolded into events. */
export async function localReply<E extends EndpointName>({
  ask,
  info,
  answer,
}: LocalReply<E>): Promise<Reply<E>> {
  const response = await answer(info)
  const endpoint: Endpoint<E> = endpoints[ask.endpoint]
  const meter = meterOf(endpoint, response)
  if (!info.stream || endpoint.unfold === undefined) return { kind: 'whole', response, headers: {}, meter }
  const events = endpoint.unfold(response)
  const pump = async (push: Push<readonly EventOf<E>[]>) => {
    for (const event of events) await push([event])
  }
  return { kind: 'stream', headers: {}, meter, pump, abort() {} }
}

function meterOf<E extends EndpointName>(endpoint: Endpoint<E>, response: ResponseOf<E>): Meter {
  const usage = endpoint.usage(response)
  const { id, service_tier: tier } = response as JsonObject
  return {
    usage,
    id: typeof id === 'string' ? id : undefined,
    serviceTier: typeof tier === 'string' ? tier : undefined,
    textLength: usage ? 0 : textLengthOf(endpoint.replyTexts(response)),
  }
}

function textLengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw createError({ kind: 'bad_gateway', message: "The provider's answer is not JSON.", cause })
  }
}
