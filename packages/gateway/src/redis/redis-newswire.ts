import { randomUUID } from 'node:crypto'
import { isJsonArray, isJsonObject, type JsonObject, type News, type Newswire } from 'sluice/internal'
import type { Log } from '../db/log.ts'
import { RECALL, TELL } from './news-scripts.ts'
import type { Redis } from './redis.ts'
import { reasonOf } from './redis-error.ts'

/** Milliseconds that news waits for more of it. */
const GATHER_MS = 5
/** Nobody waits for news: a slow Redis is given time. */
const PATIENCE_MS = 5_000
const RETRY_MS = 1_000
/** What was lost on the way is found again after this. */
const RECALL_MS = 30_000
/** News of a topic that is kept here until it ends; beyond it the oldest is dropped, and counted. */
const MOST_OWN = 5_000
/** News of a topic that Redis holds. */
const MOST_HELD = 5_000
const MOST_IN_A_BATCH = 200
const NOTHING = '0'
const LONGEST_MESSAGE = 10_000

/** The newswire over one Redis. */
export interface RedisNewswire extends Newswire {
  /** News that was dropped because too much of it waited. */
  readonly dropped: number
  close(): void
}

/** `replica`: what this process is called on the wire. */
export function createRedisNewswire(redis: Redis, log: Log, replica: string = randomUUID()): RedisNewswire {
  const topics = new Map<string, Topic>()
  const stopUp = redis.onUp(() => {
    for (const topic of topics.values()) topic.meetAgain()
  })
  const recalling = setInterval(
    () => {
      for (const topic of topics.values()) topic.recall()
    },
    RECALL_MS * (0.75 + Math.random() / 2),
  )
  recalling.unref()
  const topicOf = (name: string) => {
    let topic = topics.get(name)
    if (!topic) topics.set(name, (topic = new Topic(name, redis, log, replica)))
    return topic
  }
  return {
    publish: news => topicOf(news.topic).publish(news),
    subscribe: (name, listener) => topicOf(name).subscribe(listener),
    get dropped() {
      return [...topics.values()].reduce((sum, { dropped }) => sum + dropped, 0)
    },
    close() {
      stopUp()
      clearInterval(recalling)
      for (const topic of topics.values()) topic.close()
    },
  }
}

/** What this replica told, until it ends or somebody knows better. */
interface Own {
  readonly value: string
  /** On the clock of `performance.now()`: no other clock is ever compared with. */
  readonly until: number
}

interface Message {
  readonly from: string
  readonly revision: number
  readonly news: News
}

class Topic {
  dropped = 0
  private readonly name: string
  private readonly redis: Redis
  private readonly log: Log
  private readonly replica: string
  private readonly channel: string
  private readonly keys: readonly [string, string, string]
  private readonly listeners = new Set<(news: News) => void>()
  private readonly own = new Map<string, Own>()
  /** Keys of `own` that Redis was not told yet. */
  private readonly untold = new Set<string>()
  /** Keys that Redis is being told of, with the last that came of each meanwhile: older, or newer than that. */
  private telling = new Map<string, Message | undefined>()
  /** The last revision of each key, newest last. */
  private readonly revisions = new Map<string, number>()
  private timer: NodeJS.Timeout | undefined
  private unsubscribe: (() => void) | undefined
  private recalls = 0
  /** The revision up to which everything was asked for. */
  private recalledTo = NOTHING
  private hasLogged = false

  constructor(name: string, redis: Redis, log: Log, replica: string) {
    this.name = name
    this.redis = redis
    this.log = log
    this.replica = replica
    this.channel = redis.key('news', name)
    const key = (part: string) => redis.key(`{news:${name}}`, part)
    this.keys = [key('until'), key('said'), key('revision')]
  }

  publish({ key, value, ttlMs }: News): void {
    if (!(ttlMs >= 1)) return
    this.own.delete(key)
    this.own.set(key, { value: JSON.stringify(value), until: performance.now() + ttlMs })
    this.untold.add(key)
    if (this.own.size > MOST_OWN) this.dropOldest()
    this.tellSoon(GATHER_MS)
  }

