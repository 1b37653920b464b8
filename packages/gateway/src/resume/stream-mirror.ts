import type { CommandOptions, Redis } from '../redis/redis.ts'
import type { KeptStream } from './kept-stream.ts'
import { keysOf, type StreamKeys } from './stream-keys.ts'

/** Most pieces sent at once; each is at most a block of the log, or one event. */
const MOST_PIECES = 16
/** A stream that still grows is kept for so long after it was last heard of, besides its time to live. */
const OPEN_MS = 120_000
const REFRESH_MS = 30_000

/**
 * Brings one stream of ours to Redis. It reads the log as a client would, so nothing waits for it in memory: what the
 * log has dropped before it came here is missing there, and readers notice by the numbers.
 */
export class StreamMirror {
  readonly stream: KeptStream
  isSending = false
  /** Redis may have more than we know of, or less. */
  isUnsure = false
  /** Its last word is with Redis. */
  isComplete = false
  private readonly owner: string
  /** Number of the last event that Redis has. */
  private sent = 0
  private trimmedTo = 1
  private hasFacts = false
  private refreshAt = 0

  constructor(stream: KeptStream, owner: string) {
    this.stream = stream
    this.owner = owner
  }

  get isBehind(): boolean {
    const { log, end } = this.stream
    return this.sent < log.newest || (end !== undefined && !this.isComplete)
  }

  /** Sends what is new. Rejects when Redis does not take it; the next call begins with asking what it has. */
  async send(redis: Redis, options: CommandOptions, ttlMs: number): Promise<void> {
    const keys = keysOf(redis, this.stream.facts.id)
    this.isSending = true
    try {
      if (this.isUnsure) await this.recall(redis, keys, options)
      if (this.isComplete) return
      const { commands, sent, isComplete } = this.news(keys, ttlMs)
      await Promise.all(commands.map(command => redis.command(command, options)))
      this.sent = sent
      this.isComplete = isComplete
      this.hasFacts = true
    } catch (error) {
      this.isUnsure = true
      throw error
    } finally {
      this.isSending = false
    }
  }

  /** Keeps a stream that is silent from being forgotten. */
  async refresh(redis: Redis, ttlMs: number): Promise<void> {
    const now = performance.now()
    if (!this.hasFacts || now < this.refreshAt) return
    this.refreshAt = now + REFRESH_MS
    const { facts, events } = keysOf(redis, this.stream.facts.id)
    await Promise.all([facts, events].map(key => redis.command(expire(key, ttlMs + OPEN_MS))))
  }

  private news(keys: StreamKeys, ttlMs: number) {
    const { facts, log, end } = this.stream
    const commands: string[][] = []
    const lifetime = ttlMs + (end ? 0 : OPEN_MS)
    if (!this.hasFacts)
      commands.push([
        'SET',
        keys.facts,
        JSON.stringify({ ...facts, owner: this.owner }),
        'PX',
        String(lifetime),
      ])
    let sent = Math.max(this.sent, log.oldest - 1)
    while (sent < log.newest && commands.length < MOST_PIECES) {
      const slice = log.from(sent + 1)
      if (slice === undefined) break
      const bytes = slice.bytes.toString('latin1')
      commands.push(['XADD', keys.events, `${slice.last}-0`, 'f', String(sent + 1), 'd', bytes])
      sent = slice.last
    }
    if (log.oldest > this.trimmedTo) {
      this.trimmedTo = log.oldest
      commands.push(['XTRIM', keys.events, 'MINID', `${log.oldest}-0`])
    }
    const isComplete = end !== undefined && sent === log.newest
    if (isComplete) commands.push(['XADD', keys.events, `${sent + 1}-0`, 'e', end])
    if (isComplete || !this.hasFacts)
      commands.push(expire(keys.facts, lifetime), expire(keys.events, lifetime))
    return { commands, sent, isComplete }
  }

  /** Asks how far it got. A Redis that has forgotten is told again what the log still has. */
  private async recall(redis: Redis, keys: StreamKeys, options: CommandOptions): Promise<void> {
    const [facts, newest] = await Promise.all([
      redis.command(['EXISTS', keys.facts], options),
      redis.command(['XREVRANGE', keys.events, '+', '-', 'COUNT', '1'], options),
    ])
    const [entry] = newest as readonly (readonly [string, readonly string[]])[]
    const last = entry === undefined ? 0 : Number.parseInt(entry[0], 10)
    const hasEnd = entry?.[1][0] === 'e'
    this.hasFacts = facts === 1 && entry !== undefined
    this.sent = hasEnd ? last - 1 : last
    this.isComplete = hasEnd
    this.isUnsure = false
  }
}

function expire(key: string, ms: number): string[] {
  return ['PEXPIRE', key, String(Math.ceil(ms))]
}
