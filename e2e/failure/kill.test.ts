import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'
import { atOnce } from './at-once.ts'
import { rowsOf, type SpendLog, spendOf, sumOf } from './books.ts'
import { ask, type ClientFormat, clientFormats, type Understood } from './client-formats.ts'
import type { Exchange } from './exchange.ts'

const masterKey = 'sk-of-the-kill-test-0123456789abc'
const upstream = await startUpstream()
const directory = await mkdtemp(join(tmpdir(), 'sluice-kill-'))
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await postgres.remove()
  await upstream.close()
  await rm(directory, { recursive: true, force: true })
})

/** Stopped at the end of the test, if that did not do so itself. */
async function start(name: string, databaseUrl: string | undefined): Promise<Rig> {
  const rig = await startRig({
    upstream,
    dataDirectory: join(directory, name),
    env: { LITELLM_MASTER_KEY: masterKey, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
    // Slow enough that a kill finds rows which the database has not got yet.
    config: { general_settings: { proxy_batch_write_at: 0.2 } },
  })
  onTestFinished(() => rig.close())
  return rig
}

async function kill(rig: Rig): Promise<void> {
  const exited = once(rig.gateway.process, 'exit')
  rig.gateway.process.kill('SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
  await rig.close()
}

/** One of every format, relayed and translated, whole and streamed, in turn. The id, if the client saw it finished. */
async function call(rig: Rig, key: string, index: number): Promise<string | undefined> {
  const format = clientFormats[index % 3] as ClientFormat
  const model = ['openai/m', 'anthropic/m', 'gemini/m'][Math.floor(index / 3) % 3] as string
  const stream = index % 2 === 1
  const reply: (Exchange & Understood) | undefined = await ask(rig.gateway.url, format, key, {
    model,
    stream,
  }).catch(() => undefined)
  const finished = reply?.complete && reply.finished && reply.error === undefined
  return finished ? String(reply.headers['x-litellm-call-id']) : undefined
}

/** Every id once, and none but those of this test. */
async function expectExact(
  rig: Rig,
  key: string,
  finished: readonly string[],
  mostRows: number,
): Promise<void> {
  const rows: readonly SpendLog[] = await eventually('what was finished is written down', async () => {
    const found = await rowsOf(rig.gateway, key)
    const ids = new Set(found.map(row => row.request_id))
    return finished.every(id => ids.has(id)) && found
  })
  expect(new Set(finished).size).toBe(finished.length)
  expect(new Set(rows.map(row => row.request_id)).size).toBe(rows.length)
  expect(rows.length).toBeLessThanOrEqual(mostRows)
  expect(await spendOf(rig.gateway, key)).toBe(sumOf(rows))
  for (const row of rows) if (row.status === 'success') expect(row.spend).toBeGreaterThan(0)
}

describe.each(['embedded database', 'PostgreSQL'] as const)('kill -9 on the %s', kind => {
  const databaseFor = async (name: string) =>
    kind === 'PostgreSQL' ? await postgres.createDatabase(name) : undefined

  test('right after the last answer loses no call and counts none twice', async () => {
    const url = await databaseFor('after')
    const name = `${kind} after`
    let rig = await start(name, url)
    const key = await rig.newKey()
    const ids: string[] = []
    // A second round on what the first one left behind.
    for (const count of [300, 90]) {
      const finished = await atOnce(count, 24, index => call(rig, key, index))
      await kill(rig)
      expect(finished).not.toContain(undefined)
      ids.push(...(finished as string[]))
      rig = await start(name, url)
      await expectExact(rig, key, ids, ids.length)
    }
    await rig.close()
  })

  test('in the middle of calls and streams loses none that was finished and counts none twice', async () => {
    const url = await databaseFor('middle')
    const name = `${kind} middle`
    let rig = await start(name, url)
    const key = await rig.newKey()
    upstream.script({ match: { model: 'slow' }, reply: { events: 400 }, tokenIntervalMs: 10, times: 12 })
    const streams = Array.from({ length: 12 }, () =>
      ask(rig.gateway.url, clientFormats[0] as ClientFormat, key, {
        model: 'openai/slow',
        stream: true,
      }).then(
        reply => reply.finished,
        () => false,
      ),
    )
    let ended = 0
    let killed: Promise<void> | undefined
    const finished = await atOnce(300, 24, async index => {
      const id = await call(rig, key, index)
      if (++ended === 150) killed = kill(rig)
      return id
    })
    await killed
    expect(await Promise.all(streams)).not.toContain(true)
    const ids = finished.filter(id => id !== undefined)
    expect(ids.length).toBeGreaterThanOrEqual(140)
    expect(ids.length).toBeLessThan(300)
    rig = await start(name, url)
    await expectExact(rig, key, ids, ids.length + 24 + 12)
    await rig.close()
  })
})

test('two replicas on one PostgreSQL: one is killed, the other goes on, and the books are exact', async () => {
  const url = await postgres.createDatabase('replicas')
  const rigs = await Promise.all([start('replica 1', url), start('replica 2', url)])
  const [first, second] = rigs as [Rig, Rig]
  const key = await first.newKey()
  let ended = 0
  let killed: Promise<void> | undefined
  const finished = await atOnce(400, 24, async index => {
    const id = await call(index % 2 === 0 ? first : second, key, index >> 1)
    if (++ended === 150) killed = kill(first)
    return { id, index }
  })
  await killed
  expect(finished.filter(({ id, index }) => index % 2 === 1 && id === undefined)).toEqual([])
  const again = await start('replica 1', url)
  const ids = finished.flatMap(({ id }) => id ?? [])
  await expectExact(second, key, ids, ids.length + 24)
  await expectExact(again, key, ids, ids.length + 24)
  await Promise.all([again.close(), second.close()])
})
