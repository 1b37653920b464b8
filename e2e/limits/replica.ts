import { type CallRecord, SluiceError } from 'sluice/internal'
import { onTestFinished } from 'vitest'
import type { RedisSettings } from '../../packages/gateway/src/config/redis-settings.ts'
import type { Claim, LimitSubject, Reservation } from '../../packages/gateway/src/limits/limiter.ts'
import { createRedisLimiter, type RedisLimiter } from '../../packages/gateway/src/limits/redis-limiter.ts'
import { openRedis } from '../../packages/gateway/src/redis/open-redis.ts'
import type { Redis } from '../../packages/gateway/src/redis/redis.ts'
import { eventually } from '../eventually.ts'
import { keepLog } from '../redis/redis-place.ts'

/** One replica's limiter on a Redis. */
export interface Replica {
  readonly limiter: RedisLimiter
  readonly redis: Redis
  /** As a process that is killed: nothing is settled, nothing is said. */
  kill(): Promise<void>
}

/** `atEnd`: of the test's own context, where tests run at the same time. */
export async function startReplica(
  settings: RedisSettings,
  deadlineMs = () => 1_000,
  atEnd: (work: () => Promise<void>) => void = onTestFinished,
  now = Date.now,
): Promise<Replica> {
  const redis = openRedis(settings, keepLog())
  const limiter = createRedisLimiter({ redis: () => redis, log: keepLog(), deadlineMs, now })
  const kill = async () => {
    await redis.close()
    limiter.close()
  }
  atEnd(kill)
  await eventually('it counts with the others', () => limiter.isShared())
  return { limiter, redis, kill }
}

export function subject(limits: Partial<LimitSubject>): LimitSubject {
  return { kind: 'key', id: 'k', label: 'alice', ...limits }
}

export function claim(subjects: readonly LimitSubject[], more: Partial<Claim> = {}): Claim {
  return { now: Date.now(), subjects, tokens: 10, inputTokens: 4, nanoUsd: 100, model: 'm', ...more }
}

/** A call that ended: what it cost, and its tokens. */
export function ended({
  nanoUsd = 0,
  tokens = 10,
  status = 'success' as CallRecord['status'],
} = {}): CallRecord {
  return {
    ...{ id: 'call', callId: 'call', endpoint: 'chat', format: 'openai-chat', startedAt: 0, stream: false },
    ...{ requestedModel: 'm', attempts: [], fallbacks: 0, status, upstreamMs: 0, warnings: [], tags: [] },
    usage: { prompt_tokens: 4, completion_tokens: tokens - 4, total_tokens: tokens },
    cost: { state: 'known', nanoUsd, inputNanoUsd: nanoUsd, outputNanoUsd: 0 },
    metadata: {},
  }
}

/** Why it was refused. */
export async function refused({ limiter }: Replica, wanted: Claim): Promise<SluiceError> {
  try {
    await limiter.reserve(wanted)
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
  throw new Error('it was let in')
}

/** The reservation, or undefined where it was refused for a limit. */
export async function tried({ limiter }: Replica, wanted: Claim): Promise<Reservation | undefined> {
  try {
    return await limiter.reserve(wanted)
  } catch (error) {
    if ((error as { status?: number }).status === 429) return undefined
    throw error
  }
}
