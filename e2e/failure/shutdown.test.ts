import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { rowsOf, spendOf, sumOf } from './books.ts'
import { ask, type ClientFormat, clientFormats } from './client-formats.ts'
import { exchange } from './exchange.ts'

const upstream = await startUpstream()
const directory = await mkdtemp(join(tmpdir(), 'sluice-shutdown-'))
beforeEach(() => upstream.reset())
afterAll(async () => {
  await upstream.close()
  await rm(directory, { recursive: true, force: true })
})

const [openai] = clientFormats as [ClientFormat, ...ClientFormat[]]
const masterKey = 'sk-of-the-shutdown-test-0123456789'

/** Stopped at the end of the test, if that did not do so itself. */
async function start(name: string, env: Record<string, string> = {}): Promise<Rig> {
  const rig = await startRig({
    upstream,
    dataDirectory: join(directory, name),
    env: { LITELLM_MASTER_KEY: masterKey, ...env },
  })
  onTestFinished(() => rig.close())
  return rig
}

/** Opens streams and waits until each of them has shown text. */
async function openStreams(rig: Rig, key: string, count: number) {
  const begun = Array.from({ length: count }, () => Promise.withResolvers<void>())
  const answers = begun.map(({ resolve }, index) =>
    ask(
      rig.gateway.url,
      clientFormats[index % clientFormats.length] as ClientFormat,
      key,
      { model: ['openai/m', 'anthropic/m'][index % 2] as string, stream: true },
      { onData: () => resolve() },
    ),
  )
  await Promise.all(begun.map(({ promise }) => promise))
  return answers
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets open streams end, writes them down, and exits with 0',
  async signal => {
    const rig = await start(signal)
    const key = await rig.newKey()
    upstream.script({ reply: { events: 60 }, tokenIntervalMs: 20, times: 6 })
    const answers = await openStreams(rig, key, 6)
    const exited = once(rig.gateway.process, 'exit')
    rig.gateway.process.kill(signal)
    await eventually('new connections are refused', () =>
      exchange(rig.gateway.url, '/health/liveliness', { fresh: true }).then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      ),
    )
    expect(rig.gateway.process.exitCode).toBeNull()
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ complete: true, finished: true, error: undefined })
    }
    const ended = performance.now()
    expect(await exited).toEqual([0, null])
    // Idle connections that clients keep must not hold it up.
    expect(performance.now() - ended).toBeLessThan(20_000)
    await rig.close()

    const again = await start(signal)
    const rows = await rowsOf(again.gateway, key)
    expect(rows.length).toBe(6)
    expect(await spendOf(again.gateway, key)).toBe(sumOf(rows))
    await again.close()
  },
)

test('a second signal ends it at once', async () => {
  const rig = await start('twice')
  const key = await rig.newKey()
  upstream.script({ reply: { events: 10 }, cutAfterBytes: 1200, cutMode: 'hang', times: 2 })
  const answers = await openStreams(rig, key, 2)
  const broken = Promise.allSettled(answers)
  const exited = once(rig.gateway.process, 'exit')
  rig.gateway.process.kill('SIGTERM')
  await eventually('the first signal is heard', () =>
    rig.gateway.logs.some(line => line.includes('shutting down')),
  )
  const at = performance.now()
  rig.gateway.process.kill('SIGTERM')
  expect(await exited).toEqual([1, null])
  expect(performance.now() - at).toBeLessThan(10_000)
  await broken
  await rig.close()
})

test('streams that outlast the drain time are cut, never ended well, and still written down', async () => {
  const rig = await start('drained', { SLUICE_DRAIN_SECONDS: '0.3' })
  const key = await rig.newKey()
  upstream.script({ reply: { events: 10 }, cutAfterBytes: 1200, cutMode: 'hang', times: 4 })
  const answers = await openStreams(rig, key, 4)
  const exited = once(rig.gateway.process, 'exit')
  rig.gateway.process.kill('SIGTERM')
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'fulfilled') expect(answer.value.finished).toBe(false)
    else expect(String(answer.reason)).toContain('ends inside a frame')
  }
  expect(await exited).toEqual([0, null])
  await rig.close()

  const again = await start('drained')
  const rows = await rowsOf(again.gateway, key)
  expect(rows.length).toBe(4)
  for (const row of rows) expect(row.status).toBe('failure')
  expect(await spendOf(again.gateway, key)).toBe(sumOf(rows))
  await again.close()
})

test('a whole call under way is answered too', async () => {
  const rig = await start('whole')
  const key = await rig.newKey()
  upstream.script({ latencyMs: 500 })
  const answer = ask(rig.gateway.url, openai, key, { model: 'openai/m' })
  await upstream.until(() => upstream.requests.length === 1)
  const exited = once(rig.gateway.process, 'exit')
  rig.gateway.process.kill('SIGTERM')
  expect(await answer).toMatchObject({ status: 200, finished: true, complete: true })
  expect(await exited).toEqual([0, null])
  await rig.close()
})
