import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import type { Database } from '../../db/database.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { accountRow, spendRow } from '../../db/testing/rows.ts'
import { openTestOffice, type TestOffice } from '../testing/test-office.ts'

const place = sqlitePlace()
let database: Database
let office: TestOffice
const apiKey = hashKey('sk-dear')
const AT = Date.UTC(2026, 0, 2, 3)
const days = 'start_date=2026-01-01&end_date=2026-01-31'
const get = async (path: string) => await office.call('GET', path)
const text = async (path: string, headers = {}) =>
  await office.app.inject({
    method: 'GET',
    url: path,
    headers: { authorization: 'Bearer sk-test-master-key', ...headers },
  })

beforeAll(async () => {
  database = await place.open()
  office = await openTestOffice(database)
  await office.call('POST', '/key/generate', { key: 'sk-dear', key_alias: 'the-dear-one' })
  await database.accounts.create(accountRow('team', 'red'))
  await database.spend.addBatch([
    spendRow('r1', {
      ...{ apiKey, userId: 'alice', teamId: 'red', endUser: 'carol', spendNanoUsd: 2_000_000_001 },
      ...{ requestTags: ['=cmd()'], sessionId: 's1', agentId: 'bot', organizationId: 'acme' },
    }),
    spendRow('r2', {
      ...{ apiKey, userId: 'alice', endUser: 'carol', teamId: 'blue', spendNanoUsd: 500_000_000 },
      ...{ callType: 'aembedding', model: 'small', modelGroup: 'vectors', startTime: AT + 86_400_000 },
    }),
    spendRow('r3', {
      apiKey: 'other',
      startTime: AT + 1,
      endTime: AT + 2,
      spendNanoUsd: null,
      sessionId: 's1',
    }),
    spendRow('r4', {
      ...{ apiKey: 'other', startTime: AT + 5, endTime: AT + 9, spendNanoUsd: 0, status: 'failure' },
      ...{ apiBase: 'https://one', metadata: { error_information: { error_code: '429' } } },
    }),
  ])
})
afterAll(async () => {
  await office.app.close()
  await place.remove()
})

describe('/global/spend', () => {
  test('sums everything, and counts what has no price', async () => {
    expect((await get('/global/spend')).json).toEqual({
      spend: 2.500_000_001,
      max_budget: null,
      unknown_cost_requests: 1,
    })
  })

  test('lists keys, models, providers, customers, tags and teams, the dearest first', async () => {
    expect((await get(`/global/spend/keys?${days}`)).list[0]).toMatchObject({
      ...{ api_key: apiKey, key_alias: 'the-dear-one', total_spend: 2.500_000_001 },
    })
    expect((await get(`/global/spend/models?${days}&limit=1`)).json).toMatchObject([{ model: 'gpt-4o' }])
    expect((await get(`/global/spend/provider?${days}`)).json).toMatchObject([
      { provider: 'openai', spend: 2.500_000_001, unknown_cost_requests: 1 },
    ])
    const customers = await office.call('POST', '/global/spend/end_users', {
      startTime: '2026-01-01',
      endTime: '2026-01-31',
    })
    expect(customers.json).toMatchObject([{ end_user: 'carol', total_count: 2, total_spend: 2.500_000_001 }])
    expect((await get(`/global/spend/tags?${days}`)).json).toMatchObject({
      spend_per_tag: [{ name: '=cmd()', log_count: 1 }],
    })
    expect((await get(`/global/spend/all_tag_names?${days}`)).json).toEqual({ tag_names: ['=cmd()'] })
    expect((await get(`/global/spend/teams?${days}`)).json).toMatchObject({
      teams: ['red', 'blue', 'Unassigned'],
      daily_spend: [
        { date: '2026-01-02', red: 2.000_000_001 },
        { date: '2026-01-03', blue: 0.5 },
      ],
    })
    expect((await get(`/global/spend/logs?${days}&api_key=sk-dear`)).json).toMatchObject([
      { date: '2026-01-02', spend: 2.000_000_001 },
      { date: '2026-01-03', spend: 0.5 },
    ])
  })

  test('reports by anything, in all a customer of a team', async () => {
    const by = async (query: string) => (await get(`/global/spend/report?${days}&${query}`)).list
    expect((await by('group_by=user'))[0]).toMatchObject({ group_by_day: '2026-01-02' })
    expect(await by('group_by=organization')).toHaveLength(2)
    expect((await by('group_by=tag'))[0]).toMatchObject({
      tags: [{ tag: '=cmd()', total_spend: 2.000_000_001 }],
    })
    expect(await by('team_id=red&customer_id=carol')).toMatchObject([
      { team_id: 'red', customers: [{ customer: 'carol', total_spend: 2.000_000_001 }] },
    ])
  })
})

