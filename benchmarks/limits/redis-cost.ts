import { startRedis } from '../../e2e/services/redis.ts'
import { createRedisLimiter } from '../../packages/gateway/src/limits/redis-limiter.ts'
import { openRedis } from '../../packages/gateway/src/redis/open-redis.ts'
import { claimOn, subjects } from './memory-cost.ts'
import { record } from './record.ts'

export interface RedisCost {
  readonly reserveP50: number
  readonly reserveP99: number
  /** What Redis computes for a reserve and its settle together, reading and answering included. */
  readonly serverMicros: number
  readonly perSecond: number
  readonly calls: number
  readonly commands: number
}

const ALONE = 1_000
const TOGETHER = 5_000
const IN_FLIGHT = 64

/** Undefined where no Redis is installed. Times in microseconds. */
export async function costThroughRedis(counters: number): Promise<RedisCost | undefined> {
  const server = await startRedis().catch(() => undefined)
  if (server === undefined) return undefined
  const log = { info() {}, warn() {}, error() {} }
  const redis = openRedis(
    {
      ...{ kind: 'single', nodes: [{ host: '127.0.0.1', port: server.port }], service: undefined },
      ...{ sentinelPassword: undefined, username: undefined, password: undefined, database: 0 },
      ...{ tls: undefined, namespace: 'bench', timeoutMs: 1_000 },
    },
    log,
  )
  const limiter = createRedisLimiter({ redis: () => redis, log, deadlineMs: () => 10_000 })
  while (!limiter.isShared()) await new Promise(resolve => setTimeout(resolve, 20))
  const charged = subjects(counters)
  const call = async () => {
    const began = performance.now()
    const reservation = await limiter.reserve(claimOn(charged))
    const took = performance.now() - began
    await reservation.settle(record)
    return took
  }
  for (let i = 0; i < 500; i++) await call()
  const before = await statistics(redis)
  const times: number[] = []
  for (let i = 0; i < ALONE; i++) times.push(await call())
  const began = performance.now()
  let left = TOGETHER
  const worker = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  const seconds = (performance.now() - began) / 1000
  const after = await statistics(redis)
  limiter.close()
  await redis.close()
  await server.remove()
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0) * 1000
  const calls = ALONE + TOGETHER
  return {
    ...{ reserveP50: at(0.5), reserveP99: at(0.99), perSecond: TOGETHER / seconds, calls },
    serverMicros: (after.micros - before.micros) / calls,
    commands: after.count - before.count,
  }
}

/** Scripts run so far, and the microseconds that Redis computed: of its main thread, so that a busy machine adds little. */
async function statistics(redis: ReturnType<typeof openRedis>) {
  const told = await redis.command(['INFO', 'all'], { timeoutMs: 10_000 })
  const text = typeof told === 'string' ? told : ''
  const word = (name: string) => Number(new RegExp(`${name}[:=]([\\d.]+)`).exec(text)?.[1] ?? 0)
  const seconds = word('used_cpu_user_main_thread') + word('used_cpu_sys_main_thread')
  return { count: word('cmdstat_evalsha:calls'), micros: seconds * 1e6 }
}
