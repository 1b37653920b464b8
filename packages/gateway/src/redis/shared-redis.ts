import { isDeepStrictEqual } from 'node:util'
import type { News, Newswire } from 'sluice/internal'
import type { RedisSettings } from '../config/redis-settings.ts'
import type { Log } from '../db/log.ts'
import { openRedis } from './open-redis.ts'
import type { Redis } from './redis.ts'
import { createRedisNewswire, type RedisNewswire } from './redis-newswire.ts'

interface Subscription {
  readonly topic: string
  readonly listener: (news: News) => void
  end: (() => void) | undefined
}

/** The Redis of the settings in force, and one newswire for the life of the process, whichever Redis carries it. */
export class SharedRedis {
  /** Silent where no Redis is configured. */
  readonly news: Newswire
  private readonly log: Log
  private readonly subscriptions = new Set<Subscription>()
  private settings: RedisSettings | undefined
  private open: { readonly redis: Redis; readonly wire: RedisNewswire } | undefined
  /** Of connections that were replaced, so that counters never go back. */
  private failsBefore = 0
  private droppedBefore = 0

  constructor(settings: RedisSettings | undefined, log: Log) {
    this.log = log
    this.news = {
      publish: news => this.open?.wire.publish(news),
      subscribe: (topic, listener) => this.subscribe(topic, listener),
    }
    this.use(settings)
  }

  /** Absent where none is configured. */
  get redis(): Redis | undefined {
    return this.open?.redis
  }

  /** Commands that failed since the start. */
  get fails(): number {
    return this.failsBefore + (this.open?.redis.fails ?? 0)
  }

  /** News that was dropped since the start. */
  get droppedNews(): number {
    return this.droppedBefore + (this.open?.wire.dropped ?? 0)
  }

  /** A connection is kept as long as its settings are the same. */
  use(settings: RedisSettings | undefined): void {
    if (isDeepStrictEqual(settings, this.settings)) return
    void this.close()
    this.settings = settings
    if (settings === undefined) return
    const redis = openRedis(settings, this.log)
    const wire = createRedisNewswire(redis, this.log)
    this.open = { redis, wire }
    for (const each of this.subscriptions) each.end = wire.subscribe(each.topic, each.listener)
  }

  async close(): Promise<void> {
    const { open, fails, droppedNews } = this
    if (open === undefined) return
    this.failsBefore = fails
    this.droppedBefore = droppedNews
    this.open = undefined
    open.wire.close()
    await open.redis.close()
  }

  private subscribe(topic: string, listener: (news: News) => void): () => void {
    const subscription = { topic, listener, end: this.open?.wire.subscribe(topic, listener) }
    this.subscriptions.add(subscription)
    return () => {
      this.subscriptions.delete(subscription)
      subscription.end?.()
    }
  }
}
