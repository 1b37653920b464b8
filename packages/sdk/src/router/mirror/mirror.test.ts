import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openRecord } from '../../callbacks/records.ts'
import { askChat, asSent, deploymentAt, rejectionOf, testHost } from '../../testing/ask.ts'
import type { CallRecord } from '../../types/call-record.ts'
import type { ChatRequest } from '../../types/chat.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { JsonObject } from '../../types/json.ts'
import { type Route, RouteTable, type RoutingHost, type RoutingSettings } from '../router.ts'
import { MirrorLane } from './mirror-lane.ts'

let upstream: Upstream
const host = testHost()
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

const SETTINGS = {
  ...{
    retries: 2,
    timeoutMs: 5_000,
    allowedFails: 3,
    cooldownMs: 60_000,
    disableCooldowns: true,
    retryAfterMs: 0,
  },
  ...{
    groupAliases: new Map(),
    fallbacks: new Map(),
    defaultFallbacks: [],
    contextWindowFallbacks: new Map(),
  },
  ...{ contentPolicyFallbacks: new Map(), maxFallbacks: 5, streamTimeoutMs: undefined },
} satisfies RoutingSettings

/** A table whose group `main` is mirrored, and the records of the copies as they end. */
function scene(
  main: Partial<Deployment> = { silentModels: ['silent'] },
  settings: Partial<RoutingSettings> = {},
  surroundings: Partial<RoutingHost> = {},
) {
  const one = (id: string, over: Partial<Deployment> = {}) =>
    deploymentAt(`${upstream.url}/v1`, { id, group: id, model: id, ...over })
  const ended: CallRecord[] = []
  const faults: unknown[] = []
  const mirror: RoutingHost['mirror'] = {
    ended: record => void ended.push(record),
    fault: error => faults.push(error),
  }
  const table = new RouteTable(
    [one('main', main), one('silent', { silentModels: ['other'] }), one('other')],
    { ...SETTINGS, ...settings },
    { ...host, mirror, ...surroundings },
  )
  return { table, ended, faults, over: () => vi.waitUntil(() => table.mirrors.counts.running === 0) }
}

function route(over: Partial<Route<'chat'>> = {}, request: Partial<ChatRequest> = {}): Route<'chat'> {
  const { deployment: _d, timeoutMs: _t, now: _n, ...ask } = askChat(deploymentAt(''), request)
  const facts = { id: ask.id, callId: 'their-id', endpoint: 'chat', format: 'openai-chat' } as const
  const record = openRecord({ ...facts, startedAt: Date.now(), requestedModel: 'main' })
  return { ...ask, model: 'main', record, ...over }
}

const bodies = () => upstream.requests.map(({ body }) => body as JsonObject)
const asked = () => bodies().map(({ model }) => model)

