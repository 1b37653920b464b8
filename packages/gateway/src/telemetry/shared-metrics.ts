import { Family } from './exposition.ts'

/** What is counted of the things that replicas share. */
export interface SharedCounts {
  /** Undefined where no Redis is configured. */
  readonly redis: object | undefined
  readonly fails: number
  readonly droppedNews: number
}

/** The same in Prometheus's text format; nothing where no Redis is configured. */
export function exposeShared({ redis, fails, droppedNews }: SharedCounts): string {
  if (redis === undefined) return ''
  const failed = new Family('litellm_redis_fails_total', 'Commands to Redis that failed.', 'counter')
  const help = 'News to other replicas that was dropped because too much of it waited.'
  const dropped = new Family('sluice_dropped_news_total', help, 'counter')
  return failed.sample({}, fails).toString() + dropped.sample({}, droppedNews).toString()
}
