import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { price, startRig } from '../gateway.ts'
import type { SpendLog } from '../spend-log.ts'
import { openTestDatabase } from '../test-database.ts'

const stores = [
  ['the embedded database', undefined],
  ['PostgreSQL', await openTestDatabase()],
] as const
afterAll(() => stores[1][1].close())

const today = new Date().toISOString().slice(0, 10)
const dates = `start_date=${today}&end_date=${today}`
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
const nano = (usd: number) => Math.round(usd * 1e9)
const nanoOf = (rows: readonly SpendLog[]) => rows.reduce((sum, row) => sum + nano(row.spend ?? 0), 0)

describe.each(stores)('reports on %s', (_, store) => {
  let rig: Awaited<ReturnType<typeof startRig>>
  let rows: readonly SpendLog[]
  const keys: string[] = []
  beforeAll(async () => {
    rig = await startRig({
      models: [],
      config: {
        ...(store && { general_settings: { database_url: store.url } }),
        litellm_settings: {
          cost_discount_config: { openai: 0.1 },
          cost_margin_config: { openai: { percentage: 0.25, fixed_amount: 0.000_000_007 } },
          extra_spend_tag_headers: ['x-cost-center'],
        },
      },
    })
    for (const n of [0, 1, 2])
      keys.push(await rig.newKey({ user_id: `user-${n}`, key_alias: `key-${n}`, tags: [`of-key-${n % 2}`] }))
    await call()
    rows = await eventually('all rows are there', async () => {
      const all = (await (await rig.admin('/spend/logs?size=1000')).json()) as readonly SpendLog[]
      return all.length === 24 && all
    })
  })
  afterAll(() => rig.close())

  /** Calls by the official client: several keys, customers, tags and sessions; some fail, one has no price. */
  async function call(): Promise<void> {
    for (const [n, apiKey] of keys.entries()) {
      const client = new OpenAI({ apiKey, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
      for (let i = 0; i < 8; i++) {
        const model = i === 6 ? 'openai/testkit-500' : i % 2 === 0 ? 'gpt-4o' : 'gpt-5'
        const asked = client.chat.completions.create(
          {
            model,
            messages: [{ role: 'user', content: 'word '.repeat(i + n + 1) }],
            user: `customer-${i % 3}`,
          },
          {
            headers: {
              'x-litellm-session-id': `session-${n}-${i % 2}`,
              'x-cost-center': `center-${i % 2}`,
              'x-litellm-tags': 'shared',
              'x-litellm-agent-id': `agent-${i % 2}`,
            },
          },
        )
        await (i === 6 ? expect(asked).rejects.toThrow() : asked)
      }
    }
  }

  const get = async <T>(path: string) => (await (await rig.admin(path)).json()) as T
  const by = (of: (row: SpendLog) => string) => Map.groupBy(rows, of)

  test('a price has its discount and its margin in it, to the nano-dollar, and the headers say so', async () => {
    const response = await fetch(`${rig.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.gateway.masterKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello there' }] }),
    })
    const original = nano(2 * price.input + 4 * price.output)
    const discount = Math.round(original / 10)
    const margin = Math.round((original - discount) / 4) + 7
    const header = (name: string) => nano(Number(response.headers.get(`x-litellm-response-cost${name}`)))
    expect(header('-original')).toBe(original)
    expect(header('-discount-amount')).toBe(discount)
    expect(header('-margin-amount')).toBe(margin)
    expect(response.headers.get('x-litellm-response-cost-margin-percent')).toBe('0.25')
    expect(header('')).toBe(original - discount + margin)
  })

  test('keys, users, customers, models and tags add up to their rows', async () => {
    for (const [n, key] of keys.entries()) {
      const own = rows.filter(row => row.api_key === hashOf(key))
      expect(own).toHaveLength(8)
      const report = await get<{ total_cost: number }[]>(`/global/spend/report?${dates}&api_key=${key}`)
      expect(nano(report[0]?.total_cost ?? -1)).toBe(nanoOf(own))
      const info = await get<{ info: { spend: number } }>(`/key/info?key=${key}`)
      expect(nano(info.info.spend)).toBe(nanoOf(own))
      const user = await get<Activity>(`/user/daily/activity?${dates}&user_id=user-${n}`)
      expect(nano(user.metadata.total_spend)).toBe(nanoOf(own))
      expect(user.metadata).toMatchObject({ total_api_requests: 8, total_failed_requests: 1 })
    }
    for (const [customer, own] of by(row => row.end_user)) {
      if (customer === '') continue
      const activity = await get<Activity>(`/customer/daily/activity?${dates}&end_user_ids=${customer}`)
      expect(nano(activity.metadata.total_spend)).toBe(nanoOf(own))
    }
    for (const tag of new Set(rows.flatMap(row => row.request_tags))) {
      const own = rows.filter(row => row.request_tags.includes(tag))
      const { spend_per_tag: sums } = await get<{ spend_per_tag: { spend: number; log_count: number }[] }>(
        `/global/spend/tags?${dates}&tags=${encodeURIComponent(tag)}`,
      )
      // The call of the master key came after the rows were read, and has its client's tags alone.
      if (tag.startsWith('User-Agent')) continue
      expect(sums[0]?.log_count).toBe(own.length)
      expect(nano(sums[0]?.spend ?? -1)).toBe(nanoOf(own))
    }
  })

  test('tags come from keys, headers and clients', () => {
    const tags = new Set(rows.flatMap(row => row.request_tags))
    for (const tag of ['shared', 'of-key-0', 'of-key-1', 'center-0', 'center-1', 'User-Agent: OpenAI'])
      expect(tags).toContain(tag)
  })

  test('sessions add up, and what a successful one cost is known', async () => {
    const { data, metadata } = await get<{
      data: { session_id: string; spend: number; calls: number }[]
      metadata: { total_spend: number; total_traces: number; cost_per_successful_trace: number }
    }>('/spend/traces')
    const sessions = data.filter(({ session_id: id }) => id.startsWith('session-'))
    expect(sessions).toHaveLength(6)
    for (const { session_id: id, spend, calls } of sessions) {
      const own = await get<{ data: SpendLog[] }>(`/spend/logs/session/ui?session_id=${id}`)
      expect(own.data).toHaveLength(calls)
      expect(nano(spend)).toBe(nanoOf(own.data))
    }
    expect(metadata.cost_per_successful_trace).toBeGreaterThan(0)
  })

  test('CSV has every call, and what it cost to the last digit', async () => {
    const response = await rig.admin('/spend/logs?format=csv')
    const [head = '', ...lines] = (await response.text()).trim().split('\r\n')
    const at = head.split(',').indexOf('spend')
    const total = lines.reduce((sum, line) => sum + nano(Number(line.split(',')[at])), 0)
    const { spend } = await get<{ spend: number }>('/global/spend')
    expect(total).toBe(nano(spend))
  })

  test('the books agree', async () => {
    expect(await get('/spend/reconciliation')).toMatchObject({ status: 'agree', drifts: [] })
  })

  test('discounts change while calls go on', async () => {
    const patched = await fetch(`${rig.gateway.url}/config/cost_discount_config`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${rig.gateway.masterKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ openai: 1 }),
    })
    expect(patched.status).toBe(200)
    const estimate = await rig.admin('/cost/estimate', {
      model: 'gpt-4o',
      input_tokens: 10,
      output_tokens: 10,
    })
    expect(await estimate.json()).toMatchObject({ cost_per_request: 0.000_000_007 })
    const refused = await rig.admin('/reload/model_cost_map', {})
    expect(refused.status).toBe(400)
  })
})

interface Activity {
  readonly metadata: {
    readonly total_spend: number
    readonly total_api_requests: number
    readonly total_failed_requests: number
  }
}
