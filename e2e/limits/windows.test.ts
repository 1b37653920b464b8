import { afterAll, beforeAll, expect, test } from 'vitest'
import { SETTLE } from '../../packages/gateway/src/limits/replicas/limit-scripts.ts'
import { RESERVE } from '../../packages/gateway/src/limits/replicas/reserve-script.ts'
import { RedisScript } from '../../packages/gateway/src/redis/redis.ts'
import { eventually } from '../eventually.ts'
import { connect, redisSettings } from '../redis/redis-place.ts'
import { type Redis, startRedis } from '../services/redis.ts'

let server: Redis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.remove())

const START = 1_790_000_000
const RPM = 40
const TPM = 600

/** The script with a clock of the test's own, so that minutes pass at once. */
const withClock = ({ source }: RedisScript) =>
  new RedisScript(source.replace("redis.call('TIME')", "redis.call('LRANGE', 'clock', 0, 1)"))

/** What was counted, by second: the plain way. */
class Model {
  readonly parts = new Map<number, number>()
  private readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  sum(now: number): number {
    let sum = 0
    for (const [at, amount] of this.parts) if (at > now - 60) sum += amount
    return sum
  }

  add(at: number, amount: number): void {
    this.parts.set(at, (this.parts.get(at) ?? 0) + amount)
  }

  /** Milliseconds until so much fits, at the beginning of a second. */
  wait(now: number, amount: number): number {
    let excess = this.sum(now) + amount - this.limit
    for (let at = now - 59; at <= now; at++) {
      excess -= this.parts.get(at) ?? 0
      if (excess <= 0) return (at + 60 - now) * 1000
    }
    return 60_000
  }
}

interface Call {
  readonly at: number
  readonly tokens: number
}

test.each([1, 2, 3])(
  'windows slide as if every second were kept by itself, whatever comes (%i)',
  async seed => {
    const redis = connect(redisSettings(server.port, { timeoutMs: 10_000, namespace: `windows-${seed}` }))
    await eventually('it is connected', () => redis.isUp())
    let state = seed * 7919
    const random = (below: number) => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
      return Math.floor((state / 4_294_967_296) * below)
    }
    const [reserve, settle] = [withClock(RESERVE), withClock(SETTLE)]
    const keys = ['replicas', 'counter'].map(name => redis.key('{windows}', name)) as [string, string]
    const prefix = redis.key('{windows}', 'held', '')
    const [requests, tokens] = [new Model(RPM), new Model(TPM)]
    const open: Call[] = []
    let now = START
    let spent = 0
    for (let step = 0; step < 500; step++) {
      // Mostly within a second or to the next ones, now and then beyond a whole window.
      now += random(3) === 0 ? random(4) : random(40) === 0 ? 50 + random(30) : 0
      await redis.command(['DEL', 'clock'])
      await redis.command(['RPUSH', 'clock', String(now), '0'])
      await redis.command(['ZADD', keys[0], String(now * 1000), 'me'])
      const call = random(3) > 0 ? undefined : open.splice(random(open.length), 1)[0]
      if (call !== undefined) {
        const used = random(30)
        const excess = used - call.tokens
        const words = [1, 100, 0, excess, 0, 0, 1, 0, 0, 0]
        const ask = [prefix, 'me', step, 10, call.at, [words]]
        const [total] = (await redis.evalScript(
          settle,
          [redis.key('{windows}', 'said'), keys[1]],
          [JSON.stringify(ask)],
        )) as number[]
        expect(total).toBe((spent += 10))
        if (excess > 0) tokens.add(now, excess)
        else if (call.at > now - 60) tokens.add(call.at, excess)
        continue
      }
      const wanted = 1 + random(40)
      const words = [RPM, TPM, -1, -1, 1_000, wanted, 0, 0, 1e9, 0, 0, 0, -1, -1]
      const ask = [prefix, 'me', 600_000, 0, 100, [words]]
      const reply = (await redis.evalScript(reserve, keys, [JSON.stringify(ask)])) as number[]
      const [granted, , limit, wait, , second] = reply
      expect(second).toBe(now)
      const refused = requests.sum(now) + 1 > RPM ? 4 : tokens.sum(now) + wanted > TPM ? 5 : 0
      expect([step, granted, limit]).toEqual([step, refused === 0 ? 1 : 0, refused])
      if (refused === 0) {
        requests.add(now, 1)
        tokens.add(now, wanted)
        open.push({ at: now, tokens: wanted })
      } else expect(wait).toBe(refused === 4 ? requests.wait(now, 1) : tokens.wait(now, wanted))
      expect(reply.slice(6, 8)).toEqual([requests.sum(now), tokens.sum(now)])
      expect(reply.slice(10, 13)).toEqual([open.length, spent, open.length * 100])
    }
  },
)
