import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { post, startRig } from '../gateway.ts'

const rig = await startRig()
afterAll(() => rig.close())

type Json = Record<string, unknown>

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
async function admin(path: string, body?: unknown): Promise<Json> {
  const response = await rig.admin(path, body)
  const answer = (await response.json()) as Json
  expect([path, response.status, answer]).toEqual([path, 200, answer])
  return answer
}
const infoOf = async (key: string) => (await admin(`/key/info?key=${key}`))['info'] as Json

const fields = {
  key_alias: 'the-alias',
  user_id: 'user-1',
  team_id: 'team-1',
  organization_id: 'org-1',
  models: ['gpt-4o'],
  aliases: { smart: 'gpt-4o' },
  max_budget: 12.5,
  soft_budget: 10,
  rpm_limit: 7,
  tpm_limit: 700,
  max_parallel_requests: 3,
  metadata: { cost_center: 'x' },
  permissions: { allow_pii_controls: true },
  tags: ['one'],
  allowed_routes: ['/chat/completions'],
}

test('/key/generate answers all fields, and /key/info all but the secret', async () => {
  const made = await admin('/key/generate', { ...fields, duration: '1h', budget_duration: '30d' })
  const key = made['key'] as string
  expect(key).toMatch(/^sk-[\w-]{22,}$/)
  expect(made).toMatchObject({
    ...fields,
    token: hashOf(key),
    token_id: hashOf(key),
    key_name: `sk-...${key.slice(-4)}`,
    spend: 0,
    budget_duration: '30d',
    created_by: 'default_user_id',
  })
  const inAnHour = Date.now() + 3_600_000
  expect(Math.abs(Date.parse(made['expires'] as string) - inAnHour)).toBeLessThan(10_000)
  expect(Date.parse(made['budget_reset_at'] as string)).toBeGreaterThan(Date.now())
  const info = await infoOf(key)
  expect(info).toMatchObject(fields)
  expect(JSON.stringify(info)).not.toContain(key)
})

test('/key/generate takes a key of your own, once', async () => {
  const own = 'sk-my-own-key-1234567890'
  expect((await admin('/key/generate', { key: own }))['key']).toBe(own)
  expect((await rig.admin('/key/generate', { key: own })).status).toBe(409)
  const odd = await rig.admin('/key/generate', { key: 'not-like-a-key' })
  expect([odd.status, await odd.json()]).toMatchObject([
    400,
    { error: { message: expect.stringContaining("'sk-'") } },
  ])
})

test.each([
  [{ max_budget: -1 }, 'max_budget'],
  [{ duration: 'soon' }, 'duration'],
  [{ budget_duration: 'monthly' }, 'budget_duration'],
  [{ rpm_limit: 1.5 }, 'rpm_limit'],
  [{ modles: [] }, 'modles'],
  [{ allowed_routes: ['chat'] }, 'allowed_routes'],
])('/key/generate refuses %j by name', async (body, field) => {
  const response = await rig.admin('/key/generate', body)
  expect([response.status, await response.json()]).toMatchObject([
    400,
    {
      error: { message: expect.stringContaining(field), code: '400', param: expect.stringContaining(field) },
    },
  ])
})

test('/key/update changes what it names, null clears, and the key works on', async () => {
  const key = await rig.newKey({ ...fields, key_alias: 'to-update' })
  const updated = await admin('/key/update', {
    key,
    max_budget: null,
    rpm_limit: 99,
    metadata: { new: true },
  })
  expect(updated).toMatchObject({
    key: hashOf(key),
    max_budget: null,
    rpm_limit: 99,
    metadata: { new: true },
  })
  expect(await infoOf(key)).toMatchObject({
    max_budget: null,
    rpm_limit: 99,
    tpm_limit: 700,
    models: ['gpt-4o'],
  })
  // By hash as well.
  await admin('/key/update', { key: hashOf(key), models: [] })
  expect((await infoOf(key))['models']).toEqual([])
})

test('two keys cannot share an alias', async () => {
  await rig.newKey({ key_alias: 'only-one' })
  const response = await rig.admin('/key/generate', { key_alias: 'only-one' })
  expect([response.status, await response.json()]).toMatchObject([
    409,
    { error: { message: expect.stringContaining('only-one') } },
  ])
})

test('/key/list pages, filters and gives hashes or objects', async () => {
  const keys = [await rig.newKey({ user_id: 'lister' }), await rig.newKey({ user_id: 'lister' })]
  const page = await admin('/key/list?user_id=lister&size=1&sort_by=created_at&sort_order=asc')
  expect(page).toEqual({ keys: [hashOf(keys[0] as string)], total_count: 2, current_page: 1, total_pages: 2 })
  const full = await admin(
    '/key/list?user_id=lister&page=2&size=1&sort_by=created_at&sort_order=asc&return_full_object=true',
  )
  expect(full['keys']).toMatchObject([{ token: hashOf(keys[1] as string), user_id: 'lister' }])
})

describe('a virtual key', () => {
  test('may ask about itself and nobody else', async () => {
    const key = await rig.newKey({ key_alias: 'curious' })
    const other = await rig.newKey()
    const own = await post(rig.gateway, '/key/info', undefined, key)
    expect(await own.json()).toMatchObject({ key: hashOf(key), info: { key_alias: 'curious' } })
    expect((await post(rig.gateway, `/key/info?key=${other}`, undefined, key)).status).toBe(403)
  })

  test.each([
    ['/key/generate', {}],
    ['/key/update', { key: 'sk-x' }],
    ['/key/delete', { keys: ['sk-x'] }],
    ['/key/block', { key: 'sk-x' }],
    ['/key/unblock', { key: 'sk-x' }],
    ['/key/regenerate', { key: 'sk-x' }],
    ['/key/sk-x/regenerate', {}],
    ['/key/list', undefined],
    ['/spend/logs', undefined],
    ['/spend/keys', undefined],
    ['/v1/feedback', undefined],
    ['/feedback', undefined],
    ['/router/weights', undefined],
    ['/global/spend/report?start_date=2026-01-01&end_date=2026-01-02', undefined],
  ])('may not call %s', async (path, body) => {
    const key = await rig.newKey()
    const response = await post(rig.gateway, path, body, key)
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { error: { message: expect.stringContaining('Only proxy admin') } },
    ])
  })
})

test('what does not exist is a 404 on every route', async () => {
  for (const [path, body] of [
    ['/key/info?key=sk-nothing', undefined],
    ['/key/update', { key: 'sk-nothing', rpm_limit: 1 }],
    ['/key/delete', { keys: ['sk-nothing'] }],
    ['/key/delete', { key_aliases: ['nothing'] }],
    ['/key/block', { key: 'sk-nothing' }],
    ['/key/sk-nothing/regenerate', {}],
  ] as const) {
    expect([path, (await rig.admin(path, body)).status]).toEqual([path, 404])
  }
})
