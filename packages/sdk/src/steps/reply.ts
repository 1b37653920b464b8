import type { Codec, WireReply } from '../codecs/codec.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { endpoints } from '../endpoints/registry.ts'
import { createError } from '../errors.ts'
import { framings } from '../transport/framing/framings.ts'
import { SseRelay } from '../transport/framing/sse-relay.ts'
import { type Push, prime } from '../transport/prime.ts'
import type { OpenReply, WholeReply } from '../transport/transport.ts'
import type { EndpointName, EventOf, RequestOf, ResponseOf } from '../types/endpoint-map.ts'
import type { JsonObject } from '../types/json.ts'
import type { Meter } from '../types/meter.ts'
import type { StreamReader, WireEvent } from '../types/stream.ts'
import { WireBytes } from '../types/wire-body.ts'
import { HeldBeginning } from './held-beginning.ts'
import { withReplyMedia } from './reply-media.ts'
import type { Call, CallHost, LocalReply, Prepared } from './shapes.ts'

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

export async function translatedWhole<E extends EndpointName>(
  prepared: Prepared<E>,
  reply: WireReply,
  host: CallHost,
): Promise<Reply<E>> {
  const { codec, info, ask } = prepared
  const decoded = codec.upstream.decodeResponse(reply.body, info, reply.headers)
  const response = await withReplyMedia(prepared, decoded, host)
  return toldAsAsked(ask, response, reply.headers)
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
  const read = framings[codec.framing]()
  const decoder = codec.upstream.decodeStream?.(info)
  const endpoint: Endpoint<E> = endpoints[codec.endpoint]
  const meter = endpoint.createMeter?.(prepared.ask.request)
  if (decoder === undefined || meter === undefined)
    throw createError({ kind: 'internal', message: `${codec.format} does not stream.` })
  const isReal = (event: EventOf<E>) => !endpoint.isPreamble?.(event)
  const told = new ToldMeter(meter, decoder)
  const beginning = new HeldBeginning<EventOf<E>>()
  const run = async (push: Push<readonly EventOf<E>[]>) => {
    await reply.pump(bytes => {
      const events = decode(read(bytes), decoder)
      for (const event of events) meter.see(event)
      if (!beginning.isOver) prepared.ask.begun?.(told)
      const ready = beginning.isOver ? events : beginning.add(events, bytes.length, events.some(isReal))
      return ready.length === 0 ? undefined : push(ready)
    })
    const last = [...decoder.end()]
    for (const event of last) meter.see(event)
    const rest = [...beginning.release(), ...last]
    if (rest.length > 0) await push(rest)
  }
  const pump = await prime(run)
  return {
    kind: 'stream',
    headers: reply.headers,
    meter: told,
    pump,
    abort: () => reply.abort(),
  }
}

/** A meter that falls back on what the provider tells before its end, for a stream that never gets there. */
class ToldMeter implements Meter {
  private readonly seen: Meter
  private readonly told: Pick<StreamReader<unknown>, 'toldUsage'>

  constructor(seen: Meter, told: Pick<StreamReader<unknown>, 'toldUsage'>) {
    this.seen = seen
    this.told = told
  }

  get usage() {
    return this.seen.usage ?? this.told.toldUsage
  }
  get isPartial() {
    return this.seen.usage === undefined
  }
  get id() {
    return this.seen.id
  }
  get serviceTier() {
    return this.seen.serviceTier
  }
  get textLength() {
    return this.seen.textLength
  }
  get units() {
    return this.seen.units
  }
  get priceVariants() {
    return this.seen.priceVariants
  }
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
  const beginning = new HeldBeginning<Buffer>()
  const run = async (push: Push<Buffer>) => {
    await reply.pump(bytes => {
      const forward = relay.push(bytes)
      if (beginning.isOver) return forward && push(forward)
      prepared.ask.begun?.(tap)
      const ready = beginning.add(forward ? [forward] : [], bytes.length, !tap.isPreamble)
      return ready.length === 0 ? undefined : push(joined(ready))
    })
    const endMark = relay.end()
    const rest = endMark ? [...beginning.release(), endMark] : beginning.release()
    if (rest.length > 0) await push(joined(rest))
  }
  const pump = await prime(run)
  return { kind: 'relay-stream', headers: reply.headers, meter: tap, pump, abort: () => reply.abort() }
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** An answer that needed no network, whole or unfolded into events. */
export async function localReply<E extends EndpointName>({
  ask,
  info,
  answer,
}: LocalReply<E>): Promise<Reply<E>> {
  return toldAsAsked(ask, await answer(info), {})
}

/** A whole answer, unfolded into events for a client that asked for a stream. */
function toldAsAsked<E extends EndpointName>(
  { endpoint: name, request }: Call<E>,
  response: ResponseOf<E>,
  headers: ReplyFacts['headers'],
): Reply<E> {
  const endpoint: Endpoint<E> = endpoints[name]
  const meter = meterOf(endpoint, response, request)
  if ((request as JsonObject).stream !== true || endpoint.unfold === undefined)
    return { kind: 'whole', response, headers, meter }
  const events = endpoint.unfold(response)
  const pump = async (push: Push<readonly EventOf<E>[]>) => {
    for (const event of events) await push([event])
  }
  return { kind: 'stream', headers, meter, pump, abort() {} }
}

function meterOf<E extends EndpointName>(
  endpoint: Endpoint<E>,
  response: ResponseOf<E>,
  request: RequestOf<E>,
): Meter {
  const usage = endpoint.usage(response)
  const { id, service_tier: tier } = response as JsonObject
  return {
    usage,
    id: typeof id === 'string' ? id : undefined,
    serviceTier: typeof tier === 'string' ? tier : undefined,
    textLength: usage ? 0 : textLengthOf(endpoint.replyTexts(response)),
    units: endpoint.units?.(request, response),
    priceVariants: endpoint.priceVariants?.(request, response),
  }
}

function textLengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0)
}

/** A reply's body as its codec wants it: parsed JSON, or bytes where it takes them and the reply is nothing else. */
export function parseReply<E extends EndpointName>(codec: Codec<E>, { body, headers }: WholeReply): unknown {
  const type = headers['content-type'] ?? ''
  return codec.upstream.takesBytes && !type.includes('json') ? new WireBytes(body, type) : parseBody(body)
}

function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw createError({ kind: 'bad_gateway', message: "The provider's answer is not JSON.", cause })
  }
}
