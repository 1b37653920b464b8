import type { Client } from '../steps/client.ts'
import type { EventLog } from './event-log.ts'
import type { StreamEnd } from './stream-facts.ts'

/** The part of a client that takes a stream's bytes. */
export type Sink = Pick<Client, 'signal' | 'write' | 'end' | 'breakOff'>

/** The stream, as one who reads it sees it. */
export interface Readable {
  readonly log: Pick<EventLog, 'from' | 'newest' | 'oldest'>
  readonly end: StreamEnd | undefined
  /** A reader has taken something. */
  moved(): void
  left(reader: StreamReader): void
}

/** Brings the events of a stream to one client, at the pace of that client, until either of them ends. */
export class StreamReader {
  /** Number of the first event that the client has not taken. */
  taken: number
  /** Resolves when it reads no more. */
  readonly done: Promise<void>
  private readonly stream: Readable
  private readonly sink: Sink
  private readonly finish: () => void
  private next: number
  private isBusy = false
  private isDone = false

  constructor(stream: Readable, sink: Sink, from: number) {
    this.stream = stream
    this.sink = sink
    this.next = this.taken = from
    const { promise, resolve } = Promise.withResolvers<void>()
    this.done = promise
    this.finish = resolve
    sink.signal.addEventListener('abort', this.leave)
  }

  /** Hands over what there is; in the same tick as it came, as long as the client keeps up. */
  pump(): void {
    const { stream, sink } = this
    while (!this.isBusy && !this.isDone) {
      const slice = stream.log.from(this.next)
      if (slice === undefined) return this.atEnd()
      this.next = slice.last + 1
      if (stream.end === 'ended' && slice.last === stream.log.newest) {
        sink.end(slice.bytes)
        return this.leave()
      }
      this.take(sink.write(slice.bytes))
    }
  }

  /** Passes on what is no event and nobody keeps; a client that is behind does without. */
  remark(bytes: Buffer): void {
    if (!this.isBusy && !this.isDone) this.take(this.sink.write(bytes))
  }

  readonly leave = (): void => {
    if (this.isDone) return
    this.isDone = true
    this.sink.signal.removeEventListener('abort', this.leave)
    this.stream.left(this)
    this.finish()
  }

  private take(accepted: undefined | void | Promise<void>): void {
    if (!accepted) {
      this.taken = this.next
      return
    }
    this.isBusy = true
    void accepted.then(() => {
      this.isBusy = false
      this.taken = this.next
      this.pump()
      this.stream.moved()
    })
  }

  private atEnd(): void {
    const { stream, sink } = this
    // One that fell so far behind must not believe that it has it all.
    if (this.next < stream.log.oldest || stream.end === 'broken') sink.breakOff()
    else if (stream.end === 'ended') sink.end('')
    else return
    this.leave()
  }
}
