import type { RedisSettings } from '../config/redis-settings.ts'
import type { Log } from '../db/log.ts'
import { inTime, LateError } from './in-time.ts'
import { connectLink, type RedisLink } from './link.ts'
import type { CommandOptions, Redis, RedisReply, RedisScript } from './redis.ts'
import { reasonOf, redisUnavailable } from './redis-error.ts'

/**
 * Written to see whether Redis is there and takes writes: a replica, or a server without memory left, is of no use. It
 * has a key because PING asks every node of a cluster.
 */
const BEAT = 'beat'
const BEAT_LIVES_MS = '60000'
const BEAT_MS = 2_000
const BEAT_WHILE_SLOW_MS = 1_000
/** A connection that is silent for longer than this is dead. */
const DEAD_MS = 6_000
/** Late answers in a row before nobody waits for Redis any more (LiteLLM's REDIS_CIRCUIT_BREAKER_FAILURE_THRESHOLD). */
const LATE_IN_A_ROW = 5
/** A beat that takes this long says by itself what five late answers say. */
const VERY_LATE_MS = 1_000
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 10_000
/** A connection that lasted this long was a good one: its end is a new outage. */
const LASTING_MS = 10_000

/** Begins to connect, and goes on doing so for ever: the gateway starts without Redis, and catches up when it comes. */
export function openRedis(settings: RedisSettings, log: Log): Redis {
  return new Connection(settings, log)
}

/** Owns the one link at a time, its heartbeat, and what is told about it: a line when it goes, a line when it is back. */
class Connection implements Redis {
  fails = 0
  private readonly settings: RedisSettings
  private readonly log: Log
  private readonly channels = new Map<string, Set<(message: string) => void>>()
  private readonly upListeners = new Set<() => void>()
  private readonly closing = new AbortController()
  private readonly done: Promise<void>
  private link: RedisLink | undefined
  private lateInARow = 0
  private reason: string | undefined = 'it is being connected'
  private hasTold = false

  constructor(settings: RedisSettings, log: Log) {
    this.settings = settings
    this.log = log
    this.done = this.stayConnected()
  }

  isUp(): boolean {
    return this.link !== undefined && !this.isSlow
  }

  isConnected(): boolean {
    return this.link !== undefined
  }

  key(...parts: readonly string[]): string {
    return `${this.settings.namespace}:${parts.join(':')}`
  }

  async command(args: readonly (string | Buffer)[], options: CommandOptions = {}): Promise<RedisReply> {
    const { key = args[1]?.toString(), timeoutMs = this.settings.timeoutMs } = options
    const { link } = this
    const isAwaited = options.timeoutMs === undefined
    if (link === undefined || (isAwaited && this.isSlow)) {
      this.fails++
      throw redisUnavailable(new Error(this.problem()))
    }
    try {
      const reply = await inTime(link.send(key, args), timeoutMs)
      if (isAwaited && !this.isSlow) this.lateInARow = 0
      return reply as RedisReply
    } catch (error) {
      this.fails++
      if (error instanceof LateError && isAwaited) this.noteLate()
      if (takesNoWrites(error)) this.broken(error as Error)
      if ((error as { code?: unknown }).code === 'redis_error') throw error
      throw redisUnavailable(error)
    }
  }

  async evalScript(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: readonly (string | number)[],
    options: CommandOptions = {},
  ): Promise<RedisReply> {
    const rest = [String(keys.length), ...keys, ...args.map(String)]
    const within = { ...options, key: keys[0] }
    try {
      return await this.command(['EVALSHA', script.sha, ...rest], within)
    } catch (error) {
      const { cause } = error as { cause?: Error }
      if (!cause?.message.startsWith('NOSCRIPT')) throw error
      this.fails--
      return await this.command(['EVAL', script.source, ...rest], within)
    }
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.command(['PUBLISH', channel, message])
  }

