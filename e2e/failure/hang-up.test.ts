import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Rig, startRig } from '../gateway.ts'
import { rowsOf, spendOf, sumOf } from './books.ts'
import { ask, type ClientFormat, clientFormats } from './client-formats.ts'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
beforeEach(() => rig.upstream.reset())
afterAll(() => rig.close())

const [openai] = clientFormats as [ClientFormat, ...ClientFormat[]]
const pairs = [
  ['relayed', 'openai/m'],
  ['translated', 'anthropic/m'],
] as const

/** Asks and hangs up as soon as `when` holds. Gives the time of the hang-up, milliseconds since the epoch. */
async function hangUp(key: string, model: string, stream: boolean, when: 'asked' | 'text'): Promise<number> {
  let leave = () => {}
  const gone = Promise.withResolvers<number>()
  const call = ask(
    rig.gateway.url,
    openai,
    key,
    { model, stream },
    {
      fresh: true,
      onRequest(request) {
        leave = () => {
          gone.resolve(Date.now())
          request.destroy()
        }
        if (when === 'asked')
          rig.upstream.until(() => rig.upstream.requests.length === 1).then(leave, gone.reject)
      },
      onData(body) {
        if (body.includes('uick')) leave()
      },
    },
  )
  // The hang-up is what it rejects with, or what cuts its answer short.
  call.catch(() => {})
  return gone.promise
}

describe.each(pairs)('a client that hangs up on a %s call', (_kind, model) => {
  test('aborts the upstream within 50 ms, in a stream and before any answer', async () => {
    const key = await rig.newKey()
    for (const stream of [true, false]) {
      const delays: number[] = []
      for (let round = 0; round < 5; round++) {
        rig.upstream.reset()
        rig.upstream.script(stream ? { reply: { events: 500 }, tokenIntervalMs: 10 } : { latencyMs: 10_000 })
        const at = await hangUp(key, model, stream, stream ? 'text' : 'asked')
        await rig.upstream.until(() => rig.upstream.aborted.length === 1)
        delays.push((rig.upstream.aborted[0]?.at ?? Number.NaN) - at)
      }
      // The median: a shared machine may hold up any single one.
      expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(50)
    }
  })

  test('frees the place it held and pays for what it saw', async () => {
    const key = await rig.newKey({ max_parallel_requests: 1, max_budget: 1 })
    rig.upstream.script({ reply: { events: 500 }, tokenIntervalMs: 10 })
    await hangUp(key, model, true, 'text')
    const [row] = await eventually('the call is written down', async () => {
      const rows = await rowsOf(rig.gateway, key)
      return rows.length > 0 && rows
    })
    expect(row?.completion_tokens).toBeGreaterThan(0)
    expect(row?.completion_tokens).toBeLessThan(500)
    expect(row?.spend).toBeGreaterThan(0)
    expect(row?.metadata).toMatchObject({ client_disconnected: true, usage_estimated: true })
    expect((await ask(rig.gateway.url, openai, key, { model })).status).toBe(200)
    const rows = await eventually('both calls are written down', async () => {
      const all = await rowsOf(rig.gateway, key)
      return all.length === 2 && all
    })
    expect(await spendOf(rig.gateway, key)).toBe(sumOf(rows))
  })

  test('ends the retries too', async () => {
    const key = await rig.newKey()
    rig.upstream.script({ status: 500, times: 5 })
    const patient = await ask(
      rig.gateway.url,
      openai,
      key,
      { model },
      { headers: { 'x-litellm-num-retries': '1' } },
    )
    expect(patient.status).toBe(500)
    expect(rig.upstream.requests.length).toBe(2)

    rig.upstream.reset()
    rig.upstream.script({ status: 500, retryAfterSeconds: 1, times: 5 })
    const request = ask(
      rig.gateway.url,
      openai,
      key,
      { model },
      {
        fresh: true,
        headers: { 'x-litellm-num-retries': '4' },
        onRequest: sent =>
          void rig.upstream.until(() => rig.upstream.requests.length === 1).then(() => sent.destroy()),
      },
    )
    await expect(request).rejects.toThrow()
    await eventually('the call is over', async () => (await rowsOf(rig.gateway, key)).length === 2)
    expect(rig.upstream.requests.length).toBe(1)
  })
})
