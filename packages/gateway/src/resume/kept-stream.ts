import { type Block, EventCutter } from './event-cutter.ts'
import { EventLog } from './event-log.ts'
import type { StreamEnd, StreamFacts } from './stream-facts.ts'
import { type Readable, type Sink, StreamReader } from './stream-reader.ts'

/** Events a connected client may be behind before the provider is read no further. */
const MOST_BEHIND = 64

/** What holds a stream: it says how much may be kept and for how long. */
export interface Keeper {
  /** Milliseconds an answer is read on with nobody there; 0 while the gateway goes down. */
  readonly graceMs: number
  /** True when so many bytes more may be kept of this stream. May forget finished streams to make room. */
  hasRoom(stream: KeptStream, bytes: number): boolean
  /** A log has grown or, below 0, shrunk by so many bytes. */
  resized(bytes: number): void
  /** True while another replica passes the stream on to somebody. */
  isReadElsewhere(stream: KeptStream): Promise<boolean>
  ended(stream: KeptStream): void
}

/**
 * One resumable answer: written by its call, read by whoever holds its id and key. What a connected client has read may
 * be dropped when room is needed; what nobody has read never is, and the provider is read no further instead.
 */
export class KeptStream implements Readable {
  readonly facts: StreamFacts
  readonly log: EventLog
  end: StreamEnd | undefined
  private readonly keeper: Keeper
  private readonly abandoned: () => void
  private readonly cutter = new EventCutter()
  private readonly readers = new Set<StreamReader>()
  private readonly watchers = new Set<() => void>()
  private resume: (() => void) | undefined
  private timer: NodeJS.Timeout | undefined
  private isAbandoned = false
  /** Number of the first event that a reader at another replica has not taken, while there is one. */
  private elsewhere: number | undefined

  /** `abandoned` is called once when nobody came back in time. */
  constructor(facts: StreamFacts, keeper: Keeper, abandoned: () => void) {
    this.facts = facts
    this.keeper = keeper
    this.abandoned = abandoned
    this.log = new EventLog(bytes => keeper.resized(bytes))
  }

  get readerCount(): number {
    return this.readers.size
  }

  /** Nobody reads it here, and it goes on. */
  get isAlone(): boolean {
    return this.readers.size === 0 && this.end === undefined
  }

  get isReadElsewhere(): boolean {
    return this.elsewhere !== undefined
  }

  get oldest(): number {
    return this.log.oldest
  }

  get newest(): number {
    return this.log.newest
  }

  /** Brings the events from `from` on to a client; resolves when it has them all or is gone. */
  bring(from: number, sink: Sink): Promise<void> {
    return this.attach(from, sink).done
  }

  /** Another replica passes the stream on and has taken what lies before `position`, or does so no longer. */
  noteElsewhere(position: number | undefined): void {
    this.elsewhere = position
    if (position !== undefined && this.isAlone) this.startGrace()
    this.moved()
  }

  /** Reads from event `from` on. */
  attach(from: number, sink: Sink): StreamReader {
    const reader = new StreamReader(this, sink, from)
    this.readers.add(reader)
    clearTimeout(this.timer)
    if (sink.signal.aborted) reader.leave()
    else reader.pump()
    this.moved()
    return reader
  }

  /** Takes what the call says next; the promise is pending while no more should be read from the provider. */
  append(piece: string | Buffer): undefined | Promise<void> {
    for (const block of this.cutter.push(bytesOf(piece))) this.add(block)
    this.wake()
    if (this.mayGoOn()) return undefined
    return new Promise(resolve => {
      this.resume = resolve
    })
  }

  /** The call is over; `piece` is its last word. */
  finish(end: StreamEnd, piece: string | Buffer): void {
    for (const block of this.cutter.push(bytesOf(piece))) this.add(block)
    const rest = this.cutter.end()
    if (rest) this.add(rest)
    this.end = end
    clearTimeout(this.timer)
    this.log.close()
    this.wake()
    this.moved()
    this.keeper.ended(this)
  }

  /** A client wants no more of it: the answer is given up, whoever else reads. */
  async stop(): Promise<void> {
    this.abandon()
  }

  /** Nobody is waited for any longer. */
  private abandon(): void {
    clearTimeout(this.timer)
    if (this.end || this.isAbandoned) return
    this.isAbandoned = true
    this.moved()
    this.abandoned()
  }

  /** Gives it up if nobody is there, without waiting. */
  abandonIfAlone(): void {
    if (this.readers.size === 0) this.abandon()
  }

  /** Lets go of its events; one who still reads is broken off. */
  forget(): void {
    this.log.clear()
    this.wake()
  }

  /** Calls `listener` after events were added, and at the end. */
  watch(listener: () => void): void {
    this.watchers.add(listener)
  }

  moved(): void {
    if (this.resume === undefined || !this.mayGoOn()) return
    this.resume()
    this.resume = undefined
  }

  left(reader: StreamReader): void {
    this.readers.delete(reader)
    if (this.readers.size === 0 && this.end === undefined) this.startGrace()
    this.moved()
  }

  private startGrace(): void {
    const { graceMs } = this.keeper
    clearTimeout(this.timer)
    if (graceMs === 0) return this.abandon()
    this.timer = setTimeout(() => void this.graceOver(), graceMs)
    this.timer.unref()
  }

  private async graceOver(): Promise<void> {
    const { timer } = this
    const isRead = await this.keeper.isReadElsewhere(this)
    // Somebody may have come, or come and gone, in the meantime.
    if (!isRead && this.isAlone && this.timer === timer) this.abandon()
  }

  private add({ bytes, isEvent, blankBytes }: Block): void {
    if (!isEvent) return this.remark(bytes.subarray(0, bytes.length - blankBytes))
    const { log } = this
    const cut = bytes.length - blankBytes
    const blank = bytes.subarray(cut)
    // Last in its event: where a provider sends ids of its own, the last one counts.
    const id = `id: ${this.facts.id}.${log.newest + 1}`
    const line = blankBytes === 0 ? '' : id + lineEndOf(bytes)
    const growth = log.growth(bytes.length + line.length)
    while (!this.keeper.hasRoom(this, growth) && this.mayDrop()) log.dropOldest()
    log.append(bytes.subarray(0, cut), line, blank)
  }

  /**
   * Comments go to those who are there, without the blank line: after an id, Python's official clients take it for an
   * event and fail on its missing data.
   */
  private remark(bytes: Buffer): void {
    if (bytes.length > 0) for (const reader of this.readers) reader.remark(bytes)
  }

  private wake(): void {
    for (const reader of this.readers) reader.pump()
    for (const watcher of this.watchers) watcher()
  }

  private mayDrop(): boolean {
    const { lastOfOldest } = this.log
    return lastOfOldest !== undefined && lastOfOldest < this.foremost
  }

  /** Number of the first event that no client has taken. */
  private get foremost(): number {
    let most = this.elsewhere ?? 0
    for (const { taken } of this.readers) most = Math.max(most, taken)
    return most
  }

  private mayGoOn(): boolean {
    if (this.isAbandoned || this.end) return true
    if (this.readers.size > 0) return this.log.newest - this.foremost < MOST_BEHIND
    return this.keeper.hasRoom(this, 0) || this.mayDrop()
  }
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}

function lineEndOf(bytes: Buffer): string {
  const last = bytes.at(-1)
  if (last === 13) return '\r'
  return last === 10 && bytes.at(-2) === 13 ? '\r\n' : '\n'
}
