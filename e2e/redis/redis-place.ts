import { onTestFinished } from 'vitest'
import type { RedisSettings } from '../../packages/gateway/src/config/redis-settings.ts'
import type { Log } from '../../packages/gateway/src/db/log.ts'
import { openRedis } from '../../packages/gateway/src/redis/open-redis.ts'
import type { Redis } from '../../packages/gateway/src/redis/redis.ts'

/** Settings of one Redis on this machine. */
export function redisSettings(port: number, over: Partial<RedisSettings> = {}): RedisSettings {
  return {
    kind: 'single',
    nodes: [{ host: '127.0.0.1', port }],
    service: undefined,
    sentinelPassword: undefined,
    username: undefined,
    password: undefined,
    database: 0,
    tls: undefined,
    namespace: 'sluice',
    timeoutMs: 100,
    ...over,
  }
}

/** Keeps the lines of a log. */
export function keepLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') }
}

/** A connection that the end of the test closes. */
export function connect(settings: RedisSettings, log: Log = keepLog()): Redis {
  const redis = openRedis(settings, log)
  onTestFinished(() => redis.close())
  return redis
}