  subscribe(listener: (news: News) => void): () => void {
    this.listeners.add(listener)
    this.unsubscribe ??= this.redis.subscribe(this.channel, text => this.heard(text))
    this.startOver()
    this.recall()
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Redis was away, and may have forgotten everything: it is told again, and asked what the others told. */
  meetAgain(): void {
    this.forgetEnded()
    this.startOver()
    for (const key of this.own.keys()) this.untold.add(key)
    void this.tell().then(() => this.recall())
  }

  /** Asks for everything that holds and was told since it was asked for last. */
  recall(): void {
    if (this.listeners.size === 0 || !this.redis.isConnected()) return
    const recall = ++this.recalls
    const options = { timeoutMs: PATIENCE_MS }
    this.redis.evalScript(RECALL, this.keys, [this.recalledTo], options).then(
      found => {
        if (recall !== this.recalls || !isJsonArray(found)) return
        const [to, ...messages] = found.map(String)
        this.recalledTo = to ?? NOTHING
        for (const text of messages) this.heard(text)
      },
      error => this.failed(error),
    )
  }

  close(): void {
    clearTimeout(this.timer)
    this.unsubscribe?.()
    this.listeners.clear()
  }

  private startOver(): void {
    this.revisions.clear()
    this.recalledTo = NOTHING
  }

  private tellSoon(afterMs: number): void {
    if (this.timer || this.telling.size > 0) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.tell()
    }, afterMs)
    this.timer.unref()
  }

  /** One batch at a time, so that news about the same thing stays in order. */
  private async tell(): Promise<void> {
    if (this.telling.size > 0 || this.untold.size === 0 || !this.redis.isConnected()) return
    const batch = [...this.untold].slice(0, MOST_IN_A_BATCH)
    const now = performance.now()
    const args: (string | number)[] = []
    for (const key of batch) {
      this.untold.delete(key)
      const { value, until } = this.own.get(key) ?? { value: 'null', until: 0 }
      if (until - now >= 1) args.push(key, Math.ceil(until - now), value)
    }
    if (args.length === 0) return
    const telling = new Map<string, Message | undefined>(batch.map(key => [key, undefined]))
    this.telling = telling
    let againAfterMs = GATHER_MS
    try {
      const head = [this.channel, this.replica, MOST_HELD]
      const last = await this.redis.evalScript(TELL, this.keys, [...head, ...args], {
        timeoutMs: PATIENCE_MS,
      })
      for (const key of batch) this.remember(key, Number(last))
    } catch (error) {
      this.failed(error)
      againAfterMs = RETRY_MS
      for (const key of batch) if (this.own.has(key)) this.untold.add(key)
    }
    this.telling = new Map()
    for (const message of telling.values()) if (message) this.take(message)
    if (this.untold.size > 0) this.tellSoon(againAfterMs)
  }

  private heard(text: string): void {
    const message = this.read(text)
    if (message === undefined || message.from === this.replica) return
    const { key } = message.news
    if (this.telling.has(key)) this.telling.set(key, message)
    else this.take(message)
  }

  private take({ news, revision }: Message): void {
    const { key } = news
    // What was not told yet will be numbered after it.
    if (this.untold.has(key) || revision <= (this.revisions.get(key) ?? 0)) return
    this.remember(key, revision)
    this.own.delete(key)
    for (const listener of this.listeners) listener(news)
  }

  private read(text: string): Message | undefined {
    const message = text.length > LONGEST_MESSAGE ? undefined : parse(text, this.name)
    if (message === undefined && !this.hasLogged) {
      this.hasLogged = true
      this.log.warn(
        { topic: this.name },
        'news that this version does not understand is ignored, now and later',
      )
    }
    return message
  }

  private remember(key: string, revision: number): void {
    this.revisions.delete(key)
    this.revisions.set(key, revision)
    const { value: oldest } = this.revisions.keys().next()
    if (oldest !== undefined && this.revisions.size > MOST_HELD) this.revisions.delete(oldest)
  }

  private dropOldest(): void {
    const { value: oldest } = this.own.keys().next()
    if (oldest === undefined) return
    this.own.delete(oldest)
    if (this.untold.delete(oldest)) this.dropped++
  }

  private forgetEnded(): void {
    const now = performance.now()
    for (const [key, { until }] of this.own) {
      if (until > now) continue
      this.own.delete(key)
      this.untold.delete(key)
    }
  }

  /** An outage is told by the connection; that Redis refuses what it is asked, here, once. */
  private failed(error: unknown): void {
    if ((error as { code?: unknown }).code !== 'redis_error' || this.hasLogged) return
    this.hasLogged = true
    this.log.error({ topic: this.name, reason: reasonOf(error, []) }, 'Redis refuses to pass news on')
  }
}

/** `["1", sender, revision, milliseconds, key, value as JSON]`; undefined for anything else. */
function parse(text: string, topic: string): Message | undefined {
  try {
    const fields: unknown = JSON.parse(text)
    if (!isJsonArray(fields) || fields.length !== 6 || fields[0] !== '1') return undefined
    const [, from, revision, ttl, key, told] = fields.map(String) as [string, ...string[]] & string[]
    const value: unknown = JSON.parse(told as string)
    const ttlMs = Number(ttl)
    const numbers = [ttlMs, Number(revision)]
    if (!numbers.every(Number.isFinite) || !(value === null || isJsonObject(value))) return undefined
    const news = { topic, key: key as string, value: value as JsonObject | null, ttlMs }
    return { from: from as string, revision: Number(revision), news }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
