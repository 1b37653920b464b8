import { afterAll, describe, expect, test } from 'vitest'
import { startRig } from '../gateway.ts'
import { send } from './send.ts'

const rig = await startRig()
afterAll(() => rig.close())

let made = 0
const newUser = async (body: object = {}) => {
  const answer = await send(rig, 'POST', '/user/new', { user_email: `u${++made}@example.com`, ...body })
  expect([answer.status, answer.message]).toEqual([200, ''])
  return { id: String(answer.json['user_id']), key: String(answer.json['key']), json: answer.json }
}

describe('users', () => {
  test('a new user gets a key that works and says whose it is; without their account it works no more', async () => {
    const user = await newUser({ user_alias: 'Ada', max_budget: 5, budget_duration: '30d' })
    expect(user.json).toMatchObject({ user_role: 'internal_user', max_budget: 5, user_alias: 'Ada' })
    const own = await send(rig, 'GET', '/user/info', undefined, user.key)
    expect(own.json).toMatchObject({ user_id: user.id, user_info: { user_alias: 'Ada' }, teams: [] })
    expect(own.json['keys']).toMatchObject([{ user_id: user.id }])
    expect((await send(rig, 'POST', '/user/delete', { user_ids: [user.id] })).status).toBe(200)
    expect((await send(rig, 'GET', '/v1/models', undefined, user.key)).status).toBe(401)
    expect((await send(rig, 'GET', `/user/info?user_id=${user.id}`)).status).toBe(404)
  })

  test('an address is one user’s, whatever its case, and names them in an update', async () => {
    const user = await newUser({ user_email: 'Grace@Example.com', auto_create_key: false })
    expect(user.json).toMatchObject({ user_email: 'grace@example.com', key: null })
    const twice = await send(rig, 'POST', '/user/new', { user_email: 'GRACE@example.com' })
    expect([twice.status, twice.param]).toEqual([400, 'user_email'])
    const changed = await send(rig, 'POST', '/user/update', {
      user_email: 'grace@example.com',
      max_budget: 3,
    })
    expect(changed.json).toMatchObject({
      user_id: user.id,
      data: { max_budget: 3, user_email: 'grace@example.com' },
    })
  })

  test('nobody raises their own role, budget, models or routes (CVE-2026-47102, CVE-2026-47101)', async () => {
    const user = await newUser({ max_budget: 1, models: ['gpt-4o'] })
    for (const field of [
      { user_role: 'proxy_admin' },
      { max_budget: 1_000 },
      { models: [] },
      { budget_id: 'big' },
      { spend: 0 },
      { blocked: false },
      { metadata: {} },
    ]) {
      const refused = await send(rig, 'POST', '/user/update', { user_id: user.id, ...field }, user.key)
      expect([refused.status, refused.param]).toEqual([403, Object.keys(field)[0]])
    }
    const unknown = await send(rig, 'POST', '/user/update', { user_id: user.id, is_admin: true }, user.key)
    expect([unknown.status, unknown.param]).toEqual([400, 'is_admin'])
    const alias = await send(rig, 'POST', '/user/update', { user_id: user.id, user_alias: 'Me' }, user.key)
    expect([alias.status, alias.message]).toEqual([200, ''])
    const other = await newUser()
    const foreign = await send(rig, 'POST', '/user/update', { user_id: other.id, user_alias: 'X' }, user.key)
    expect(foreign.status).toBe(403)
    expect((await send(rig, 'POST', '/user/new', {}, user.key)).status).toBe(403)
    expect((await send(rig, 'GET', `/user/info?user_id=${other.id}`, undefined, user.key)).status).toBe(403)
  })

  test('lists are filtered and paged, and a pattern in a filter is text (CVE-2026-25591)', async () => {
    const [one, two] = [await newUser({ sso_user_id: 'sso-1' }), await newUser()]
    const list = async (query: string) =>
      ((await send(rig, 'GET', `/user/list?${query}`)).json['users'] as { user_id: string }[]).map(
        u => u.user_id,
      )
    expect(await list(`user_ids=${one.id},${two.id}&sort_by=user_id`)).toEqual([one.id, two.id].sort())
    expect(await list('sso_user_ids=sso-1')).toEqual([one.id])
    expect(await list('user_email=%25')).toEqual([])
    const page = await send(rig, 'GET', '/user/list?page_size=1')
    expect(page.json['users']).toMatchObject([{ key_count: expect.any(Number) }])
    expect((await send(rig, 'GET', '/user/list', undefined, one.key)).status).toBe(403)
  })

  test('many are changed at once, each for itself', async () => {
    const user = await newUser()
    const users = [
      { user_id: user.id, max_budget: 9 },
      { user_id: 'nobody', max_budget: 9 },
    ]
    const answer = await send(rig, 'POST', '/user/bulk_update', { users })
    expect(answer.json).toMatchObject({ total_requested: 2, successful_updates: 1, failed_updates: 1 })
    expect(answer.json['results']).toMatchObject([{ success: true }, { success: false }])
  })

  test('what new users get can be set, and a blocked user is refused', async () => {
    const body = { max_budget: 7, models: ['gpt-4o'] }
    expect((await send(rig, 'PATCH', '/update/internal_user_settings', body)).status).toBe(200)
    const user = await newUser()
    expect(user.json).toMatchObject(body)
    await send(rig, 'PATCH', '/update/internal_user_settings', { max_budget: null, models: null })
    expect((await send(rig, 'POST', '/user/block', { user_ids: [user.id] })).status).toBe(200)
    expect((await send(rig, 'GET', '/v1/models', undefined, user.key)).status).toBe(403)
    await send(rig, 'POST', '/user/unblock', { user_ids: [user.id] })
    expect((await send(rig, 'GET', '/v1/models', undefined, user.key)).status).toBe(200)
  })

  test('an invitation holds for a week, is accepted once, and goes with its user', async () => {
    const user = await newUser()
    const made = await send(rig, 'POST', '/invitation/new', { user_id: user.id })
    const id = String(made.json['id'])
    expect(made.json).toMatchObject({ user_id: user.id, is_accepted: false, accepted_at: null })
    const accepted = await send(rig, 'POST', '/invitation/update', { invitation_id: id, is_accepted: true })
    expect(accepted.json).toMatchObject({ is_accepted: true })
    await send(rig, 'POST', '/user/delete', { user_ids: [user.id] })
    expect((await send(rig, 'GET', `/invitation/info?invitation_id=${id}`)).status).toBe(404)
  })
})
