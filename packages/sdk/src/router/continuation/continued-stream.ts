import type { Continuation } from '../../endpoints/continuation.ts'
import type { Endpoint } from '../../endpoints/endpoint.ts'
import { endpoints } from '../../endpoints/registry.ts'
import { SluiceError } from '../../errors.ts'
import type { Reply } from '../../steps/reply.ts'
import type { Push } from '../../transport/prime.ts'
import type { EndpointName, EventOf } from '../../types/endpoint-map.ts'
import { AttemptCancel } from '../attempt/attempt-cancel.ts'
import type { Trip } from '../trip.ts'
import { LegsMeter } from './legs-meter.ts'
import { Stitch } from './stitch.ts'

/** A longer answer is not kept, and so not gone on with. Characters. */
const MOST_KEPT = 1_000_000

type StreamReply<E extends EndpointName> = Extract<Reply<E>, { kind: 'stream' }>

/** Asks for the rest of an answer that broke off with this error. */
export type GoOn<E extends EndpointName> = (error: SluiceError) => Promise<Reply<E>>

/**
 * A stream that another deployment goes on with when it breaks off, as long as the caller has nothing but plain text.
 * Where that cannot be, the stream fails with the error it broke off with.
 */
export class ContinuedStream<E extends EndpointName> {
  readonly kind = 'stream'
  readonly headers: Reply<E>['headers']
  readonly meter: LegsMeter
  private readonly facts: Continuation<E>
  private readonly trip: Trip<E>
  private readonly goOn: GoOn<E>
  private readonly most: number
  private current: StreamReply<E>
  private cancel: AttemptCancel | undefined
  private first: EventOf<E> | undefined
  private last: EventOf<E> | undefined
  private said = ''
  private isPlain = true
  private isOurs = false
  private hasTold = false

  /** `most`: how often it may be gone on with. */
  constructor(reply: StreamReply<E>, trip: Trip<E>, facts: Continuation<E>, most: number, goOn: GoOn<E>) {
    this.current = reply
    this.headers = reply.headers
    this.meter = new LegsMeter(reply.meter, () => trip.inputTokens())
    this.trip = trip
    this.facts = facts
    this.most = most
    this.goOn = goOn
  }

  readonly abort = (): void => {
    this.isOurs = true
    this.cancel?.abort()
    this.current.abort()
  }

  readonly pump = async (push: Push<readonly EventOf<E>[]>): Promise<void> => {
    try {
      await this.firstLeg(push)
    } finally {
      this.cancel?.release()
    }
  }

  private async firstLeg(push: Push<readonly EventOf<E>[]>): Promise<void> {
    try {
      await this.current.pump(events => this.pass(events, events, push))
    } catch (error) {
      await this.nextLeg(error, push, 1)
    }
  }

  /** Goes on after `error`, or throws it. */
  private async nextLeg(error: unknown, push: Push<readonly EventOf<E>[]>, leg: number): Promise<void> {
    if (leg > this.most || !this.mayGoOn(error)) throw error
    const stitch = await this.join(error)
    try {
      await this.current.pump(events => this.pass(stitch.push(events), events, push))
      await this.pass(stitch.end(), [], push)
      await this.pass(this.usageEvents(), [], push)
    } catch (broken) {
      await this.nextLeg(broken, push, leg + 1)
    }
  }

  private mayGoOn(error: unknown): error is SluiceError {
    const isTheirs = error instanceof SluiceError && error.retryable && !this.isOurs
    return isTheirs && this.isPlain && this.first !== undefined
  }

  private async join(error: SluiceError): Promise<Stitch<E>> {
    const { trip, facts, said, meter } = this
    trip.said = said
    this.cancel ??= new AttemptCancel(trip.signal)
    trip.signal = this.cancel
    const reply = await this.goOn(error).catch((failure: unknown) => {
      // Why the stream broke is the truth, unless nobody listens any more.
      throw failure instanceof SluiceError && failure.kind === 'aborted' ? failure : error
    })
    if (reply.kind !== 'stream') throw error
    if (this.isOurs) reply.abort()
    this.current = reply
    this.hasTold = false
    meter.add(reply.meter)
    const mark = { deployment_id: trip.route.record.deployment?.id, after_characters: said.length }
    return new Stitch(facts, {
      first: this.first as EventOf<E>,
      said,
      mark,
      usage: own => meter.withLast(own),
    })
  }

  /** Lets events go to the caller, and remembers what it has then. `read`: as the deployment sent them. */
  private pass(
    events: readonly EventOf<E>[],
    read: readonly EventOf<E>[],
    push: Push<readonly EventOf<E>[]>,
  ): void | Promise<void> {
    this.isPlain &&= read.every(event => this.facts.isPlain(event))
    if (events.length === 0) return undefined
    for (const event of events) this.note(event)
    try {
      return push(events)?.catch((error: unknown) => this.readerFailed(error))
    } catch (error) {
      return this.readerFailed(error)
    }
  }

  private note(event: EventOf<E>): void {
    this.first ??= event
    this.last = event
    if (this.facts.usageOf(event)) this.hasTold = true
    if (!this.isPlain) return
    this.said += this.facts.textOf(event)
    this.isPlain = this.said.length <= MOST_KEPT
  }

  /** Whoever reads broke down: there is nobody to go on for. */
  private readerFailed(error: unknown): never {
    this.isOurs = true
    throw error
  }

  /** What all of them used, where the last one has not said what it did. */
  private usageEvents(): readonly EventOf<E>[] {
    const endpoint: Endpoint<E> = endpoints[this.trip.route.endpoint]
    const { usage } = this.meter
    if (this.hasTold || usage === undefined || this.last === undefined) return []
    return endpoint.usageEvent ? [endpoint.usageEvent(this.last, usage)] : []
  }
}
