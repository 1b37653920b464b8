import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from '../redis/redis.ts'
import { EventCutter } from './event-cutter.ts'
import type { StreamEnd, StreamFacts } from './stream-facts.ts'
import { keysOf, ownerKey, READER_MS, type StreamKeys } from './stream-keys.ts'
import type { Sink } from './stream-reader.ts'

const MOST_ENTRIES = 16
const SHORTEST_WAIT_MS = 20
const LONGEST_WAIT_MS = 100
/** How often Redis is told how far a reader is, and asked for the owner. */
const MARK_MS = 1_000
/** How long an owner has to hear that it should stop. */
const STOP_MS = 60_000
/** An owner that was not there for so long is gone. */
const LOST_MS = 2_000
/** How long Redis may be away before a reader is sent away. */
const PATIENCE_MS = 5_000

/** What its owner has told of it. */
type Told = StreamFacts & { readonly owner: string }

interface Entry {
  readonly first: number
  readonly last: number
  readonly bytes: Buffer
  readonly end: StreamEnd | undefined
}

/** A stream that another replica keeps, read from Redis by asking again and again. */
export class RemoteStream {
  readonly facts: StreamFacts
  /** Number of the oldest event that can be read. */
  readonly oldest: number
  /** The newest is not known: what the client has seen may not be here yet. */
  readonly newest = Number.POSITIVE_INFINITY
  private readonly redis: Redis
  private readonly owner: string
  private readonly keys: StreamKeys
  /** How many read it through this process, by its id. */
  private readonly readers: Map<string, number>
  private markedAt = 0

  constructor(redis: Redis, { owner, ...facts }: Told, oldest: number, readers: Map<string, number>) {
    this.redis = redis
    this.facts = facts
    this.owner = owner
    this.oldest = oldest
    this.keys = keysOf(redis, facts.id)
    this.readers = readers
  }

  get readerCount(): number {
    return this.readers.get(this.facts.id) ?? 0
  }

  /** Asks the owner to give it up; it looks once a second when nobody is connected there. */
  async stop(): Promise<void> {
    await this.redis.command(['SET', this.keys.stop, '1', 'PX', String(STOP_MS)])
  }

  /** Brings the events from `from` on to a client; `lost` words the end of a stream whose owner has gone. */
  async bring(from: number, sink: Sink, lost: () => string): Promise<void> {
    const { id } = this.facts
    this.readers.set(id, this.readerCount + 1)
    await this.follow(from, sink, lost)
    if (this.readerCount > 1) this.readers.set(id, this.readerCount - 1)
    else this.readers.delete(id)
  }

  private async follow(from: number, sink: Sink, lost: () => string): Promise<void> {
    let next = from
    let waitMs = SHORTEST_WAIT_MS
    let reachedAt = performance.now()
    let aliveAt = reachedAt
    let lookAt = 0
    while (!sink.signal.aborted) {
      try {
        await this.mark(next)
        const entries = await this.entriesFrom(next)
        for (const entry of entries) {
          if (entry.end) return entry.end === 'ended' ? sink.end('') : sink.breakOff()
          // The events between were dropped: what follows would look whole.
          if (entry.first > next) return sink.breakOff()
          await sink.write(entry.first < next ? after(entry, next) : entry.bytes)
          if (sink.signal.aborted) return
          next = entry.last + 1
        }
        reachedAt = performance.now()
        if (entries.length > 0) {
          waitMs = SHORTEST_WAIT_MS
          aliveAt = reachedAt
          continue
        }
        if (reachedAt > lookAt) {
          lookAt = reachedAt + MARK_MS
          const missing = await this.missing()
          if (missing === undefined) aliveAt = reachedAt
          else if (reachedAt - aliveAt > LOST_MS) {
            const words = missing === 'owner' ? lost() : ''
            return words === '' ? sink.breakOff() : sink.end(words)
          }
        }
      } catch {
        // Redis is away. The stream may be well: whoever asks again may find it.
        if (performance.now() - reachedAt > PATIENCE_MS) return sink.breakOff()
        aliveAt = performance.now()
      }
      await pause(waitMs)
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    }
  }

  private async entriesFrom(number: number): Promise<Entry[]> {
    // Entries are named by their last event; those that begin before it are cut.
    const start = `${number - 1}-1`
    const args = ['XRANGE', this.keys.events, start, '+', 'COUNT', String(MOST_ENTRIES)]
    return entriesOf(await this.redis.command(args))
  }

  /** Why no more events may come. */
  private async missing(): Promise<'owner' | 'stream' | undefined> {
    const keys = [this.keys.facts, ownerKey(this.redis, this.owner)]
    const [stream, owner] = await Promise.all(keys.map(key => this.redis.command(['EXISTS', key])))
    if (stream !== 1) return 'stream'
    return owner === 1 ? undefined : 'owner'
  }

  /** The owner reads on for us, and no further than we follow. */
  private async mark(next: number): Promise<void> {
    const now = performance.now()
    if (now - this.markedAt < MARK_MS) return
    this.markedAt = now
    await this.redis.command(['SET', this.keys.reader, String(next), 'PX', String(READER_MS)])
  }
}

/** Rejects with `ServiceUnavailableError` when Redis cannot tell. */
export async function findRemoteStream(
  redis: Redis,
  id: string,
  readers: Map<string, number>,
): Promise<RemoteStream | undefined> {
  const keys = keysOf(redis, id)
  const [told, beginning] = await Promise.all([
    redis.command(['GET', keys.facts]),
    redis.command(['XRANGE', keys.events, '-', '+', 'COUNT', '1']),
  ])
  if (typeof told !== 'string') return undefined
  return new RemoteStream(redis, JSON.parse(told) as Told, entriesOf(beginning)[0]?.first ?? 1, readers)
}

/** The events of an entry from `next` on. */
function after({ first, bytes }: Entry, next: number): Buffer {
  let skipped = 0
  for (const block of new EventCutter().push(bytes).slice(0, next - first)) skipped += block.bytes.length
  return bytes.subarray(skipped)
}

function entriesOf(reply: unknown): Entry[] {
  return (reply as readonly (readonly [string, readonly string[]])[]).map(([id, fields]) => {
    const field = (name: string) => fields[fields.indexOf(name) + 1] as string
    const last = Number.parseInt(id, 10)
    if (fields[0] === 'e') return { first: last, last, bytes: NOTHING, end: field('e') as StreamEnd }
    return { first: Number(field('f')), last, bytes: Buffer.from(field('d'), 'latin1'), end: undefined }
  })
}

const NOTHING = Buffer.alloc(0)
