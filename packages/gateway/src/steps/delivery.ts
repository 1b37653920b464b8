import {
  type CallRecord,
  createError,
  type EndpointName,
  type EventEncoder,
  type EventOf,
  formatSse,
  type Meter,
  type Reply,
  type RequestOf,
  SluiceError,
} from 'sluice/internal'
import type { Reservation } from '../limits/limiter.ts'
import type { Client } from './client.ts'
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
  private encoder: EventEncoder<E> | undefined
  private streaming = false
  private last: () => void = () => {}

  constructor(from: InferenceRequest<E>, client: Client, record: CallRecord) {
    this.from = from
    this.client = client
    this.record = record
  }

  /** Resolves when all but the last byte has left. Rejects when the answer broke off. */
  async deliver(reply: Reply<E>, request: RequestOf<E>, reservation: Reservation): Promise<void> {
    this.meter = reply.meter
    const head = { record: this.record, reservation, upstream: reply.headers }
    switch (reply.kind) {
      case 'relay':
        this.last = () => this.client.send(200, head, reply.body)
        return
      case 'whole': {
        const body = this.inbound.encodeResponse(reply.response, request, this.info)
        this.last = () => this.client.send(200, head, JSON.stringify(body))
        return
      }
      default:
        this.record.firstTokenAt = this.record.startedAt + Math.round(performance.now() - this.from.arrived)
        this.encoder = this.inbound.encodeStream?.(request, this.info)
        this.streaming = true
        this.client.begin(head)
        await (reply.kind === 'stream'
          ? this.translate(reply)
          : reply.pump(bytes => this.client.write(bytes)))
        this.last = () =>
          this.client.end(reply.kind === 'stream' ? this.format(this.encoder?.end() ?? []) : undefined)
    }
  }

  /** The answer failed: says so in the client's own format, in the stream if it has begun. */
  fail(cause: unknown, reservation: Reservation | undefined): void {
    const { record, client } = this
    const error = ownError(cause)
    record.status = 'failure'
    record.error = cause instanceof Error ? cause : error
    record.clientGone = client.signal.aborted
    const told = clientError(error)
    const { callId: id } = this.from.open
    this.last = this.streaming
      ? () => client.end(this.format(this.encoder?.fail(told, id) ?? []))
      : () =>
          client.fail(told, JSON.stringify(this.inbound.encodeError(told, id)), {
            record,
            reservation,
            upstream: {},
          })
  }

  /** The last byte. */
  finish(): void {
    this.last()
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

  private get info() {
    const { id, startedAt } = this.from.open
    return { id, now: startedAt, model: this.from.model, stream: this.from.stream, warn: () => {} }
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