describe('pages of reports', () => {
  const page = async (query: string) => {
    const { body, headers } = await text(`/global/spend/report?${days}&${query}`)
    return { list: JSON.parse(body) as readonly Record<string, unknown>[], total: headers['x-total-count'] }
  }

  test('are of the dearest subjects first, with all their days, and say how many there are', async () => {
    const first = await page('group_by=team&page_size=1')
    expect(first).toMatchObject({
      list: [{ group_by_day: '2026-01-02', teams: [{ team_id: 'red' }] }],
      total: '3',
    })
    const second = await page('group_by=team&page=2&page_size=1')
    expect(second.list).toMatchObject([{ group_by_day: '2026-01-03', teams: [{ team_id: 'blue' }] }])
    expect((await page('group_by=team&page=4&page_size=1')).list).toEqual([])
  })

  test('leave out calls without a customer, and hold for keys and CSV too', async () => {
    expect(await page('group_by=customer&page=1')).toMatchObject({ list: [{}, {}], total: '1' })
    const keys = await page('group_by=api_key&page=2&page_size=1')
    expect(keys).toMatchObject({ list: [{ api_key: 'other', total_cost: 0 }], total: '2' })
    const { body } = await text(`/global/spend/report?${days}&group_by=team&page_size=1&format=csv`)
    expect(body.trim().split('\r\n')).toHaveLength(2)
  })
})

test('a report by key lists every key with its models, the dearest first', async () => {
  const { list } = await get(`/global/spend/report?${days}&group_by=api_key`)
  expect(list).toMatchObject([
    {
      api_key: apiKey,
      total_cost: 2.500_000_001,
      model_details: [
        { model: 'gpt-4o', total_cost: 2.000_000_001 },
        { model: 'small', total_cost: 0.5 },
      ],
    },
    { api_key: 'other', total_cost: 0, unknown_cost_requests: 1 },
  ])
  expect((await get(`/global/spend/report?${days}&group_by=model`)).list).toMatchObject([
    {
      group_by_day: '2026-01-02',
      models: [{ model: 'gpt-4o', metadata: [{ api_key: apiKey }, { api_key: 'other' }] }],
    },
    { group_by_day: '2026-01-03', models: [{ model: 'small' }] },
  ])
})

describe('CSV', () => {
  test('of reports has a line for each sum, and no cell is a formula', async () => {
    const { body, headers } = await text(`/global/spend/report?${days}&group_by=tag&format=csv`)
    expect(headers['content-type']).toMatch('text/csv')
    expect(headers['content-disposition']).toMatch('spend-by-tag-2026-01-01-2026-01-31.csv')
    const [head, line, ...more] = body.trim().split('\r\n')
    expect(head).toMatch(/^day,tag,api_key,model,model_group,provider,endpoint,spend,unknown_cost_requests/)
    expect(line).toMatch(
      /^2026-01-02,'=cmd\(\),\w{64},gpt-4o,smart,openai,acompletion,2\.000000001,0,10,20,3,1,30,1,1,0$/,
    )
    expect(more).toEqual([])
  })

  test('of calls holds all of them, when a browser asks for CSV', async () => {
    const { body } = await text('/spend/logs', { accept: 'text/csv' })
    const lines = body.trim().split('\r\n')
    expect(lines.map(line => line.split(',')[0])).toEqual(['request_id', 'r2', 'r4', 'r3', 'r1'])
    expect(lines[3]).toContain(',success,,true,')
  })
})

describe('/spend/logs/ui', () => {
  test('pages, and goes on by a cursor', async () => {
    const first = await get(`/spend/logs/ui?${days}&page_size=3`)
    expect(first.json).toMatchObject({ total: 4, page: 1, page_size: 3, total_pages: 2 })
    const next = await get(`/spend/logs/v2?${days}&page_size=3&cursor=${String(first.json['next_cursor'])}`)
    expect(next.json['data']).toMatchObject([{ request_id: 'r1' }])
    expect(next.json['next_cursor']).toBeNull()
    expect((await get(`/spend/logs/ui?${days}&cursor=nonsense`)).error.param).toBe('cursor')
  })

  test('takes times of day, and shows the calls of a session and one call', async () => {
    const hour = 'start_date=2026-01-02 03:00:00&end_date=2026-01-02 03:59:59'
    expect((await get(`/spend/logs/ui?${hour}&max_spend=1`)).json).toMatchObject({ total: 1 })
    expect((await get('/spend/logs/session/ui?session_id=s1')).json).toMatchObject({ total: 2 })
    expect((await get('/spend/logs/ui/r1')).json).toEqual({
      messages: {},
      response: {},
      proxy_server_request: {},
    })
    expect((await get('/spend/logs/ui/unknown')).status).toBe(404)
    expect((await get('/spend/logs/ui?start_date=soon&end_date=2026-01-01')).error.param).toBe('start_date')
  })

  test('refuses filters that sums of a day do not know', async () => {
    expect((await get('/spend/logs?start_date=2026-01-01&team_id=red')).error.param).toBe('team_id')
  })
})

