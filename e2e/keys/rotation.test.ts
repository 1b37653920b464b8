import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import OpenAI from 'openai'
import { afterAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'

/** Whoever receives the new secrets of keys that are rotated by themselves. */
interface Delivery {
  readonly event: string
  readonly key: string
  readonly previous_token: string
  readonly grace_period: string
  readonly isSigned: boolean
}
const deliveries: Delivery[] = []
let answer = 200
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', part => (body += String(part)))
  request.on('end', () => {
    const [, time, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['x-sluice-signature'])) ?? []
    const wanted = createHmac('sha256', 'hook-secret').update(`${time}.${body}`).digest('hex')
    deliveries.push({ ...(JSON.parse(body) as Delivery), isSigned: signature === wanted })
    response.writeHead(answer).end()
  })
})
await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
const env = {
  WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
  SLUICE_WEBHOOK_SECRET: 'hook-secret',
  LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS: '1',
}

const database = await openTestDatabase()
const sqlite = await startRig()
const config = { general_settings: { database_url: database.url } }
const one = await startRig({ upstream: sqlite.upstream, config, env })
const two = await startRig({
  upstream: sqlite.upstream,
  config,
  env: { ...env, LITELLM_MASTER_KEY: one.gateway.masterKey },
})
afterAll(async () => {
  await Promise.all([two.close(), one.close()])
  await sqlite.close()
  await database.close()
  receiver.close()
})

interface Call {
  readonly secret: string
  readonly startedAt: number
  readonly endedAt: number
  /** 200 where the whole stream came. */
  readonly status: number
}

/** One stream through the official client, read to its end. */
async function stream(rig: Rig, secret: string, model = 'gpt-4o'): Promise<Call> {
  const startedAt = Date.now()
  const done = (status: number): Call => ({ secret, startedAt, endedAt: Date.now(), status })
  try {
    const answered = await openaiClient(rig, secret).chat.completions.create({
      ...{ model, stream: true, messages: [{ role: 'user', content: 'Count to three' }] },
    })
    let reason: string | null | undefined
    for await (const chunk of answered) reason = chunk.choices[0]?.finish_reason ?? reason
    return done(reason === 'stop' ? 200 : 599)
  } catch (error) {
    if (error instanceof OpenAI.APIError && error.status !== undefined) return done(error.status)
    throw error
  }
}

const GRACE_MS = 2_000

describe.each([
  ['one gateway on SQLite', [sqlite]],
  ['two gateways on PostgreSQL', [one, two]],
] as const)('rotation under load: %s', (_, rigs) => {
  const admin = rigs[0]
  test('both secrets work until the end of grace, the old one not a moment longer, and no stream breaks', async () => {
    const first = await admin.newKey({
      key_alias: `loaded-${rigs.length}`,
      max_budget: 100,
      rpm_limit: 100_000,
    })
    const secrets = [first]
    const ends = new Map<string, number>()
    const calls: Call[] = [await stream(admin, first)]
    const price = await eventually('the first call is in the books', () => spendOf(admin, first))
    let isOver = false
    const workers = Array.from({ length: 6 }, async (__, worker) => {
      for (let turn = worker; !isOver; turn++) {
        const secret = secrets[turn % secrets.length] as string
        calls.push(await stream(rigs[turn % rigs.length] as Rig, secret))
      }
    })
    for (let rotation = 0; rotation < 2; rotation++) {
      const old = secrets.at(-1) as string
      // In flight while the key is rotated and while its old secret ends.
      const long = stream(rigs.at(-1) as Rig, old, 'openai/testkit-interval-450ms')
      const body = { key: old, grace_period: `${GRACE_MS / 1000}s` }
      const rotated = (await (await admin.admin('/key/regenerate', body)).json()) as { key: string }
      const info = await infoOf(admin, rotated.key)
      ends.set(old, Date.parse(info.earlier_keys[0]?.expires ?? ''))
      secrets.push(rotated.key)
      await pause(GRACE_MS + 700)
      const { status, endedAt } = await long
      expect(status).toBe(200)
      expect(endedAt).toBeGreaterThan(ends.get(old) ?? Infinity)
    }
    isOver = true
    await Promise.all(workers)
    const wrong = calls.filter(({ secret, startedAt, endedAt, status }) => {
      const end = ends.get(secret) ?? Infinity
      if (startedAt >= end) return status !== 401
      return endedAt < end && status !== 200
    })
    expect(wrong).toEqual([])
    expect(calls.filter(call => call.status === 401).length).toBeGreaterThan(10)
    expect(calls.filter(call => call.status === 200).length).toBeGreaterThan(50)
    const paid = calls.filter(call => call.status === 200).length
    const last = secrets.at(-1) as string
    // The two long ones cost what the others do.
    await eventually('all of it is one key’s spend', async () => {
      const spend = await spendOf(admin, last)
      return Math.abs(spend - price * (paid + 2)) < 1e-9
    })
  })

  test('rates go on as one key’s', async () => {
    const old = await admin.newKey({ rpm_limit: 3 })
    const statuses = [await statusOf(admin, old), await statusOf(admin, old)]
    const { key } = (await (
      await admin.admin('/key/regenerate', { key: old, grace_period: '1h' })
    ).json()) as {
      key: string
    }
    statuses.push(await statusOf(admin, key), await statusOf(admin, key), await statusOf(admin, old))
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })
})

