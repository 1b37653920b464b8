import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'

let rig: Rig
let mine: string
let other: string
beforeAll(async () => {
  // Spend is written late, so that scores come before their calls are in the database.
  rig = await startRig({ config: { general_settings: { proxy_batch_write_at: 2 } } })
  ;[mine, other] = await Promise.all([rig.newKey(), rig.newKey()])
})
afterAll(() => rig.close())

/** Makes a call and gives its id. */
async function call(key: string, headers: Record<string, string> = {}): Promise<string> {
  const client = new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
  const { response } = await client.chat.completions
    .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }, { headers })
    .withResponse()
  return response.headers.get('x-litellm-call-id') ?? ''
}

type Answer = { call_ids: string[]; error: { message: string; param: string } }

async function score(key: string, body: object, path = '/v1/feedback'): Promise<[number, Answer]> {
  const response = await post(rig.gateway, path, { score: 0.9, ...body }, key)
  return [response.status, (await response.json()) as Answer]
}

interface Listed {
  data: { call_id: string; score: number; comment: string | null; name: string; model_id: string }[]
  total_count: number
}
const listed = async (query: string) => (await (await rig.admin(`/v1/feedback?${query}`)).json()) as Listed

describe('feedback', () => {
  test('is taken at once, before the call is in the database, and after it', async () => {
    const id = await call(mine)
    expect(await score(mine, { call_id: id, comment: 'good' })).toMatchObject([200, { call_ids: [id] }])
    expect(await listed(`call_id=${id}`)).toMatchObject({
      data: [
        { call_id: id, score: 0.9, comment: 'good', name: 'score', model_id: expect.stringMatching(/./) },
      ],
    })
    await eventually('the row is written', async () => {
      const rows = (await (await rig.admin(`/spend/logs?request_id=${id}`)).json()) as unknown[]
      return rows.length === 1
    })
    expect(await score(mine, { call_id: id, score: 0 })).toMatchObject([200, { call_ids: [id] }])
    expect(await listed(`call_id=${id}`)).toMatchObject({
      data: [{ score: 0, comment: null }],
      total_count: 1,
    })
  })

  test('reaches each call of a trace or a session, and a call by the client’s own name', async () => {
    const ids = [
      await call(mine, { 'x-litellm-trace-id': 'trace-1', 'x-litellm-call-id': 'my-call' }),
      await call(mine, { 'x-litellm-trace-id': 'trace-1', 'x-litellm-session-id': 'session-1' }),
    ]
    expect(ids[0]).toBe('my-call')
    const [status, { call_ids: traced }] = await score(mine, { trace_id: 'trace-1' }, '/feedback')
    expect([status, traced.length]).toEqual([200, 2])
    expect((await score(mine, { session_id: 'session-1' }))[1].call_ids).toEqual([ids[1]])
    expect((await score(mine, { call_id: 'my-call' }))[1].call_ids).toHaveLength(1)
  })

  test('a key cannot score another key’s call, and hears the same as of a call that does not exist', async () => {
    const id = await call(mine, { 'x-litellm-session-id': 'shared-name' })
    const [status, foreign] = await score(other, { call_id: id })
    const [missing, nothing] = await score(other, { call_id: 'no-such-call' })
    expect([status, missing]).toEqual([404, 404])
    expect(foreign).toEqual(nothing)
    expect((await score(other, { session_id: 'shared-name' }))[0]).toBe(404)
    expect((await listed(`call_id=${id}`)).total_count).toBe(0)
    expect((await score(rig.gateway.masterKey, { call_id: id }))[0]).toBe(200)
  })

  test.each([
    [{ score: 1.1, call_id: 'x' }, 'score'],
    [{ score: -0.1, call_id: 'x' }, 'score'],
    [{ score: '1', call_id: 'x' }, 'score'],
    [{ score: 1 }, 'call_id'],
    [{ call_id: 'x', trace_id: 'y' }, 'call_id'],
    [{ call_id: 'x', comment: 'c'.repeat(2_001) }, 'comment'],
    [{ call_id: 'x', name: 'n'.repeat(65) }, 'name'],
    [{ call_id: 'x', note: 'n' }, 'note'],
  ])('refuses %j, naming %s', async (body, field) => {
    expect(await score(mine, body)).toMatchObject([400, { error: { param: field } }])
  })

  test('is read by the admin alone, and given by nobody without a key', async () => {
    expect((await post(rig.gateway, '/v1/feedback', undefined, mine)).status).toBe(403)
    expect((await post(rig.gateway, '/v1/feedback', { call_id: 'x', score: 1 }, 'sk-none')).status).toBe(401)
    const restricted = await rig.newKey({ allowed_routes: ['/chat/completions'] })
    expect((await score(restricted, { call_id: 'x' }))[0]).toBe(403)
    const allowed = await rig.newKey({ allowed_routes: ['llm_api_routes'] })
    expect((await score(allowed, { call_id: 'x' }))[0]).toBe(404)
  })

  test('of one key is bounded', async () => {
    const busy = await rig.newKey()
    const many = Array.from({ length: 620 }, () => score(busy, { call_id: 'x' }))
    const statuses = new Map<number, number>()
    for (const [status] of await Promise.all(many)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
    expect(statuses).toEqual(
      new Map([
        [404, 600],
        [429, 20],
      ]),
    )
    expect((await score(mine, { call_id: 'x' }))[0]).toBe(404)
  })
})