  subscribe(channel: string, listener: (message: string) => void): () => void {
    const known = this.channels.get(channel)
    const listeners = known ?? new Set()
    listeners.add(listener)
    if (!known) {
      this.channels.set(channel, listeners)
      if (this.link) this.listen(this.link, channel).catch(this.broken)
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || this.channels.get(channel) !== listeners) return
      this.channels.delete(channel)
      // A connection that breaks is told of where it is watched, and needs no unsubscribing.
      this.link?.unsubscribe(channel).catch(this.broken)
    }
  }

  onUp(listener: () => void): () => void {
    this.upListeners.add(listener)
    if (this.link) listener()
    return () => this.upListeners.delete(listener)
  }

  async ping(): Promise<void> {
    await this.command(this.beat())
  }

  problem(): string | undefined {
    if (this.reason !== undefined) return `Redis cannot be reached: ${this.reason}.`
    return this.isSlow ? `Redis does not answer within ${this.settings.timeoutMs} ms.` : undefined
  }

  async close(): Promise<void> {
    this.closing.abort()
    this.broken(new Error('closed'))
    // An attempt to connect has a time of its own, and nobody waits for it.
    if (this.link) await this.done
  }

  private get isSlow(): boolean {
    return this.lateInARow >= LATE_IN_A_ROW
  }

  private beat(): string[] {
    return ['SET', this.key(BEAT), '1', 'PX', BEAT_LIVES_MS]
  }

  /** Whatever else it refuses may be a matter of one command, or of a cluster that is being made. */
  private async mustTakeWrites(link: RedisLink): Promise<void> {
    try {
      await inTime(link.send(this.key(BEAT), this.beat()), DEAD_MS)
    } catch (error) {
      if (takesNoWrites(error) || (error as { code?: unknown }).code !== 'redis_error') throw error
    }
  }

  private broken: (error: Error) => void = () => {}

  private async stayConnected(): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted; failures++) {
      const { promise: broken, resolve } = Promise.withResolvers<Error>()
      this.broken = resolve
      const began = performance.now()
      let link: RedisLink | undefined
      let beat: (() => void) | undefined
      try {
        link = await connectLink(this.settings, resolve)
        await this.mustTakeWrites(link)
        for (const channel of this.channels.keys()) await inTime(this.listen(link, channel), DEAD_MS)
        if (!this.closing.signal.aborted) this.cameUp(link)
        beat = this.keepBeating(link, resolve)
        throw await broken
      } catch (error) {
        if (!this.closing.signal.aborted) this.wentAway(error)
      } finally {
        beat?.()
        this.link = undefined
        link?.destroy()
      }
      if (performance.now() - began > LASTING_MS) failures = 0
      await this.pause(failures)
    }
  }

  private cameUp(link: RedisLink): void {
    this.link = link
    this.reason = undefined
    this.lateInARow = 0
    this.log.info({}, this.hasTold ? 'Redis is back' : 'Redis is connected')
    this.hasTold = false
    for (const listener of this.upListeners) listener()
  }

  private wentAway(error: unknown): void {
    const { password, sentinelPassword } = this.settings
    this.reason = reasonOf(error, [password, sentinelPassword])
    if (this.hasTold) return
    this.hasTold = true
    this.log.warn(
      { reason: this.reason },
      'Redis cannot be reached: this replica goes on alone, and tries again',
    )
  }

  private noteLate(times = 1): void {
    const wasSlow = this.isSlow
    this.lateInARow += times
    if (wasSlow || !this.isSlow) return
    const { timeoutMs } = this.settings
    this.log.warn({ timeoutMs }, 'Redis does not answer in time: nobody waits for it until it does again')
  }

  /** Asks Redis now and then whether it is there; gives what ends it. */
  private keepBeating(link: RedisLink, broken: (error: Error) => void): () => void {
    let timer: NodeJS.Timeout
    const beat = async () => {
      const began = performance.now()
      await this.mustTakeWrites(link)
      const tookMs = performance.now() - began
      const isLate = tookMs > this.settings.timeoutMs
      if (isLate && !this.isSlow) this.noteLate(tookMs > VERY_LATE_MS ? LATE_IN_A_ROW : 1)
      else if (!isLate && this.isSlow) {
        this.lateInARow = 0
        this.log.info({}, 'Redis answers in time again')
      }
      schedule()
    }
    const schedule = () => {
      timer = setTimeout(() => void beat().catch(broken), this.lateInARow > 0 ? BEAT_WHILE_SLOW_MS : BEAT_MS)
      timer.unref()
    }
    schedule()
    return () => clearTimeout(timer)
  }

  private async listen(link: RedisLink, channel: string): Promise<void> {
    await link.subscribe(channel, message => {
      for (const listener of this.channels.get(channel) ?? []) this.tell(listener, message)
    })
  }

  /** What a listener throws would end the process from inside the client. */
  private tell(listener: (message: string) => void, message: string): void {
    try {
      listener(message)
    } catch (error) {
      this.log.error({ error }, 'a listener of Redis failed')
    }
  }

  /** Waits longer after every failure, and never in step with other replicas. */
  private async pause(failures: number): Promise<void> {
    const { signal } = this.closing
    if (signal.aborted) return
    const most = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures, 10), LONGEST_BACKOFF_MS)
    await new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', end)
          resolve()
        },
        most * (0.5 + Math.random() / 2),
      )
      timer.unref()
      signal.addEventListener('abort', end, { once: true })
    })
  }
}

/**
 * A replica, a server without memory left or that cannot keep what it is told: a new connection finds the master, or
 * says what is wrong.
 */
const NO_WRITES = /^(READONLY|OOM|MISCONF|NOREPLICAS|MASTERDOWN|LOADING)\b/

function takesNoWrites(error: unknown): boolean {
  const { cause } = error as { cause?: Error }
  return NO_WRITES.test(cause?.message ?? '')
}
