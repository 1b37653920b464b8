import {
  type CallRecord,
  createError,
  type Endpoint,
  type EndpointName,
  type EventEncoder,
  type EventOf,
  endpoints,
  estimatedUsage,
  explanationLine,
  formatSse,
  type InboundInfo,
  type Meter,
  type Reply,
  type RequestOf,
  type ResponseOf,
  SluiceError,
  WireBytes,
  type WireEvent,
} from 'sluice/internal'
import type { Reservation } from '../limits/limiter.ts'
import { type Client, JSON_TYPE, type ReplyHead, SSE_TYPE } from './client.ts'
import { clientError } from './client-error.ts'
import type { Faults } from './faults.ts'
import type { InferenceRequest } from './inference-request.ts'

/**
 * The way up to the client: whole answers and the ends of streams wait for `finish`, so that the books are closed
 * before the last byte leaves.
 */
export class Delivery<E extends EndpointName> {
  /** What the answer cost, as far as it went. */
  meter: Meter | undefined
  private readonly from: InferenceRequest<E>
  private readonly client: Client
  private readonly record: CallRecord
  private readonly faults: Pick<Faults, 'note'>
  private readonly info: InboundInfo
  private encoder: EventEncoder<E> | undefined
  private streaming = false
  private upstream: Readonly<Record<string, string>> = {}
  private reservation: Reservation | undefined
  /** What is left to say: the whole body, or the end of the stream. */
  private rest: string | Buffer = ''
  private contentType = JSON_TYPE
  private error: SluiceError | undefined
  private last: EventOf<E> | undefined
  /** As counted here, for providers that tell no usage. */
  private promptTokens = 0

  constructor(from: InferenceRequest<E>, client: Client, record: CallRecord, faults: Pick<Faults, 'note'>) {
    this.from = from
    this.client = client
    this.record = record
    this.faults = faults
    const { id, startedAt: now } = from.open
    const warn: InboundInfo['warn'] = warning => void record.warnings.push(warning)
    const { model, stream, variables } = from
    this.info = { id, now, model, stream, variables, warn }
  }

  /** Takes a whole answer in, or passes a stream on; then resolves with all but the last byte gone. */
  deliver(
    reply: Reply<E>,
    request: RequestOf<E>,
    reservation: Reservation,
    promptTokens: number,
  ): undefined | Promise<void> {
    this.meter = reply.meter
    this.promptTokens = promptTokens
    this.upstream = reply.headers
    this.reservation = reservation
    if (reply.kind === 'relay') this.rest = reply.body
    else if (reply.kind === 'whole')
      this.keep(this.inbound.encodeResponse(this.withUsage(reply.response), request, this.info))
    else
      return this.stream(reply, request).catch(error => {
        // Whatever went wrong on the way to the client, nobody reads on: socket and place are free.
        reply.abort()
        throw error
      })
    return undefined
  }

  /** The answer failed: it will be said in the client's own format, in the stream if it has begun. Never throws. */
  fail(cause: unknown, reservation: Reservation | undefined): void {
    const { record, from } = this
    const error = ownError(cause)
    record.status = 'failure'
    record.error = cause instanceof Error ? cause : error
    record.clientGone = this.client.signal.aborted
    this.reservation = reservation
    this.error = clientError(error)
    try {
      if (this.streaming) this.rest = this.format(this.encoder?.fail(this.error, from.open.callId) ?? [])
      else this.keep(this.inbound.encodeError(this.error, from.open.callId))
    } catch (fault) {
      // Its status says enough; a stream is broken off.
      this.rest = ''
      this.faults.note('error reply', fault, record.id)
    }
  }

  /** The last byte. Never throws: a client that cannot be answered is hung up on rather than left waiting. */
  finish(): void {
    try {
      this.say()
    } catch (fault) {
      this.faults.note('reply', fault, this.record.id)
      this.client.breakOff()
    }
  }

  private say(): void {
    const { client, rest, error } = this
    // Only events can say that they are not the whole; anything else would look finished.
    if (this.streaming && error && rest.length === 0) client.breakOff()
    else if (this.streaming) client.end(this.withExplanation(rest))
    else if (error) client.fail(error, rest, this.head)
    else client.send(200, this.head, rest, this.contentType)
  }

