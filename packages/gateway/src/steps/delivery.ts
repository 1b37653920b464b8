import {
  type CallRecord,
  createError,
  type EndpointName,
  type EventEncoder,
  type EventOf,
  formatSse,
  type InboundInfo,
  type Meter,
  type Reply,
  type RequestOf,
  SluiceError,
} from 'sluice/internal'
import type { Reservation } from '../limits/limiter.ts'
import type { Client, ReplyHead } from './client.ts'
import { clientError } from './client-error.ts'
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
  private readonly info: InboundInfo
  private encoder: EventEncoder<E> | undefined
  private streaming = false
  private upstream: Readonly<Record<string, string>> = {}
  private reservation: Reservation | undefined
  /** What is left to say: the whole body, or the end of the stream. */
  private rest: string | Buffer | undefined
  private error: SluiceError | undefined

  constructor(from: InferenceRequest<E>, client: Client, record: CallRecord) {
    this.from = from
    this.client = client
    this.record = record
    const { id, startedAt: now } = from.open
    const warn: InboundInfo['warn'] = warning => void record.warnings.push(warning)
    this.info = { id, now, model: from.model, stream: from.stream, warn }
  }

  /** Takes a whole answer in, or passes a stream on; then resolves with all but the last byte gone. */
  deliver(reply: Reply<E>, request: RequestOf<E>, reservation: Reservation): undefined | Promise<void> {
    this.meter = reply.meter
    this.upstream = reply.headers
    this.reservation = reservation
    if (reply.kind === 'relay') this.rest = reply.body
    else if (reply.kind === 'whole')
      this.rest = JSON.stringify(this.inbound.encodeResponse(reply.response, request, this.info))
    else return this.stream(reply, request)
    return undefined
  }

  /** The answer failed: it will be said in the client's own format, in the stream if it has begun. */
  fail(cause: unknown, reservation: Reservation | undefined): void {
    const { record, from } = this
    const error = ownError(cause)
    record.status = 'failure'
    record.error = cause instanceof Error ? cause : error
    record.clientGone = this.client.signal.aborted
    this.reservation = reservation
    this.error = clientError(error)
    if (this.streaming) this.rest = this.format(this.encoder?.fail(this.error, from.open.callId) ?? [])
    else this.rest = JSON.stringify(this.inbound.encodeError(this.error, from.open.callId))
  }

  /** The last byte. */
  finish(): void {
    const { client, rest = '', error } = this
    if (this.streaming) client.end(String(rest))
    else if (error) client.fail(error, String(rest), this.head)
    else client.send(200, this.head, rest)
  }

  private get head(): ReplyHead {
    return { record: this.record, reservation: this.reservation, upstream: this.upstream }
  }

  private async stream(
    reply: Extract<Reply<E>, { kind: 'stream' | 'relay-stream' }>,
    request: RequestOf<E>,
  ): Promise<void> {
    this.record.firstTokenAt = this.record.startedAt + Math.round(performance.now() - this.from.arrived)
    this.encoder = this.inbound.encodeStream?.(request, this.info)
    this.streaming = true
    this.client.begin(this.head)
    if (reply.kind === 'relay-stream') return reply.pump(bytes => this.client.write(bytes))
    await this.translate(reply)
    this.rest = this.format(this.encoder?.end() ?? [])
  }

  private async translate(reply: Extract<Reply<E>, { kind: 'stream' }>): Promise<void> {
    await reply.pump(events => {
      const text = this.encode(events)
      return text === '' ? undefined : this.client.write(text)
    })
  }

  private encode(events: readonly EventOf<E>[]): string {
    let text = ''
    for (const event of events) text += this.format(this.encoder?.push(event) ?? [])
    return text
  }

  private format(events: Iterable<Parameters<typeof formatSse>[0]>): string {
    let text = ''
    for (const event of events) text += formatSse(event)
    return text
  }

  private get inbound() {
    const { inbound, format } = this.from.codec
    if (inbound === undefined)
      throw createError({ kind: 'internal', message: `${format} serves no clients.` })
    return inbound
  }
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
