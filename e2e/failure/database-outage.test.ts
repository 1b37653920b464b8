import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'
import { atOnce } from './at-once.ts'
import { rowsOf, spendOf, sumOf } from './books.ts'
import { ask, type ClientFormat, clientFormats } from './client-formats.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const upstream = await startUpstream()
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await postgres.remove()
  await upstream.close()
})

const [openai] = clientFormats as [ClientFormat, ...ClientFormat[]]
const strange = 'sk-nobody-has-ever-seen-this-key'

/** Stopped at the end of the test, if that did not do so itself. */
async function start(url: string, env: Record<string, string> = {}): Promise<Rig> {
  const rig = await startRig({ upstream, env: { DATABASE_URL: url, ...env } })
  onTestFinished(() => rig.close())
  return rig
}

/** Calls by a key, all of which must be answered. The 99th percentile of their milliseconds. */
async function traffic(rig: Rig, key: string, count: number): Promise<number> {
  const times = await atOnce(count, 8, async () => {
    const began = performance.now()
    const reply = await ask(rig.gateway.url, openai, key, { model: 'openai/m' })
    expect(reply.status).toBe(200)
    return performance.now() - began
  })
  return times.toSorted((a, b) => a - b)[Math.floor(count * 0.99)] ?? Number.NaN
}

async function get(rig: Rig, path: string) {
  const began = performance.now()
  const response = await fetch(`${rig.gateway.url}${path}`)
  const body = await response.text()
  return { status: response.status, body, tookMs: performance.now() - began }
}

/** What the gateway must say of itself while the database is away; `slowMs` is how long it may take to find out. */
async function expectTruth(rig: Rig, slowMs: number): Promise<void> {
  await eventually('it is noticed', async () =>
    (await get(rig, '/health/readiness')).body.includes('disconnected'),
  )
  const began = performance.now()
  const refusals = clientFormats.map(async format => {
    const reply = await ask(rig.gateway.url, format, strange, { model: 'openai/m' })
    expect([format.name, reply.status]).toEqual([format.name, 503])
    expect(reply.error).toContain('database')
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })
  const [readiness, alive, generate] = await Promise.all([
    get(rig, '/health/readiness'),
    get(rig, '/health/liveliness'),
    rig.admin('/key/generate', {}),
    ...refusals,
  ])
  expect(performance.now() - began).toBeLessThan(slowMs)
  expect(generate.status).toBe(503)
  expect(Number(generate.headers.get('retry-after'))).toBeGreaterThan(0)
  // Taking every replica out of the load balancer would make the outage total.
  expect(readiness.status).toBe(200)
  expect(JSON.parse(readiness.body)).toMatchObject({ db: 'disconnected', status: 'degraded' })
  expect(readiness.body).toContain('The database cannot be reached')
  // Whoever probes does not wait for long.
  expect(readiness.tookMs).toBeLessThan(4_000)
  expect(alive.status).toBe(200)
  expect(alive.tookMs).toBeLessThan(4_000)
}

async function expectBooks(rig: Rig, key: string, calls: number): Promise<void> {
  await eventually('the gateway has noticed', async () =>
    (await get(rig, '/health/readiness')).body.includes('"connected"'),
  )
  const rows = await eventually('the spend has caught up', async () => {
    const found = await rowsOf(rig.gateway, key)
    return found.length >= calls && found
  })
  expect(rows.length).toBe(calls)
  expect(await spendOf(rig.gateway, key)).toBe(sumOf(rows))
}

test('PostgreSQL stops and comes back: known keys never notice, others are told to retry, the sums are exact', async () => {
  const rig = await start(await postgres.createDatabase('stopped'))
  const key = await rig.newKey()
  const unused = await rig.newKey()
  const usual = await traffic(rig, key, 200)
  await postgres.stop()
  const during = await traffic(rig, key, 200)
  expect(during).toBeLessThan(Math.max(usual * 5, 100))
  await expectTruth(rig, 3_000)
  await traffic(rig, key, 50)
  await postgres.start()
  await expectBooks(rig, key, 450)
  await eventually('it is healthy again', async () => {
    const { status } = JSON.parse((await get(rig, '/health/readiness')).body) as { status: string }
    return status === 'healthy'
  })
  expect((await ask(rig.gateway.url, openai, unused, { model: 'openai/m' })).status).toBe(200)
  expect((await ask(rig.gateway.url, openai, strange, { model: 'openai/m' })).status).toBe(401)
  expect((await rig.admin('/key/generate', {})).status).toBe(200)
  await rig.close()
})

test('DB black-hole: health stays green, traffic flows', async () => {
  const url = await postgres.createDatabase('silent')
  const proxy = await startTcpProxy(postgres.port)
  const rig = await start(url.replace(`:${postgres.port}/`, `:${proxy.port}/`))
  const key = await rig.newKey()
  const usual = await traffic(rig, key, 200)
  proxy.fallSilent()
  const during = await traffic(rig, key, 200)
  expect(during).toBeLessThan(Math.max(usual * 5, 100))
  await Promise.all([expectTruth(rig, 15_000), traffic(rig, key, 100)])
  proxy.recover()
  await expectBooks(rig, key, 500)
  await eventually('it is healthy again', async () => {
    const { status } = JSON.parse((await get(rig, '/health/readiness')).body) as { status: string }
    return status === 'healthy'
  })
  await rig.close()
  await proxy.close()
})

test('a gateway that starts while the database is down serves after it comes back', async () => {
  const url = await postgres.createDatabase('late')
  await postgres.stop()
  const rig = await start(url)
  await expectTruth(rig, 3_000)
  await traffic(rig, rig.gateway.masterKey, 20)
  await postgres.start()
  const key = await eventually('keys can be made', async () => {
    const response = await rig.admin('/key/generate', {})
    return response.ok && ((await response.json()) as { key: string }).key
  })
  await traffic(rig, key, 20)
  await expectBooks(rig, key, 20)
  await rig.close()
})

test('a key is trusted without the database for as long as the staleness bound says, then told to retry', async () => {
  const rig = await start(await postgres.createDatabase('stale'), { SLUICE_KEY_STALENESS_SECONDS: '2' })
  const key = await rig.newKey()
  await traffic(rig, key, 10)
  await postgres.stop()
  const stoppedAt = performance.now()
  await traffic(rig, key, 10)
  const refused = await eventually('the bound is reached', async () => {
    const reply = await ask(rig.gateway.url, openai, key, { model: 'openai/m' })
    if (reply.status === 200) return false
    return { ...reply, at: performance.now() }
  })
  expect(refused.status).toBe(503)
  // The last sync may have been a second before the stop.
  expect(refused.at - stoppedAt).toBeGreaterThan(800)
  expect(refused.at - stoppedAt).toBeLessThan(5_000)
  await postgres.start()
  await eventually('it is trusted again', async () => {
    const reply = await ask(rig.gateway.url, openai, key, { model: 'openai/m' })
    expect([200, 503]).toContain(reply.status)
    return reply.status === 200
  })
  await rig.close()
})