describe('/global/activity', () => {
  test('counts calls, tokens, failures and answers from the cache', async () => {
    expect((await get(`/global/activity?${days}`)).json).toMatchObject({
      daily_data: [
        { date: 'Jan 02', api_requests: 3, total_tokens: 90 },
        { date: 'Jan 03', api_requests: 1 },
      ],
      ...{ sum_api_requests: 4, sum_total_tokens: 120 },
    })
    expect((await get(`/global/activity/model?${days}`)).json).toMatchObject([
      { model: 'smart', sum_api_requests: 3 },
      {},
    ])
    expect((await get(`/global/activity/exceptions?${days}&model_group=smart`)).json).toMatchObject({
      ...{ sum_num_rate_limit_exceptions: 1, sum_num_exceptions: 1 },
    })
    expect((await get(`/global/activity/exceptions/deployment?${days}`)).json).toMatchObject([
      { api_base: 'https://one' },
    ])
    expect((await get(`/global/activity/cache_hits?${days}`)).list[0]).toMatchObject({
      cache_hit_true_rows: 0,
    })
  })
})

describe('daily activity', () => {
  test.each([
    ['user', 'user_id=alice'],
    ['customer', 'end_user_ids=carol,none'],
    ['organization', 'organization_ids=acme'],
    ['agent', 'agent_ids=bot'],
    ['tag', 'tags==cmd()'],
    ['team', 'team_ids=red&exclude_team_ids=blue'],
  ])('of a %s breaks every day down to the last digit', async (kind, ids) => {
    const { json } = await get(`/${kind}/daily/activity?${days}&${ids}`)
    const results = json['results'] as readonly Day[]
    const day = results.at(-1)
    expect(day).toMatchObject({ date: '2026-01-02', metrics: { spend: 2.000_000_001, api_requests: 1 } })
    expect(day?.breakdown.models['gpt-4o']?.metrics.spend).toBe(2.000_000_001)
    expect(day?.breakdown.endpoints['acompletion']?.metrics.spend).toBe(2.000_000_001)
    expect(day?.breakdown.api_keys[apiKey]?.metadata['key_alias']).toBe('the-dear-one')
    const entities = Object.values(day?.breakdown.entities ?? {})
    expect(entities.map(each => each.metrics.spend)).toEqual([2.000_000_001])
  })

  test('comes in pages of days, newest first, or whole', async () => {
    const first = await get(`/user/daily/activity?${days}&page_size=29`)
    expect(first.json).toMatchObject({
      results: [{ date: '2026-01-03' }],
      metadata: { page: 1, total_pages: 2, has_more: true, total_spend: 0.5 },
    })
    const whole = await get(`/user/daily/activity/aggregated?${days}`)
    expect(whole.json).toMatchObject({
      metadata: { total_spend: 2.500_000_001, total_unknown_cost_requests: 1, total_failed_requests: 1 },
    })
    const { body } = await text(`/user/daily/activity?${days}&format=csv`)
    expect(body.trim().split('\r\n')).toHaveLength(4)
  })
})

test('/spend/traces tells what a trace that succeeded cost', async () => {
  const { json } = await get('/spend/traces?start_date=2026-01-01&end_date=2026-01-05')
  expect(json).toMatchObject({
    data: [{ session_id: 's1', calls: 2, failed_calls: 0, spend: 2.000_000_001, unknown_cost_requests: 1 }],
    metadata: { total_traces: 1, cost_per_successful_trace: 2.000_000_001 },
  })
  expect((await get('/spend/traces?start_date=2020-01-01')).status).toBe(400)
})

test('somebody who may see their own alone is shown no more, and told so when they ask for more', async () => {
  await database.accounts.create(accountRow('user', 'alice', { role: 'internal_user' }))
  await office.call('POST', '/key/generate', { key: 'sk-alice', user_id: 'alice' })
  const mine = async (path: string) => await office.call('GET', path, undefined, 'sk-alice')
  const listed = await mine('/spend/logs')
  expect(listed.list.map(row => row['request_id'])).toEqual(['r2', 'r1'])
  expect((await mine(`/user/daily/activity?${days}&user_id=bob`)).status).toBe(403)
  expect((await mine(`/global/spend/report?${days}`)).status).toBe(403)
})

test('/global/spend/reset starts every key and team anew, and leaves the calls', async () => {
  const { status, json } = await office.call('POST', '/global/spend/reset')
  expect(status).toBe(200)
  expect(json).toMatchObject({ reset_keys: 1, reset_teams: 1 })
  expect((await database.keys.find(apiKey))?.spendNanoUsd).toBe(0)
  expect((await database.accounts.find('team', 'red'))?.spendNanoUsd).toBe(0)
  expect((await get('/global/spend')).json['spend']).toBe(2.500_000_001)
  expect((await get('/spend/reconciliation?days=3')).json).toMatchObject({ status: 'agree' })
})

interface Measured {
  readonly metrics: { readonly spend: number }
  readonly metadata: Readonly<Record<string, unknown>>
}
interface Day {
  readonly breakdown: Readonly<
    Record<'models' | 'endpoints' | 'api_keys' | 'entities', Readonly<Record<string, Measured>>>
  >
}
