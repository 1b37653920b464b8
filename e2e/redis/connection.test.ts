import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { RedisScript } from '../../packages/gateway/src/redis/redis.ts'
import { createRedisNewswire } from '../../packages/gateway/src/redis/redis-newswire.ts'
import { eventually } from '../eventually.ts'
import { startTcpProxy } from '../failure/tcp-proxy.ts'
import { findProgram } from '../services/find-program.ts'
import { startRedis } from '../services/redis.ts'
import { startRedisCluster } from '../services/redis-cluster.ts'
import { freePort, ServiceProcess } from '../services/service-process.ts'
import { connect, keepLog, redisSettings } from './redis-place.ts'

async function serverWith(args: readonly string[] = []) {
  const server = await startRedis(args)
  onTestFinished(() => server.remove())
  return server
}

const first = new RedisScript(
  "redis.call('SET', KEYS[1], ARGV[1]) return {KEYS[1], redis.call('GET', KEYS[1])}",
)

test('commands, scripts and channels, before and after Redis was away', async () => {
  const server = await serverWith()
  const log = keepLog()
  const redis = connect(redisSettings(server.port, { timeoutMs: 5_000 }), log)
  const heard: string[] = []
  const stop = redis.subscribe(redis.key('channel'), message => heard.push(message))
  for (const round of ['one', 'two']) {
    await eventually('it is connected', () => redis.isUp())
    expect(await redis.command(['SET', redis.key('a'), round, 'PX', '1000'])).toBe('OK')
    expect(await redis.evalScript(first, [redis.key('b')], [round])).toEqual(['sluice:b', round])
    await redis.publish(redis.key('channel'), round)
    await eventually('it is heard', () => heard.includes(round))
    await redis.ping()
    await server.stop()
    await eventually('it noticed', () => !redis.isUp())
    await expect(redis.command(['GET', 'a'])).rejects.toMatchObject({
      status: 503,
      code: 'redis_unavailable',
    })
    await server.start()
  }
  await eventually('it is connected', () => redis.isUp())
  stop()
  await redis.publish(redis.key('channel'), 'three')
  await expect(redis.command(['LPUSH', redis.key('b'), 'x'])).resolves.toBe(1)
  await expect(redis.command(['INCR', redis.key('b')])).rejects.toMatchObject({ code: 'redis_error' })
  expect(heard).toEqual(['one', 'two'])
  expect(log.lines.map(line => line.split(' {')[0])).toEqual([
    'info Redis is connected',
    ...[1, 2].flatMap(() => [
      'warn Redis cannot be reached: this replica goes on alone, and tries again',
      'info Redis is back',
    ]),
  ])
})

test('a slow Redis keeps nobody waiting for longer than the time-out, and soon not even that', async () => {
  const server = await serverWith()
  const proxy = await startTcpProxy(server.port)
  onTestFinished(() => proxy.close())
  const log = keepLog()
  const redis = connect(redisSettings(proxy.port), log)
  await eventually('it is connected', () => redis.isUp())
  proxy.slowDown(2_000)
  const began = performance.now()
  for (let index = 0; index < 5; index++)
    await expect(redis.command(['GET', 'a'])).rejects.toMatchObject({ code: 'redis_unavailable' })
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(redis.isUp()).toBe(false)
  const refused = performance.now()
  // One after the other: fifty that waited for their time-out would take five seconds.
  for (let index = 0; index < 50; index++) await redis.command(['GET', 'a']).catch(() => {})
  expect(performance.now() - refused).toBeLessThan(4_000)
  expect(redis.problem()).toContain('does not answer within 100 ms')
  // Who has time gets an answer.
  expect(await redis.command(['GET', 'a'], { timeoutMs: 5_000 })).toBe(null)
  proxy.slowDown(0)
  await eventually('it is quick again', () => redis.isUp())
  expect(log.lines).toHaveLength(3)
})

test('a Redis that falls silent is found dead, and a new connection is made', async () => {
  const server = await serverWith()
  const proxy = await startTcpProxy(server.port)
  onTestFinished(() => proxy.close())
  const redis = connect(redisSettings(proxy.port))
  await eventually('it is connected', () => redis.isUp())
  proxy.fallSilent()
  await eventually('it is found dead', () => !redis.isConnected())
  proxy.recover()
  await eventually('it is back', () => redis.isUp())
})

