import { createError, type SluiceError } from 'sluice/internal'
import { BoundedMap } from '../../limits/bounded-map.ts'
import { type Redis, RedisScript } from '../../redis/redis.ts'
import { hashKey } from '../hash.ts'

export interface AttemptsOptions {
  /** Absent: each replica counts for itself. */
  readonly redis: () => Redis | undefined
  readonly now: () => number
}

/** Wrong passwords in a quarter of an hour: for one user name, and from one address whatever names it tries. */
const WINDOW_MS = 15 * 60_000
const MOST = { user: 10, address: 100 } as const
/** Names and addresses counted by this process; beyond, the least recently seen are forgotten. */
const MOST_COUNTED = 100_000
const REDIS_MS = 200

type Subject = readonly [kind: keyof typeof MOST, id: string]

interface Count {
  used: number
  endsAt: number
}

/** KEYS: a counter. ARGV: how much more, milliseconds it lives. Gives the count and how long it lives still. */
const ADD = new RedisScript(`
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count < 0 then count = 0 redis.call('SET', KEYS[1], 0, 'PX', ARGV[2]) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) left = tonumber(ARGV[2]) end
return {count, left}
`)

/**
 * How often somebody may be wrong. Every attempt counts before the password is looked at, so that many at once are no
 * way around it, and is given back when it was right. With Redis the replicas count together; while it is away or late
 * each goes on with its own count.
 */
export class Attempts {
  readonly #options: AttemptsOptions
  readonly #counts = new BoundedMap<Count>({ most: MOST_COUNTED })

  constructor(options: AttemptsOptions) {
    this.#options = options
  }

  /** Counts one attempt. Throws `RateLimitError`, which says when to come back. */
  async begin(userName: string, address: string): Promise<void> {
    for (const subject of subjectsOf(userName, address)) {
      const { used, leftMs } = await this.#add(subject, 1)
      if (used > MOST[subject[0]]) throw tooOften(leftMs)
    }
  }

  /** The attempt was right: it does not count, nor do the wrong ones before it for this name. */
  async succeed(userName: string, address: string): Promise<void> {
    const [user, from] = subjectsOf(userName, address)
    await this.#add(user, -MOST.user)
    await this.#add(from, -1)
  }

  async #add(subject: Subject, by: number): Promise<{ readonly used: number; readonly leftMs: number }> {
    const own = this.#addHere(subject, by)
    const redis = this.#options.redis()
    if (!redis?.isUp()) return own
    // The name is hashed: what people type there is sometimes their password.
    const key = redis.key('sign-in', subject[0], hashKey(subject[1]))
    const shared = await redis
      .evalScript(ADD, [key], [by, WINDOW_MS], { timeoutMs: REDIS_MS })
      // Redis failed: what this process has counted stands.
      .catch(() => undefined)
    if (!Array.isArray(shared)) return own
    const [used, leftMs] = shared.map(Number) as [number, number]
    return used >= own.used ? { used, leftMs } : own
  }

  #addHere([kind, id]: Subject, by: number) {
    const now = this.#options.now()
    const name = `${kind} ${id}`
    const found = this.#counts.get(name)
    const count = found === undefined || found.endsAt <= now ? { used: 0, endsAt: now + WINDOW_MS } : found
    count.used = Math.max(0, count.used + by)
    this.#counts.set(name, count)
    return { used: count.used, leftMs: count.endsAt - now }
  }
}

/** Upper and lower case are one name. */
function subjectsOf(userName: string, address: string): readonly [Subject, Subject] {
  return [
    ['user', userName.trim().toLowerCase()],
    ['address', address],
  ]
}

function tooOften(leftMs: number): SluiceError {
  return createError({
    kind: 'rate_limit',
    type: 'auth_error',
    message: `Too many attempts to sign in. Try again in ${Math.ceil(leftMs / 60_000)} minutes.`,
    retryAfterMs: leftMs,
  })
}
