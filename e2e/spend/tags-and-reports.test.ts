import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { chatModels, startRig } from '../gateway.ts'
import { send } from '../people/send.ts'
import { spendLog, spendLogs } from '../spend-log.ts'

const rig = await startRig()
afterAll(() => rig.close())

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
const messages = [{ role: 'user', content: 'Hello there' }]
const today = new Date().toISOString().slice(0, 10)

function ask(key: string, more: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ model: 'gpt-4o', messages, ...more }),
  })
}

describe('tags', () => {
  test('come from the key, the body and the header, each once, and the client is one', async () => {
    const key = await rig.newKey({ tags: ['of-key'] })
    const cases: readonly (readonly [object, Record<string, string>, readonly string[]])[] = [
      [{}, {}, ['of-key']],
      [{ metadata: { tags: ['a', 'b', 'a'] } }, {}, ['of-key', 'a', 'b']],
      [{}, { 'x-litellm-tags': 'c, d' }, ['of-key', 'c', 'd']],
      [{ tags: ['e'] }, { 'x-litellm-tags': 'f' }, ['of-key', 'e']],
    ]
    for (const [body, headers, tags] of cases) {
      const response = await ask(key, body, headers)
      expect(response.status).toBe(200)
      expect((await spendLog(rig, response)).request_tags).toEqual([...tags, 'User-Agent: node'])
    }
  })

  test("of a key's metadata count as well", async () => {
    const key = await rig.newKey({ metadata: { tags: ['from-metadata'] } })
    expect((await spendLog(rig, await ask(key))).request_tags).toContain('from-metadata')
  })

  test('and other words for the gateway never reach the vendor', async () => {
    await ask(
      rig.gateway.masterKey,
      { tags: ['secret-project'], litellm_session_id: 's1' },
      { 'x-litellm-tags': 'hidden' },
    )
    const sent = rig.upstream.requests.at(-1)
    expect(sent?.raw.toString()).not.toMatch(/secret-project|litellm/)
    expect(JSON.stringify(sent?.headers)).not.toMatch(/hidden|litellm/)
  })
})

test('active users of a tag, by day, week and month, and who they were', async () => {
  const users = ['dora', 'emil']
  for (const user_id of users)
    await send(rig, 'POST', '/user/new', { user_id, user_email: `${user_id}@x.org` })
  for (const user_id of users) {
    const key = await rig.newKey({ user_id, tags: ['of-users'] })
    await spendLog(rig, await ask(key))
    await spendLog(rig, await ask(key))
  }
  const use = async (path: string) => (await send(rig, 'GET', path)).json['results'] as readonly object[]
  const counted = { tag: 'of-users', active_users: 2 }
  await eventually('they are counted', async () => (await use('/tag/dau?tag_filters=of-users')).length === 1)
  expect(await use('/tag/dau?tag_filters=of-users')).toEqual([{ ...counted, date: today }])
  for (const [path, named] of [
    ['wau', /^Week 7 \(\w{3} \d\d\)$/],
    ['mau', /^Month 7 \(\w{3}\)$/],
  ] as const)
    expect(await use(`/tag/${path}?tag_filter=OF-USERS`)).toEqual([
      { ...counted, date: expect.stringMatching(named), period_start: expect.any(String), period_end: today },
    ])
  expect(await use('/tag/summary?tag_filters=of-users')).toMatchObject([
    { tag: 'of-users', unique_users: 2, unique_keys: 2, total_requests: 4, successful_requests: 4 },
  ])
  expect(await use('/tag/user-agent/per-user-analytics?tag_filters=of-users&tag_filters=none')).toMatchObject(
    users.map(user_id => ({
      user_id,
      user_email: `${user_id}@x.org`,
      user_agent: 'of-users',
      total_requests: 2,
    })),
  )
})