test('a wrong password is told once, and not repeated', async () => {
  const server = await serverWith(['--requirepass', 'the-right-one'])
  const log = keepLog()
  const wrong = connect(redisSettings(server.port, { password: 'my-secret-word' }), log)
  await eventually('it tried', () => wrong.problem()?.includes('WRONGPASS'))
  expect([wrong.problem(), ...log.lines].join()).not.toContain('my-secret-word')
  const right = connect(redisSettings(server.port, { password: 'the-right-one', database: 3 }))
  await eventually('it is connected', () => right.isUp())
  expect(log.lines).toHaveLength(1)
})

test('closing ends at once, whether Redis is there, away or silent', async () => {
  const server = await serverWith()
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as { port: number }
  for (const target of [server.port, 1, port]) {
    const redis = connect(redisSettings(target))
    if (target === server.port) await eventually('it is connected', () => redis.isUp())
    const began = performance.now()
    await redis.close()
    expect(performance.now() - began).toBeLessThan(5_000)
  }
})

test('TLS, with a certificate that is checked, or not where the settings say so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost']
  await promisify(execFile)('openssl', [...self, '-keyout', key, '-out', cert])
  const port = await freePort()
  const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key]
  await serverWith([...tls, '--tls-auth-clients', 'no'])
  const careless = connect(redisSettings(port, { tls: { verify: false, checkHostname: true } }))
  await eventually('it is connected', () => careless.isUp())
  const careful = connect(redisSettings(port, { tls: { verify: true, checkHostname: true } }))
  await eventually('it is refused', () => careful.problem()?.includes('self-signed'))
})

test('a cluster: keys of one script share a slot, commands and channels find their node', async () => {
  const { addresses: nodes, remove } = await startRedisCluster('k')
  onTestFinished(remove)
  const log = keepLog()
  const cluster = connect(redisSettings(0, { kind: 'cluster', nodes, timeoutMs: 5_000 }), log)
  await eventually('it is connected', () => cluster.isUp())
  const heard: string[] = []
  cluster.subscribe(cluster.key('channel'), message => heard.push(message))
  for (let index = 0; index < 50; index++) {
    const key = cluster.key(`k${index}`)
    expect(await cluster.command(['SET', key, index.toString()], { timeoutMs: 2_000 })).toBe('OK')
    expect(await cluster.evalScript(first, [`{${key}}:a`], [index])).toEqual([`{${key}}:a`, `${index}`])
  }
  await eventually('it is heard', async () => {
    await cluster.publish(cluster.key('channel'), 'hello')
    return heard.includes('hello')
  })
  const told = createRedisNewswire(cluster, log)
  told.publish({ topic: 't', key: 'x', value: { n: 1 }, ttlMs: 60_000 })
  const late = createRedisNewswire(
    connect(redisSettings(0, { kind: 'cluster', nodes, timeoutMs: 5_000 })),
    log,
  )
  onTestFinished(() => [told, late].forEach(wire => wire.close()))
  const news: unknown[] = []
  late.subscribe('t', ({ value }) => news.push(value))
  await eventually('what holds is heard', () => news.length > 0)
  told.publish({ topic: 't', key: 'x', value: { n: 2 }, ttlMs: 60_000 })
  // News may come twice, from the snapshot and from the channel; what is newest comes last.
  await eventually('what is new is heard', () => news.some(each => isDeepStrictEqual(each, { n: 2 })))
  expect(news.filter((each, at) => !isDeepStrictEqual(each, news[at - 1]))).toEqual([{ n: 1 }, { n: 2 }])
  expect(log.lines).toHaveLength(1)
})

test('sentinels say where the master is', async () => {
  const master = await serverWith()
  const command = findProgram('redis-server', 'valkey-server') as string
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sentinel-'))
  const port = await freePort()
  const config = join(folder, 'sentinel.conf')
  await writeFile(config, `port ${port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 ${master.port} 1\n`)
  const sentinel = new ServiceProcess({
    ...{ name: 'sentinel', command, folder, args: [config, '--sentinel'] },
    readyLine: '+monitor',
    killSignal: 'SIGKILL',
  })
  onTestFinished(() => sentinel.remove())
  await sentinel.start()
  const nodes = [
    { host: '127.0.0.1', port: 1 },
    { host: '127.0.0.1', port },
  ]
  const redis = connect(redisSettings(0, { kind: 'sentinel', nodes, service: 'main' }))
  await eventually('it is connected', () => redis.isUp())
  expect(await redis.command(['SET', 'a', '1'])).toBe('OK')
  const lost = connect(redisSettings(0, { kind: 'sentinel', nodes, service: 'other' }))
  await eventually('it says so', () => lost.problem()?.includes('no sentinel knows'))
})