describe('a mirrored call', () => {
  test('goes to the silent group with the same body, once, and its record says whose copy it is', async () => {
    const { table, ended, over } = scene()
    const primary = route({}, { temperature: 0.3, user: 'ann' })
    primary.record.tags.push('team-a')
    const reply = await table.run(primary)
    expect(reply.kind).toBe('whole')
    await over()
    const [first, copy] = bodies()
    expect(asked()).toEqual(['main', 'silent'])
    expect({ ...copy, model: '' }).toEqual({ ...first, model: '' })
    expect(ended).toHaveLength(1)
    expect(ended[0]).toMatchObject({
      ...{ requestedModel: 'silent', status: 'success', tags: ['silent_experiment'] },
      metadata: { is_silent_experiment: true, mirror_of: 'their-id' },
      attempts: [{ deploymentId: 'silent', meter: { usage: { prompt_tokens: expect.any(Number) } } }],
    })
    expect(ended[0]?.caller).toBeUndefined()
    expect(ended[0]?.id).not.toBe(primary.record.id)
    expect(primary.record.attempts.map(({ deploymentId }) => deploymentId)).toEqual(['main'])
  })

  test('of a client’s own bytes has these bytes, and a stream is read to its end', async () => {
    const { table, ended, over } = scene()
    const {
      deployment: _d,
      timeoutMs: _t,
      now: _n,
      ...sent
    } = asSent(
      askChat(deploymentAt(''), {}),
      '{ "model":"main", "stream":true, "messages":[{"role":"user","content":"Hi"}], "seed":7 }',
    )
    const reply = await table.run(route({ ...sent, model: 'main' } as Partial<Route<'chat'>>))
    expect(reply.kind).toBe('relay-stream')
    if (reply.kind === 'relay-stream') reply.abort()
    await over()
    const [sentOne, copy] = upstream.requests.map(({ raw }) => raw.toString().replace(/main|silent/, 'X'))
    expect(copy).toBe(sentOne)
    expect(copy).toContain('"seed":7')
    expect(ended[0]).toMatchObject({ status: 'success', firstTokenAt: expect.any(Number) })
  })

  test('takes none of the caller’s headers along, and stays in its region', async () => {
    const { table, ended, over } = scene({ silentModels: ['silent'], region: 'eu' })
    await table.run(route({ headers: { 'x-secret-of-caller': 's' }, region: 'eu' }))
    await over()
    expect(asked()).toEqual(['main'])
    expect(ended[0]).toMatchObject({ status: 'failure', error: { name: 'BadRequestError' } })
    const other = scene()
    await other.table.run(route({ headers: { 'x-secret-of-caller': 's' } }))
    await other.over()
    expect(upstream.requests.map(({ headers }) => headers['x-secret-of-caller'])).toEqual([
      's',
      's',
      undefined,
    ])
  })

  test('is sent once, though the call is tried again, and its failure is nobody’s', async () => {
    upstream.script({ status: 500, match: { model: 'main' } })
    upstream.script({ status: 500, match: { model: 'silent' }, times: 9 })
    const { table, ended, over } = scene()
    await table.run(route())
    await over()
    expect(asked().sort()).toEqual(['main', 'main', 'silent'])
    expect(ended[0]).toMatchObject({ status: 'failure', error: { name: 'InternalServerError' } })
  })

  test('goes its way when the call fails, and the caller hears of its own failure only', async () => {
    upstream.script({ status: 500, match: { model: 'main' }, times: 9 })
    const { table, ended, over } = scene()
    expect(await rejectionOf(table.run(route({ retries: 0 })))).toMatchObject({ status: 500, model: 'main' })
    await over()
    expect(ended[0]?.status).toBe('success')
  })

  test('is nobody’s to wait for: a silent group that hangs changes nothing, nor does a caller who hangs up', async () => {
    upstream.script({ failure: 'server', latencyMs: 60_000, match: { model: 'silent' } })
    const { table } = scene()
    const caller = new AbortController()
    await table.run(route({ signal: caller.signal }))
    await vi.waitUntil(() => asked().includes('silent'))
    caller.abort()
    expect(upstream.aborted).toHaveLength(0)
    expect(table.mirrors.counts).toEqual({ running: 1, sent: 1, skipped: 0 })
    await table.mirrors.close(0)
    expect(table.mirrors.counts.running).toBe(0)
  })
})

describe('what is mirrored', () => {
  test('to each of several groups', async () => {
    const { table, over } = scene({ silentModels: ['silent', 'other', 'nobody'] })
    await table.run(route())
    await over()
    expect(asked().sort()).toEqual(['main', 'other', 'silent'])
  })

  test.each([
    [0.25, 0.2, 2],
    [0.25, 0.25, 1],
    [0, 0, 1],
    [1, 0.99, 2],
  ])('a share of %d, drawn by chance: %d makes %d requests', async (silentShare, drawn, requests) => {
    const { table, over } = scene({ silentModels: ['silent'], silentShare }, {}, { random: () => drawn })
    await table.run(route())
    await over()
    expect(upstream.requests).toHaveLength(requests)
  })

  test('so many at one time; the others are counted', async () => {
    upstream.script({ failure: 'server', latencyMs: 60_000, match: { model: 'silent' }, times: 9 })
    const { table } = scene(undefined, { maxMirrored: 2 })
    for (let index = 0; index < 5; index++) await table.run(route())
    expect(table.mirrors.counts).toEqual({ running: 2, sent: 2, skipped: 3 })
    await table.mirrors.close(0)
  })

  test('neither made-up answers nor what is not the same when asked twice', async () => {
    const { table } = scene()
    await table.run(route({ overrides: { mockResponse: 'made up' } }))
    const { deployment: _d, ...speech } = askChat(deploymentAt(''))
    await table.run({
      ...{ ...speech, ...route(), endpoint: 'speech', clientFormat: 'openai-speech' },
      request: { model: 'main', input: 'Hello', voice: 'alloy' },
    } as never)
    expect(table.mirrors.counts.sent).toBe(0)
  })
})

describe('the lane', () => {
  test('waits at its end for what is under way, and cuts off what takes longer', async () => {
    const lane = new MirrorLane()
    const seen: string[] = []
    lane.run(
      async () => void seen.push('quick'),
      () => {},
    )
    const cut = (signal: AbortSignal) =>
      new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(void seen.push('cut'))))
    lane.run(cut, () => {})
    await lane.close(20)
    expect(seen).toEqual(['quick', 'cut'])
    expect(lane.admits(100)).toBe(false)
  })

  test('tells of what fails', async () => {
    const lane = new MirrorLane()
    const faults: unknown[] = []
    lane.run(
      () => Promise.reject(new Error('x')),
      error => faults.push(error),
    )
    await lane.close(1_000)
    expect(faults).toEqual([new Error('x')])
  })
})