test('end users, sessions and metadata of a call are in its row', async () => {
  const headers = {
    'x-litellm-customer-id': 'customer-1',
    'x-litellm-session-id': 'session-1',
    'x-litellm-spend-logs-metadata': '{"ticket":42}',
    'user-agent': 'acme-bot/2.0',
  }
  const row = await spendLog(
    rig,
    await ask(rig.gateway.masterKey, { metadata: { feature: 'search' } }, headers),
  )
  expect(row).toMatchObject({
    end_user: 'customer-1',
    session_id: 'session-1',
    metadata: {
      spend_logs_metadata: { ticket: 42 },
      requester_metadata: { feature: 'search' },
      user_agent: 'acme-bot/2.0',
    },
  })
  const byBody = await spendLog(rig, await ask(rig.gateway.masterKey, { user: 'user-of-body' }))
  expect(byBody.end_user).toBe('user-of-body')
})

test("a caller's own call id names the call and is no way to be charged once for two", async () => {
  const key = await rig.newKey()
  for (let call = 0; call < 2; call++) {
    const response = await ask(key, {}, { 'x-litellm-call-id': 'my-call-1' })
    expect(response.headers.get('x-litellm-call-id')).toBe('my-call-1')
  }
  const rows = await spendLogs(rig, key, 2)
  expect(rows.map(row => row.metadata['litellm_call_id'])).toEqual(['my-call-1', 'my-call-1'])
  expect(new Set(rows.map(row => row.request_id)).size).toBe(2)
  const odd = await ask(key, {}, { 'x-litellm-call-id': 'a b<script>' })
  expect(odd.headers.get('x-litellm-call-id')).toMatch(/^[\w-]{36}$/)
})

describe('reports', async () => {
  const key = await rig.newKey({ team_id: 'team-report' })
  const one = 0.000_066
  const three = 0.000_198
  for (const model of Object.values(chatModels))
    await ask(key, { model }, { 'x-litellm-customer-id': 'customer-report' })
  await spendLogs(rig, key, 3)
  type Report = readonly Record<string, unknown>[]
  const report = async (query: string) =>
    (await (
      await rig.admin(`/global/spend/report?start_date=${today}&end_date=${today}&${query}`)
    ).json()) as Report

  test('by team', async () => {
    const answer = await eventually('the totals are there', async () => {
      const [day] = await report('group_by=team&team_id=team-report')
      return day?.['group_by_day'] === today && day
    })
    expect(answer).toMatchObject({ teams: [{ team_name: 'team-report', total_spend: three }] })
    const teams = (answer as unknown as { teams: readonly [{ metadata: readonly object[] }] }).teams
    expect(teams[0].metadata).toHaveLength(3)
    expect(teams[0].metadata).toContainEqual(
      expect.objectContaining({ model: 'gpt-4o', api_key: hashOf(key), spend: one, total_tokens: 6 }),
    )
  })

  test('by customer', async () => {
    expect(await report('group_by=customer&customer_id=customer-report')).toMatchObject([
      { group_by_day: today, customers: [{ customer: 'customer-report', total_spend: three }] },
    ])
  })

  test('by key', async () => {
    expect(await report(`api_key=${key}`)).toMatchObject([
      { api_key: hashOf(key), total_cost: three, total_input_tokens: 6, total_output_tokens: 12 },
    ])
  })

  test('by day, from /spend/logs', async () => {
    const answer = await rig.admin(`/spend/logs?api_key=${key}&start_date=${today}&end_date=${today}`)
    expect(await answer.json()).toMatchObject([
      { startTime: today, spend: three, [hashOf(key)]: three, models: { 'gpt-4o': one } },
    ])
  })

  test('need their dates', async () => {
    expect((await rig.admin('/global/spend/report')).status).toBe(400)
  })

  test('/spend/keys starts with the dearest', async () => {
    const keys = (await (await rig.admin('/spend/keys')).json()) as readonly { spend: number }[]
    const spends = keys.map(({ spend }) => spend)
    expect(spends).toEqual(spends.toSorted((a, b) => b - a))
  })
})
