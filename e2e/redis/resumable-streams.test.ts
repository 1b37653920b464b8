import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Redis as RedisConnection } from '../../packages/gateway/src/redis/redis.ts'
import type { KeptStream } from '../../packages/gateway/src/resume/kept-stream.ts'
import { KeptStreams } from '../../packages/gateway/src/resume/kept-streams.ts'
import type { RemoteStream } from '../../packages/gateway/src/resume/remote-stream.ts'
import { SharedStreams } from '../../packages/gateway/src/resume/shared-streams.ts'
import { eventually } from '../eventually.ts'
import { type Redis, startRedis } from '../services/redis.ts'
import { connect, keepLog, redisSettings } from './redis-place.ts'

let redis: Redis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.remove())

const KB = 1024
const FACTS = {
  keyHash: 'k',
  callId: 'c',
  endpoint: 'chat',
  format: 'openai-chat',
  contentType: 'text/event-stream',
}

interface Replica {
  readonly streams: KeptStreams
  readonly redis: RedisConnection
  readonly log: ReturnType<typeof keepLog>
  open(): KeptStream
}

async function replica(over: object = {}): Promise<Replica> {
  const log = keepLog()
  const connection = connect(redisSettings(redis.port, { timeoutMs: 2_000 }), log)
  await eventually('it is connected', () => connection.isUp())
  const shared = new SharedStreams(
    () => connection,
    () => 60_000,
    log,
  )
  const settings = {
    enabled: true,
    graceMs: 60_000,
    ttlMs: 60_000,
    maxStreamBytes: 64 * KB,
    maxBytes: 1024 * KB,
    maxStreams: 100,
    maxStreamsPerKey: 100,
    ...over,
  }
  const streams = new KeptStreams(() => settings, shared)
  onTestFinished(() => streams.closed())
  return {
    streams,
    redis: connection,
    log,
    open() {
      const stream = streams.open(FACTS, () => {})
      if (typeof stream === 'string') throw new Error(stream)
      stream.attach(1, new Listener())
      return stream
    },
  }
}

class Listener {
  readonly signal = { aborted: false, addEventListener() {}, removeEventListener() {} }
  text = ''
  how: 'ended' | 'broken' | undefined

  write(piece: string | Buffer): undefined {
    this.text += Buffer.from(piece as Buffer).toString('latin1')
  }

  end(piece: string | Buffer): void {
    this.text += String(piece)
    this.how = 'ended'
  }

  breakOff(): void {
    this.how = 'broken'
  }
}

const found = (at: Replica, stream: KeptStream): Promise<RemoteStream> =>
  eventually('the stream is found there', () => at.streams.findElsewhere(stream.facts.id))

async function read(stream: RemoteStream, from = 1): Promise<Listener> {
  const listener = new Listener()
  await stream.bring(from, listener, () => 'LOST')
  return listener
}

const event = (text: string) => `data: ${text}\n\n`

test('bytes arrive as they were, whatever they are', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const stream = a.open()
  const odd = Buffer.concat([
    Buffer.from('data: '),
    Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80]),
    Buffer.from('\n\n'),
  ])
  void stream.append(odd)
  stream.finish('ended', event('ü 🎈'))
  const remote = await found(b, stream)
  expect(remote.facts).toEqual(stream.facts)
  const whole = stream.log.from(1)?.bytes.toString('latin1')
  expect((await read(remote)).text).toBe(whole)
})

test('a reader goes on where it was, within what was sent together', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const stream = a.open()
  void stream.append(event('1') + event('2') + event('3'))
  stream.finish('broken', '')
  const listener = await read(await found(b, stream), 3)
  expect(listener.text).toBe(`data: 3\nid: ${stream.facts.id}.3\n\n`)
  expect(listener.how).toBe('broken')
})

test('what was dropped at its owner is not there either, and nobody takes the rest for the whole', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const stream = a.open()
  void stream.append(event('first'))
  await found(b, stream)
  for (let count = 0; count < 20; count++) void stream.append(event('x'.repeat(10 * KB)))
  const remote = await eventually('its beginning is gone', async () => {
    const seen = await b.streams.findElsewhere(stream.facts.id)
    return seen && seen.oldest > 1 && seen
  })
  expect((await read(remote)).how).toBe('broken')
  const size = await b.redis.command([
    'MEMORY',
    'USAGE',
    b.redis.key('resumable', `{${stream.facts.id}}`, 'events'),
  ])
  expect(Number(size)).toBeLessThan(128 * KB)
})

test('a stream that its owner forgets is forgotten everywhere', async () => {
  const [a, b] = await Promise.all([replica({ maxStreams: 1 }), replica()])
  const stream = a.open()
  stream.finish('ended', event('1'))
  await read(await found(b, stream))
  a.open()
  await eventually('it is gone', async () => (await b.streams.findElsewhere(stream.facts.id)) === undefined)
  expect(await b.redis.command(['KEYS', `*${stream.facts.id}*`])).toEqual([])
  expect(a.log.lines.join()).not.toContain('warn')
})

test('a client elsewhere that wants no more is heard by the owner', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const given = Promise.withResolvers<void>()
  const stream = a.streams.open(FACTS, given.resolve)
  if (typeof stream === 'string') throw new Error(stream)
  const reader = stream.attach(1, new Listener())
  void stream.append(event('1'))
  const remote = await found(b, stream)
  reader.leave()
  await remote.stop()
  await given.promise
})

test('one who still reads what was forgotten is broken off', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const stream = a.open()
  void stream.append(event('1'))
  const reading = read(await found(b, stream))
  const keys = ['facts', 'events'].map(part => b.redis.key('resumable', `{${stream.facts.id}}`, part))
  await b.redis.command(['DEL', ...keys])
  expect((await reading).how).toBe('broken')
})

test('a Redis that comes back empty is told again, ends included', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const stream = a.open()
  void stream.append(event('1'))
  await found(b, stream)
  await redis.stop()
  void stream.append(event('2'))
  await redis.start()
  stream.finish('ended', event('3'))
  const whole = stream.log.from(1)?.bytes.toString('latin1')
  const text = await eventually('it is there again', async () => {
    const remote = await b.streams.findElsewhere(stream.facts.id).catch(() => undefined)
    return remote && (await read(remote)).text
  })
  expect(text).toBe(whole)
})
