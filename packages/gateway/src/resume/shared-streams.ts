import { randomUUID } from 'node:crypto'
import type { Log } from '../db/log.ts'
import type { Redis } from '../redis/redis.ts'
import type { KeptStream } from './kept-stream.ts'
import { findRemoteStream, type RemoteStream } from './remote-stream.ts'
import { keysOf, LEASE_MS, ownerKey } from './stream-keys.ts'
import { StreamMirror } from './stream-mirror.ts'

/** How long events are gathered before they go to Redis together, milliseconds. */
const GATHER_MS = 10
/** How often the owner says that it lives, looks for readers elsewhere, and tries again what failed. */
const BEAT_MS = 1_000
/** What nobody waits for may take so long. */
const PATIENT = { timeoutMs: 2_000 }

/**
 * The streams of all replicas, over Redis: ours are put there behind the calls' backs, and theirs are found there. While
 * Redis is away ours can be continued here only; once it is back it is told what is still kept.
 */
export class SharedStreams {
  private readonly redis: () => Redis | undefined
  private readonly ttlMs: () => number
  private readonly log: Log
  private readonly owner = randomUUID()
  private readonly mirrors = new Map<KeptStream, StreamMirror>()
  private readonly waiting = new Set<StreamMirror>()
  private readonly sending = new Set<Promise<void>>()
  /** How many read a stream of another replica through this one. */
  private readonly readers = new Map<string, number>()
  private gathering: NodeJS.Timeout | undefined
  private beating: NodeJS.Timeout | undefined
  private hasFailed = false
  private heeded: Redis | undefined
  private unheed: (() => void) | undefined

  /** `ttlMs`: how long a finished stream can be read. */
  constructor(redis: () => Redis | undefined, ttlMs: () => number, log: Log) {
    this.redis = redis
    this.ttlMs = ttlMs
    this.log = log
  }

  /** Puts a stream where other replicas find it, now and as it grows. */
  share(stream: KeptStream): void {
    const redis = this.redis()
    if (redis === undefined) return
    this.heed(redis)
    const mirror = new StreamMirror(stream, this.owner)
    this.mirrors.set(stream, mirror)
    stream.watch(() => this.gather(mirror))
    if (this.beating) return
    this.beating = setInterval(() => void this.beat(), BEAT_MS)
    this.beating.unref()
    void this.beat()
  }

  /** A stream that another replica has begun. Rejects with `ServiceUnavailableError` when Redis cannot tell. */
  async find(id: string): Promise<RemoteStream | undefined> {
    const redis = this.redis()
    return redis && (await findRemoteStream(redis, id, this.readers))
  }

  /** True while another replica passes the stream on. */
  async isReadElsewhere(stream: KeptStream): Promise<boolean> {
    const redis = this.redis()
    if (redis === undefined || !this.mirrors.has(stream)) return false
    try {
      await this.lookForReader(redis, stream)
      return stream.isReadElsewhere
    } catch {
      // A reader elsewhere reads from Redis: while it is away there is none.
      return false
    }
  }

  /** Nobody shall find it any longer. */
  forget(stream: KeptStream): void {
    const redis = this.redis()
    if (redis === undefined) return
    const mirror = this.mirrors.get(stream)
    if (mirror) this.waiting.delete(mirror)
    this.mirrors.delete(stream)
    const { facts, events, reader, stop } = keysOf(redis, stream.facts.id)
    // What cannot be deleted ends with its time.
    const nothing = () => {}
    this.track(redis.command(['DEL', facts, events, reader, stop], PATIENT).then(nothing, nothing))
  }

  /** Resolves when what was said is with Redis, or cannot be brought there. */
  async close(): Promise<void> {
    this.flush()
    await Promise.all(this.sending)
    clearInterval(this.beating)
    this.unheed?.()
  }

  /** A Redis that was away may have forgotten, or be another one: it is asked what it has. */
  private heed(redis: Redis): void {
    if (redis === this.heeded) return
    this.unheed?.()
    this.heeded = redis
    this.unheed = redis.onUp(() => {
      for (const mirror of this.mirrors.values()) {
        mirror.isUnsure = true
        this.gather(mirror)
      }
    })
  }

  private gather(mirror: StreamMirror): void {
    if (!this.mirrors.has(mirror.stream)) return
    this.waiting.add(mirror)
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS)
  }

  private flush(): void {
    clearTimeout(this.gathering)
    this.gathering = undefined
    const redis = this.redis()
    if (redis === undefined || this.waiting.size === 0) return
    if (!redis.isConnected()) return this.failed('Redis cannot be reached')
    for (const mirror of this.waiting) {
      if (mirror.isSending) continue
      this.waiting.delete(mirror)
      this.track(this.send(redis, mirror))
    }
  }

  private async send(redis: Redis, mirror: StreamMirror): Promise<void> {
    try {
      await mirror.send(redis, PATIENT, this.ttlMs())
      this.hasFailed = false
    } catch (error) {
      // The next beat tries again.
      if (this.mirrors.has(mirror.stream)) this.waiting.add(mirror)
      return this.failed((error as Error).message)
    }
    if (mirror.isComplete) this.mirrors.delete(mirror.stream)
    else if (mirror.isBehind || this.waiting.has(mirror)) this.gather(mirror)
  }

  private async beat(): Promise<void> {
    if (this.mirrors.size === 0) {
      clearInterval(this.beating)
      this.beating = undefined
      return
    }
    const redis = this.redis()
    if (!redis?.isConnected()) return
    try {
      await redis.command(['SET', ownerKey(redis, this.owner), '1', 'PX', String(LEASE_MS)], PATIENT)
      const streams = [...this.mirrors.keys()]
      await Promise.all(
        streams.filter(stream => stream.isAlone).map(stream => this.lookForReader(redis, stream)),
      )
      await Promise.all([...this.mirrors.values()].map(mirror => mirror.refresh(redis, this.ttlMs())))
      this.flush()
    } catch (error) {
      this.failed((error as Error).message)
    }
  }

  private async lookForReader(redis: Redis, stream: KeptStream): Promise<void> {
    const { reader, stop } = keysOf(redis, stream.facts.id)
    const [taken, stopped] = (await redis.command(['MGET', reader, stop], PATIENT)) as (string | null)[]
    stream.noteElsewhere(taken == null ? undefined : Number(taken))
    if (stopped != null) await stream.stop()
  }

  private track(work: Promise<void>): void {
    this.sending.add(work)
    void work.then(() => this.sending.delete(work))
  }

  /** An outage is told by the connection; what it means for streams, here, once. */
  private failed(reason: string): void {
    if (this.hasFailed) return
    this.hasFailed = true
    const fields = { reason, streams: this.mirrors.size }
    this.log.warn(fields, 'resumable streams can be continued at this replica only, until Redis takes them')
  }
}