  /** A stream's head left before its cost was known: its end says the whole, as a comment that no client reads. */
  private withExplanation(rest: string | Buffer): string | Buffer {
    const isText = this.encoder?.contentType === undefined && typeof rest === 'string'
    if (!this.from.hints.explain || !isText || this.inbound.takesNoComments) return rest
    return `: route ${explanationLine(this.record)}\n\n${rest}`
  }

  /** Keeps a whole answer for `finish`. */
  private keep(answer: unknown): void {
    const isBytes = answer instanceof WireBytes
    this.rest = isBytes ? answer.bytes : JSON.stringify(answer)
    this.contentType = isBytes ? answer.contentType : JSON_TYPE
  }

  private get head(): ReplyHead {
    const { record, reservation, upstream, from } = this
    return { record, reservation, upstream, explain: from.hints.explain }
  }

  private async stream(
    reply: Extract<Reply<E>, { kind: 'stream' | 'relay-stream' }>,
    request: RequestOf<E>,
  ): Promise<void> {
    this.record.firstTokenAt = this.record.startedAt + Math.round(performance.now() - this.from.arrived)
    this.encoder = this.inbound.encodeStream?.(request, this.info)
    if (reply.kind === 'relay-stream') {
      this.begin()
      return reply.pump(bytes => this.client.write(bytes))
    }
    await this.translate(reply)
    this.begin()
    this.rest = this.format([...this.usageEvents(), ...(this.encoder?.end() ?? [])])
  }

  /** Clients of every format read the usage of an answer; where the provider tells none, it is what we charge. */
  private get unreported() {
    const { meter, promptTokens } = this
    return meter && meter.usage === undefined ? estimatedUsage(meter, { promptTokens }) : undefined
  }

  private withUsage(response: ResponseOf<E>): ResponseOf<E> {
    const usage = this.unreported
    const endpoint: Endpoint<E> = endpoints[this.from.codec.endpoint]
    return (usage && endpoint.withUsage?.(response, usage)) ?? response
  }

  private usageEvents(): Iterable<WireEvent> {
    const { last, unreported: usage } = this
    const endpoint: Endpoint<E> = endpoints[this.from.codec.endpoint]
    return last && usage && endpoint.usageEvent ? this.push(endpoint.usageEvent(last, usage)) : []
  }

  /** The head of a stream, once: the first events may tell what kind of stream it is. */
  private begin(): void {
    if (this.streaming) return
    this.streaming = true
    this.client.begin(this.head, this.encoder?.contentType ?? SSE_TYPE)
  }

  private async translate(reply: Extract<Reply<E>, { kind: 'stream' }>): Promise<void> {
    const { attempts } = this.record
    let legs = attempts.length
    await reply.pump(events => {
      const piece = this.encode(events)
      this.begin()
      if (piece.length === 0) return undefined
      if (attempts.length === legs) return this.client.write(piece)
      // Another deployment goes on with the answer: said in a comment, which every client skips.
      legs = attempts.length
      const mayComment = typeof piece === 'string' && !this.inbound.takesNoComments
      return this.client.write(mayComment ? `: continued\n\n${piece}` : piece)
    })
  }

  private encode(events: readonly EventOf<E>[]): string | Buffer {
    if (this.encoder?.contentType) return this.format(events.flatMap(event => [...this.push(event)]))
    let text = ''
    for (const event of events) text += textOf(this.push(event))
    return text
  }

  private push(event: EventOf<E>): Iterable<WireEvent> {
    this.last = event
    return this.encoder?.push(event) ?? []
  }

  private format(events: Iterable<WireEvent>): string | Buffer {
    return this.encoder?.contentType ? bytesOf(events) : textOf(events)
  }

  private get inbound() {
    const { inbound, format } = this.from.codec
    if (inbound === undefined)
      throw createError({ kind: 'internal', message: `${format} serves no clients.` })
    return inbound
  }
}

function textOf(events: Iterable<WireEvent>): string {
  let text = ''
  for (const event of events) text += formatSse(event)
  return text
}

function bytesOf(events: Iterable<WireEvent>): Buffer {
  const pieces: Buffer[] = []
  for (const { bytes } of events) if (bytes) pieces.push(bytes)
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** Only our own errors leave the house; anything else becomes a plain internal error with the request's id. */
function ownError(cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause
  return createError({
    kind: 'internal',
    message: 'An internal error occurred. Quote the request id when you report it.',
    cause,
  })
}
