import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase, type TestDatabase } from '../test-database.ts'

let upstream: Upstream
let database: TestDatabase
let one: Rig
let two: Rig

function start(masterKey?: string): Promise<Rig> {
  const row = (model: string) => deployment(upstream, 'openai', 'canary', { id: model }, model)
  return startRig({
    upstream,
    models: [row('stable'), row('fresh')],
    config: { general_settings: { database_url: database.url } },
    ...(masterKey === undefined ? {} : { env: { LITELLM_MASTER_KEY: masterKey } }),
  })
}

beforeAll(async () => {
  ;[upstream, database] = await Promise.all([startUpstream(), openTestDatabase()])
  one = await start()
  two = await start(one.gateway.masterKey)
})
beforeEach(async () => {
  await patch(one, { stable: null, fresh: null })
  await eventually('both replicas are as configured', async () => (await setOn(two)).size === 0)
  upstream.reset()
})
afterAll(async () => {
  await two.close()
  await one.close()
  await upstream.close()
  await database.close()
})

type Row = { model_id: string; configured: number; set: number | null; share: number | null }

function patch(rig: Rig, weights: unknown, key = rig.gateway.masterKey): Promise<Response> {
  return fetch(`${rig.gateway.url}/router/weights`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ weights }),
  })
}

async function rowsOn(rig: Rig): Promise<Row[]> {
  const answer = (await (await rig.admin('/router/weights')).json()) as {
    groups: { model_group: string; deployments: Row[] }[]
  }
  return answer.groups.find(({ model_group }) => model_group === 'canary')?.deployments ?? []
}

const setOn = async (rig: Rig) =>
  new Map((await rowsOn(rig)).flatMap(({ model_id, set }) => (set === null ? [] : [[model_id, set]])))

/** Asks that often and gives how many calls each deployment got. */
async function spread(rig: Rig, times: number): Promise<{ stable: number; fresh: number }> {
  upstream.reset()
  const client = new OpenAI({
    apiKey: rig.gateway.masterKey,
    baseURL: `${rig.gateway.url}/v1`,
    maxRetries: 0,
  })
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  await Promise.all(
    Array.from({ length: times }, () => client.chat.completions.create({ model: 'canary', messages })),
  )
  const count = (model: string) =>
    upstream.requests.filter(({ body }) => (body as { model: string }).model === model).length
  return { stable: count('stable'), fresh: count('fresh') }
}

describe('weights set at run time', () => {
  test('all calls go to one from the next on, on every replica, and after a restart', async () => {
    const even = await spread(one, 60)
    expect(Math.min(even.stable, even.fresh)).toBeGreaterThan(5)
    const response = await patch(one, { stable: 0, fresh: 1 })
    expect(response.status).toBe(200)
    expect(await spread(one, 40)).toEqual({ stable: 0, fresh: 40 })
    await eventually('the other replica hears of it', async () => (await setOn(two)).get('stable') === 0)
    expect(await spread(two, 40)).toEqual({ stable: 0, fresh: 40 })
    const three = await start(one.gateway.masterKey)
    try {
      expect(await spread(three, 40)).toEqual({ stable: 0, fresh: 40 })
    } finally {
      await three.close()
    }
    await patch(two, { stable: null, fresh: null })
    const again = await spread(two, 60)
    expect(Math.min(again.stable, again.fresh)).toBeGreaterThan(5)
  })

  test('a call under way stays where it is', async () => {
    upstream.script({ latencyMs: 500, times: 1 })
    await patch(one, { fresh: 0 })
    const client = new OpenAI({ apiKey: one.gateway.masterKey, baseURL: `${one.gateway.url}/v1` })
    const stream = client.chat.completions.create({
      model: 'canary',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    await upstream.until(() => upstream.requests.length === 1)
    await patch(one, { stable: 0, fresh: 1 })
    expect((await stream).choices[0]?.message.content).toBe('You said: Hello')
    expect(upstream.requests.map(({ body }) => (body as { model: string }).model)).toEqual(['stable'])
  })

  test('GET says what is configured, set, and the share that follows', async () => {
    await patch(one, { stable: 99 })
    expect(await rowsOn(one)).toMatchObject([
      { model_id: 'stable', configured: 1, set: 99, share: 0.99 },
      { model_id: 'fresh', configured: 1, set: null, share: 0.01 },
    ])
  })

  test('what was set for a deployment that is not configured is told, kept, and taken away by null', async () => {
    await patch(one, { fresh: 3 })
    const row = deployment(upstream, 'openai', 'canary', { id: 'stable' }, 'stable')
    const without = await startRig({
      upstream,
      models: [row],
      config: { general_settings: { database_url: database.url } },
      env: { LITELLM_MASTER_KEY: one.gateway.masterKey },
    })
    try {
      const unknown = async () =>
        ((await (await without.admin('/router/weights')).json()) as { unknown: object }).unknown
      expect(await unknown()).toEqual({ fresh: 3 })
      expect((await patch(without, { fresh: 4 })).status).toBe(400)
      expect((await patch(without, { fresh: null })).status).toBe(200)
      expect(await unknown()).toEqual({})
    } finally {
      await without.close()
    }
  })

  test.each([
    [{ stable: -1 }, 'weights.stable'],
    [{ stable: 'much' }, 'weights.stable'],
    [{ stable: 1e7 }, 'weights.stable'],
    [{ stabel: 1 }, 'weights.stabel'],
    [{}, 'weights'],
    [[1], 'weights'],
    [undefined, 'weights'],
  ])('%j is refused, naming %s, and changes nothing', async (weights, field) => {
    const response = await patch(one, weights)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: field, message: expect.stringContaining(field) } },
    ])
    expect(await setOn(one)).toEqual(new Map())
  })

  test('a key may neither set nor see them', async () => {
    const key = await one.newKey()
    expect((await patch(one, { stable: 0 }, key)).status).toBe(403)
    const response = await fetch(`${one.gateway.url}/router/weights`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(response.status).toBe(403)
    expect((await fetch(`${one.gateway.url}/router/weights`)).status).toBe(401)
  })
})
