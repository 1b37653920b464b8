import { once } from 'node:events'
import { type RunningGateway, startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { rowsOf } from '../failure/books.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'
import { type Redis, startRedis } from '../services/redis.ts'
import { begin, goOn, readUntil, textOf } from './resumable.ts'

const upstream = await startUpstream()
const masterKey = 'sk-shared-by-all-replicas-0123456'
let postgres: Postgres
let redis: Redis
let databaseUrl: string
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  databaseUrl = await postgres.createDatabase('resume')
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await Promise.all([upstream.close(), postgres.remove(), redis.remove()])
})

const ANSWER = Array.from({ length: 60 }, (_, index) => `wörd-${index} 🎈 `).join('')

async function replica(streams: object = {}): Promise<Rig> {
  const rig = await startRig({
    upstream,
    config: {
      general_settings: { resumable_streams: streams },
      router_settings: { redis_url: redis.url },
    },
    env: { LITELLM_MASTER_KEY: masterKey, DATABASE_URL: databaseUrl },
  })
  onTestFinished(() => rig.close())
  await eventually('Redis is connected', () =>
    rig.gateway.logs.some(line => line.includes('Redis is connected')),
  )
  return rig
}

/** The replica has heard of the stream. */
function known(gateway: RunningGateway, key: string, lastId: string): Promise<Response> {
  const look = async () => {
    const answer = await goOn(gateway.url, key, lastId)
    if (answer.status === 200) return answer
    await answer.text()
    return false
  }
  // A connection that was lost waits longer after every failure.
  return eventually('the stream is known there', look)
}

const idsOf = (text: string) => [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string)

test('a stream begun at one replica goes on at another, exactly, and is paid once', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const key = await a.newKey()
  upstream.script({ reply: { text: ANSWER }, tokenIntervalMs: 20 })
  const { whole, lastId, leave } = await readUntil(await begin(a.gateway.url, key), 'wörd-3')
  leave()
  const rest = await goOn(b.gateway.url, key, lastId)
  expect(rest.status).toBe(200)
  const text = whole + (await rest.text())
  expect(textOf(text)).toBe(ANSWER)
  expect(text).toContain('[DONE]')
  const ids = idsOf(text)
  expect(ids).toEqual(ids.map((_, index) => `${lastId.split('.')[0]}.${index + 1}`))
  for (const id of ids) {
    const again = await (await goOn(b.gateway.url, key, id)).text()
    expect(again).toBe(text.slice(text.indexOf(`id: ${id}\n\n`) + `id: ${id}\n\n`.length))
  }
  expect(upstream.requests.length).toBe(1)
  expect(upstream.aborted.length).toBe(0)
  const rows = await eventually('the call is written down', async () => {
    const found = await rowsOf(a.gateway, key)
    return found.length > 0 && found
  })
  expect(rows).toMatchObject([{ status: 'success' }])

  const stolen = await goOn(b.gateway.url, await b.newKey(), lastId)
  expect(stolen.status).toBe(404)
})

test('a reader at another replica keeps the answer from being given up', async () => {
  const [a, b] = await Promise.all([replica({ grace_seconds: 1 }), replica()])
  const key = await a.newKey()
  upstream.script({ reply: { text: ANSWER }, tokenIntervalMs: 70 })
  const { whole, lastId, leave } = await readUntil(await begin(a.gateway.url, key), 'wörd-3')
  leave()
  const rest = await known(b.gateway, key, lastId)
  expect(textOf(whole + (await rest.text()))).toBe(ANSWER)
  expect(upstream.aborted.length).toBe(0)
})

test('of a stream whose replica was killed the rest is an error event, and never a clean end', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const key = await a.newKey()
  upstream.script({ reply: { events: 5_000 }, tokenIntervalMs: 20 })
  const { lastId } = await readUntil(await begin(a.gateway.url, key), 'uick')
  const reading = (await known(b.gateway, key, lastId)).text()
  const exited = once(a.gateway.process, 'exit')
  a.gateway.process.kill('SIGKILL')
  await exited
  const rest = await reading
  expect(rest).toContain('The replica that reads this answer is not heard of any more')
  expect(rest).not.toContain('[DONE]')
  const later = await (await goOn(b.gateway.url, key, lastId)).text()
  expect(later).toContain('The replica that reads this answer is not heard of any more')
})

test('a finished stream can be read after its replica was shut down', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const key = await a.newKey()
  upstream.script({ reply: { text: ANSWER } })
  const whole = await (await begin(a.gateway.url, key)).text()
  expect(await a.gateway.stop()).toBe(0)
  const [first] = idsOf(whole)
  const rest = await (await goOn(b.gateway.url, key, first as string)).text()
  expect(rest).toBe(whole.slice(whole.indexOf('\n\n') + 2))
})

test('while Redis is away the stream goes on, can be continued where it began, and elsewhere once it is back', async () => {
  const [a, b] = await Promise.all([replica(), replica()])
  const key = await a.newKey()
  upstream.script({ reply: { events: 2_000 }, tokenIntervalMs: 10 })
  const first = await begin(a.gateway.url, key)
  const { lastId, leave } = await readUntil(first, 'uick')
  await (await known(b.gateway, key, lastId)).body?.cancel()
  await redis.stop()
  onTestFinished(() => redis.start().catch(() => {}))
  leave()
  await eventually('it is said', () => a.gateway.logs.some(line => line.includes('at this replica only')))
  await eventually('nobody can tell elsewhere, which may be tried again', async () => {
    const answer = await goOn(b.gateway.url, key, lastId)
    await answer.text()
    return answer.status === 503 && answer.headers.get('x-should-retry') === 'true'
  })
  const here = await goOn(a.gateway.url, key, lastId)
  expect(here.status).toBe(200)
  const more = await readUntil(here, 'id: ')
  expect(more.whole).toContain(`id: ${lastId.split('.')[0]}.${Number(lastId.split('.')[1]) + 1}\n`)

  await redis.start()
  const there = await known(b.gateway, key, more.lastId)
  const numbers = idsOf((await readUntil(there, 'id: ')).whole).map(id => Number(id.split('.')[1]))
  expect(numbers[0]).toBe(Number(more.lastId.split('.')[1]) + 1)
  expect(upstream.requests.length).toBe(1)
})