describe('rotation by itself', () => {
  test('is refused where nobody would receive the new key', async () => {
    const refused = await sqlite.admin('/key/generate', { auto_rotate: true, rotation_interval: '30d' })
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { param: 'auto_rotate', message: expect.stringContaining('WEBHOOK_URL') } },
    ])
  })

  test('delivers the new secret once among the replicas, and ends the old one only when it was taken', async () => {
    answer = 500
    const old = await one.newKey({ auto_rotate: true, rotation_interval: '1s', grace_period: '1s' })
    const failed = await eventually('a delivery that fails', () => deliveries[0])
    expect(failed).toMatchObject({ event: 'key_rotated', grace_period: '1s', isSigned: true })
    expect([await statusOf(one, old), await statusOf(two, old), await statusOf(two, failed.key)]).toEqual([
      200, 200, 200,
    ])
    answer = 200
    const other = await one.newKey({ auto_rotate: true, rotation_interval: '1s', grace_period: '1s' })
    const taken = await eventually('a delivery that is taken', () => deliveries[1])
    expect(await statusOf(two, taken.key)).toBe(200)
    await one.admin('/key/update', { key: taken.key, auto_rotate: false })
    await eventually('the old secret has ended', async () => (await statusOf(two, other)) === 401)
    expect(await statusOf(one, old)).toBe(200)
    expect(new Set(deliveries.map(each => each.previous_token)).size).toBe(deliveries.length)
  })
})

test('what was removed is kept, every change is in the audit log, and many keys change at once', async () => {
  const [a, b] = [
    await one.newKey({ key_alias: 'bulk-a', team_id: 'bulk' }),
    await one.newKey({ team_id: 'bulk' }),
  ]
  const bulk = (await (
    await one.admin('/key/bulk_update', {
      keys: [
        { key: a, max_budget: 7 },
        { key: 'sk-nobody-knows-this-one', max_budget: 7 },
        { key: b, max_bugdet: 7 },
      ],
    })
  ).json()) as { total_requested: number; successful_updates: object[]; failed_updates: object[] }
  expect(bulk).toMatchObject({
    total_requested: 3,
    successful_updates: [{ key_info: { max_budget: 7 } }],
    failed_updates: [{ failed_reason: expect.stringContaining('not found') }, { param: 'max_bugdet' }],
  })
  await one.admin('/key/delete', { keys: [a, b] })
  const deleted = (await (await one.admin('/key/list?status=deleted&team_id=bulk')).json()) as {
    keys: object[]
    total_count: number
  }
  expect(deleted.total_count).toBe(2)
  expect(deleted.keys).toContainEqual(
    expect.objectContaining({ key_alias: 'bulk-a', max_budget: 7, deleted_by: 'default_user_id' }),
  )
  const audit = await (await one.admin('/audit?page_size=100')).text()
  for (const action of ['created', 'updated', 'deleted', 'rotated']) expect(audit).toContain(`"${action}"`)
  expect(audit).not.toContain(a)
})

test('a call without an enforced parameter is refused before it is made', async () => {
  const key = await sqlite.newKey({ enforced_params: ['user'] })
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
  const refused = await post(sqlite.gateway, '/v1/chat/completions', body, key)
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { param: 'user' } }])
  const claude = { model: 'claude-sonnet-4-6', max_tokens: 9, messages: body.messages }
  const dialect = await post(sqlite.gateway, '/v1/messages', claude, key)
  expect([dialect.status, await dialect.json()]).toMatchObject([
    400,
    { type: 'error', error: { type: 'invalid_request_error' } },
  ])
  expect((await post(sqlite.gateway, '/v1/chat/completions', { ...body, user: 'ann' }, key)).status).toBe(200)
})

async function statusOf(rig: Rig, key: string): Promise<number> {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }
  return (await post(rig.gateway, '/v1/chat/completions', body, key)).status
}

interface Info {
  readonly spend: number
  readonly earlier_keys: readonly { readonly expires: string }[]
}

async function infoOf(rig: Rig, key: string): Promise<Info> {
  return ((await (await rig.admin(`/key/info?key=${key}`)).json()) as { info: Info }).info
}

async function spendOf(rig: Rig, key: string): Promise<number> {
  return (await infoOf(rig, key)).spend
}
