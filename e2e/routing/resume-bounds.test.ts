import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { rowsOf, spendOf, sumOf } from '../failure/books.ts'
import { type Rig, startRig } from '../gateway.ts'
import { begin, goOn, readUntil } from './resumable.ts'

const upstream = await startUpstream()
const directory = await mkdtemp(join(tmpdir(), 'sluice-resume-'))
const masterKey = 'sk-of-the-resume-test-0123456789'
beforeEach(() => upstream.reset())
afterAll(async () => {
  await upstream.close()
  await rm(directory, { recursive: true, force: true })
})

async function start(settings: object, drainSeconds = '5'): Promise<Rig> {
  const rig = await startRig({
    upstream,
    dataDirectory: directory,
    config: { general_settings: { resumable_streams: settings } },
    env: { LITELLM_MASTER_KEY: masterKey, SLUICE_DRAIN_SECONDS: drainSeconds },
  })
  onTestFinished(() => rig.close())
  return rig
}

test('a stream that nobody reads holds a shutdown no longer than the drain time, and is written down', async () => {
  const rig = await start({ grace_seconds: 600 }, '0.5')
  const key = await rig.newKey()
  upstream.script({ reply: { events: 100_000 }, tokenIntervalMs: 10 })
  const { leave } = await readUntil(await begin(rig.gateway.url, key), 'uick')
  leave()
  const exited = once(rig.gateway.process, 'exit')
  const at = performance.now()
  rig.gateway.process.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  expect(performance.now() - at).toBeLessThan(60_000)
  expect(upstream.aborted.length).toBe(1)
  await rig.close()

  const again = await start({})
  const rows = await rowsOf(again.gateway, key)
  expect(rows).toMatchObject([{ status: 'failure', metadata: { client_disconnected: true } }])
  expect(await spendOf(again.gateway, key)).toBe(sumOf(rows))
})

test('one that ends within the drain time ends well without anybody', async () => {
  const rig = await start({ grace_seconds: 600 })
  const key = await rig.newKey()
  upstream.script({ reply: { events: 40 }, tokenIntervalMs: 10 })
  const { leave } = await readUntil(await begin(rig.gateway.url, key), 'uick')
  leave()
  const exited = once(rig.gateway.process, 'exit')
  rig.gateway.process.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  await rig.close()
  const again = await start({})
  expect(await rowsOf(again.gateway, key)).toMatchObject([{ status: 'success' }])
})

test('switched off, the header is ignored with a receipt, and an id is refused and not called anew', async () => {
  const rig = await start({ enabled: false })
  const key = await rig.newKey()
  const plain = await begin(rig.gateway.url, key)
  expect(plain.headers.get('x-sluice-stream-id')).toBeNull()
  expect(plain.headers.get('x-sluice-warnings')).toContain('ignored x-sluice-resumable')
  expect(await plain.text()).toContain('[DONE]')
  expect((await goOn(rig.gateway.url, key, `${'a'.repeat(22)}.1`)).status).toBe(404)
  expect(upstream.requests.length).toBe(1)
})

test('a key with too many of them under way gets a plain stream, whose hang-up aborts the provider', async () => {
  const rig = await start({ max_streams_per_key: 1 })
  const key = await rig.newKey()
  upstream.script({ reply: { events: 2_000 }, tokenIntervalMs: 10, times: 2 })
  const first = await readUntil(await begin(rig.gateway.url, key), 'uick')
  const second = await begin(rig.gateway.url, key)
  expect(second.headers.get('x-sluice-stream-id')).toBeNull()
  expect(second.headers.get('x-sluice-warnings')).toContain('ignored x-sluice-resumable')
  const { leave } = await readUntil(second, 'uick')
  const left = Date.now()
  leave()
  await upstream.until(() => upstream.aborted.length === 1)
  expect((upstream.aborted[0]?.at ?? Number.NaN) - left).toBeLessThan(1_000)
  first.leave()
})

test('nobody there, the provider is read no faster than the stream has room; a reader gets all of it', async () => {
  const rig = await start({ max_stream_size_mb: 1, grace_seconds: 60 })
  const key = await rig.newKey()
  upstream.script({ reply: { events: 500, textBytes: 10_000_000 }, tokenIntervalMs: 2 })
  const { whole, lastId, leave } = await readUntil(await begin(rig.gateway.url, key), '"content"')
  leave()
  const rest = await goOn(rig.gateway.url, key, lastId)
  expect(rest.status).toBe(200)
  const text = whole + (await rest.text())
  expect(text).toContain('[DONE]')
  const numbers = [...text.matchAll(/^id: .{22}\.(\d+)$/gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  // Its beginning made room.
  const gone = await goOn(rig.gateway.url, key, lastId)
  expect(gone.status).toBe(410)
  expect(await gone.json()).toMatchObject({ error: { param: 'last-event-id' } })
})
