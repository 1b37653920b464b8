import type { News } from 'sluice/internal'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Redis } from '../../packages/gateway/src/redis/redis.ts'
import { createRedisNewswire } from '../../packages/gateway/src/redis/redis-newswire.ts'
import { SharedRedis } from '../../packages/gateway/src/redis/shared-redis.ts'
import { eventually } from '../eventually.ts'
import { type Redis as Server, startRedis } from '../services/redis.ts'
import { connect, keepLog, redisSettings } from './redis-place.ts'

let server: Server
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.remove())

let spaces = 0
/** A namespace of its own for replicas that join one after another. */
function place() {
  const settings = redisSettings(server.port, { namespace: `test-${++spaces}` })
  return (log = keepLog()) => {
    const redis = connect(settings, log)
    const wire = createRedisNewswire(redis, log)
    onTestFinished(() => wire.close())
    const heard: News[] = []
    wire.subscribe('t', news => heard.push(news))
    const tell = (key: string, value: News['value'], ttlMs = 60_000) =>
      wire.publish({ topic: 't', key, value, ttlMs })
    const last = (key: string) => heard.findLast(news => news.key === key)?.value
    return { redis, wire, heard, tell, last, log }
  }
}

const up = (...replicas: { readonly redis: Redis }[]) =>
  eventually('all are connected', () => replicas.every(({ redis }) => redis.isUp()))

test('what one replica tells the others hear, and itself does not; newer news replaces older', async () => {
  const join = place()
  const [a, b, c] = [join(), join(), join()]
  await up(a, b, c)
  a.tell('x', { rest: 1 })
  await eventually('both heard', () => b.last('x') && c.last('x'))
  b.tell('x', null)
  await eventually('both heard', () => a.last('x') === null && c.last('x') === null)
  expect(a.heard.map(({ value }) => value)).toEqual([null])
  expect(b.heard.map(({ value }) => value)).toEqual([{ rest: 1 }])
  expect(b.heard[0]?.ttlMs).toBeGreaterThan(59_000)
})

test('a replica that joins hears what still holds, with the time that is left, and nothing that ended', async () => {
  const join = place()
  const a = join()
  await up(a)
  a.tell('long', { n: 1 }, 30_000)
  a.tell('short', { n: 2 }, 50)
  a.tell('taken-back', { n: 3 })
  a.tell('taken-back', null)
  const early = join()
  await eventually('it heard', () => early.last('long'))
  await eventually('the short one ended', async () => {
    const late = join()
    await eventually('it heard', () => late.last('long'))
    expect(late.heard.find(({ key }) => key === 'long')?.ttlMs).toBeLessThan(30_000)
    expect(late.last('taken-back')).toBe(null)
    return late.last('short') === undefined
  })
})

test('Redis loses everything: what still holds is told again by whoever told it, unless others know better', async () => {
  const join = place()
  const [a, b] = [join(), join()]
  await up(a, b)
  a.tell('kept', { n: 1 })
  a.tell('closed-by-b', { n: 2 })
  await eventually('b heard', () => b.last('kept') && b.last('closed-by-b'))
  b.tell('closed-by-b', null)
  await eventually('a heard', () => a.last('closed-by-b') === null)
  await server.stop()
  await eventually('both noticed', () => !a.redis.isUp() && !b.redis.isUp())
  b.tell('meanwhile', { n: 3 })
  await server.start()
  await eventually('a heard what b told meanwhile', () => a.last('meanwhile'))
  const late = join()
  await eventually('the late one knows', () => late.last('kept') && late.last('meanwhile'))
  expect(late.last('closed-by-b')).toBe(null)
  for (const { log } of [a, b]) {
    expect(log.lines.filter(line => line.startsWith('warn'))).toHaveLength(1)
    expect(log.lines.filter(line => line.includes('Redis is back'))).toHaveLength(1)
  }
})

test('of two that tell of the same thing at once, all end with the same', async () => {
  const join = place()
  const [a, b, c] = [join(), join(), join()]
  await up(a, b, c)
  for (let round = 0; round < 50; round++) {
    const key = `k${round}`
    a.tell(key, { by: 'a' })
    b.tell(key, { by: 'b' })
  }
  await eventually('c heard', () => c.last('k49'))
  const late = join()
  await eventually('the late one knows', () => late.last('k49'))
  // Whoever was first heard the other one; whoever was last did not.
  const mind = (replica: typeof a, own: string, key: string) =>
    (replica.last(key) as { by: string } | undefined)?.by ?? own
  for (let round = 0; round < 50; round++) {
    const key = `k${round}`
    const minds = [mind(a, 'a', key), mind(b, 'b', key), mind(c, '?', key), mind(late, '?', key)]
    expect(new Set(minds).size, minds.join()).toBe(1)
  }
})

test('messages of another version, and nonsense, are ignored with one line', async () => {
  const join = place()
  const [a, b] = [join(), join()]
  await up(a, b)
  const channel = a.redis.key('news', 't')
  const bad = ['{', '[]', 'null', '["2","x","1","1000","k","{}"]', '["1","x","y","1000","k","{}"]']
  const worse = ['["1","x","1","1000","k","7"]', '["1","x","1","1000","k","{"]', 'x'.repeat(20_000)]
  for (const message of [...bad, ...worse]) await a.redis.publish(channel, message)
  a.tell('good', { n: 1 })
  await eventually('the good one came', () => b.last('good'))
  expect(b.heard).toHaveLength(1)
  expect(b.log.lines.filter(line => line.includes('does not understand'))).toHaveLength(1)
})

test('news that is lost on the way, and beyond what is kept, is bounded and counted', async () => {
  const join = place()
  const a = join()
  await up(a)
  await server.stop()
  await eventually('it noticed', () => !a.redis.isUp())
  for (let index = 0; index < 5_100; index++) a.tell(`k${index}`, { index })
  expect(a.wire.dropped).toBe(100)
  await server.start()
  const b = join()
  await eventually('b heard the newest', () => b.last('k5099'))
  await eventually('b heard the oldest that was kept', () => b.last('k100'))
  expect(b.last('k99')).toBe(undefined)
})

test('settings change: the same Redis is kept, another one is joined, and who listens goes on listening', async () => {
  const other = await startRedis()
  onTestFinished(() => other.remove())
  const log = keepLog()
  const [here, there] = [redisSettings(server.port, { namespace: 'reload' }), redisSettings(other.port)]
  const shared = new SharedRedis(here, log)
  onTestFinished(() => shared.close())
  const heard: string[] = []
  shared.news.subscribe('t', ({ key }) => heard.push(key))
  const { redis } = shared
  shared.use({ ...here })
  expect(shared.redis).toBe(redis)
  const elsewhere = createRedisNewswire(connect(there), log)
  onTestFinished(() => elsewhere.close())
  elsewhere.publish({ topic: 't', key: 'told-before', value: {}, ttlMs: 60_000 })
  shared.use(there)
  await eventually('it heard', () => heard.includes('told-before'))
  await expect(redis?.ping()).rejects.toMatchObject({ code: 'redis_unavailable' })
  shared.use(undefined)
  shared.news.publish({ topic: 't', key: 'to-nobody', value: {}, ttlMs: 1_000 })
  expect(shared.redis).toBe(undefined)
})
