import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../../../auth/hash.ts'
import { memberId } from '../../../db/accounts/member-id.ts'
import type { Database } from '../../../db/database.ts'
import { sqlitePlace } from '../../../db/testing/each-database.ts'
import { accountRow } from '../../../db/testing/rows.ts'
import { openTestOffice, type TestOffice } from '../../testing/test-office.ts'

const place = sqlitePlace()
let database: Database
let office: TestOffice
/** Keys of people: the user's id names them. */
const keyOf: Record<string, string> = {}

afterAll(async () => {
  await office.app.close()
  await place.remove()
})

beforeAll(async () => {
  database = await place.open()
  office = await openTestOffice(database)
  const { accounts } = database
  await accounts.create(accountRow('organization', 'acme'))
  await accounts.create(accountRow('organization', 'other'))
  await accounts.create(
    accountRow('team', 'red', { organizationId: 'acme', models: ['gpt-4o', 'gpt-4o-mini'] }),
  )
  await accounts.create(
    accountRow('team', 'open', { details: { team_member_permissions: ['/key/generate', '/key/update'] } }),
  )
  for (const [id, role] of [
    ['ann', 'internal_user'],
    ['bob', 'internal_user'],
    ['root', 'proxy_admin'],
    ['look', 'internal_user_viewer'],
    ['lead', 'internal_user'],
    ['org', 'internal_user'],
  ] as const) {
    await accounts.create(accountRow('user', id, { role }))
    keyOf[id] = await made({ user_id: id })
  }
  await member('red', 'lead', 'admin')
  await member('red', 'ann', 'user')
  await member('open', 'ann', 'user')
  await accounts.create(
    accountRow('organization_member', memberId('acme', 'org'), {
      organizationId: 'acme',
      userId: 'org',
      role: 'org_admin',
    }),
  )
})

function member(teamId: string, userId: string, role: string) {
  return database.accounts.create(
    accountRow('team_member', memberId(teamId, userId), { teamId, userId, role }),
  )
}

async function made(body: object, by?: string): Promise<string> {
  const { status, key, error } = await office.call('POST', '/key/generate', body, by)
  expect(error.message ?? status).toBe(200)
  return key
}

function refusedFor(path: string, body: object, by: string | undefined) {
  return office.call('POST', path, body, by).then(({ status, error }) => ({ status, param: error.param }))
}

describe('CVE-2026-47101: nobody grants themselves routes, models or money', () => {
  test('a key of a user is theirs unless they say otherwise, and they cannot make one for somebody else', async () => {
    const key = await made({}, keyOf['ann'])
    expect((await office.call('GET', '/key/info', undefined, key)).json).toMatchObject({
      info: { user_id: 'ann' },
    })
    for (const body of [{ user_id: 'root' }, { user_id: 'bob' }, { user_id: null }, { team_id: 'red' }])
      expect((await refusedFor('/key/generate', body, keyOf['ann'])).status).toBe(403)
    expect((await refusedFor('/key/generate', {}, keyOf['look'])).status).toBe(403)
  })

  test('a restricted key makes restricted keys: what is not stated is taken over, what goes beyond is refused', async () => {
    const bound = await made({
      user_id: 'ann',
      models: ['gpt-4o-mini'],
      allowed_routes: ['/key/generate', '/key/update', '/key/info', 'openai_routes'],
      max_budget: 10,
      budget_duration: '30d',
      rpm_limit: 60,
      model_rpm_limit: { 'gpt-4o-mini': 5 },
      duration: '2d',
    })
    const child = await made({}, bound)
    expect((await office.call('GET', '/key/info', undefined, child)).json).toMatchObject({
      info: {
        models: ['gpt-4o-mini'],
        allowed_routes: ['/key/generate', '/key/update', '/key/info', 'openai_routes'],
        max_budget: 10,
        budget_duration: '30d',
        rpm_limit: 60,
        model_rpm_limit: { 'gpt-4o-mini': 5 },
        expires: '2026-11-23T12:00:00.000Z',
      },
    })
    await made(
      { max_budget: 5, budget_duration: '30d', rpm_limit: 1, allowed_routes: ['/v1/chat/completions'] },
      bound,
    )
    for (const [param, body] of [
      ['models', { models: ['gpt-4o'] }],
      ['models', { models: ['*'] }],
      ['allowed_routes', { allowed_routes: ['management_routes'] }],
      ['allowed_routes', { allowed_routes: ['/key'] }],
      ['allowed_routes', { key_type: 'management' }],
      ['max_budget', { max_budget: 11, budget_duration: '30d' }],
      ['budget_duration', { max_budget: 10, budget_duration: '1d' }],
      ['rpm_limit', { rpm_limit: 61 }],
      ['model_rpm_limit.gpt-4o-mini', { model_rpm_limit: { 'gpt-4o-mini': 6 } }],
      ['duration', { duration: '3d' }],
      ['aliases.gpt-4o-mini', { aliases: { 'gpt-4o-mini': 'gpt-4o' } }],
      ['permissions', { permissions: { get_spend_routes: true } }],
      ['metadata.priority', { metadata: { priority: 'high' } }],
      ['metadata.allow_client_mock_response', { metadata: { allow_client_mock_response: true } }],
      ['metadata.disable_global_guardrails', { disable_global_guardrails: true }],
      ['temp_budget_increase', { temp_budget_increase: 5, temp_budget_expiry: '10d' }],
      ['spend', { spend: 1 }],
      ['budget_id', { budget_id: 'gold' }],
      ['access_group_ids', { access_group_ids: ['all'] }],
    ] as const)
      expect(await refusedFor('/key/generate', body, bound), JSON.stringify(body)).toEqual({
        status: 403,
        param,
      })
  })

  test('an owner tightens a key and loosens nothing of it', async () => {
    const key = await made({
      user_id: 'ann',
      models: ['gpt-4o', 'gpt-4o-mini'],
      max_budget: 10,
      rpm_limit: 60,
      allowed_routes: ['llm_api_routes'],
      tags: ['prod'],
      enforced_params: ['user'],
    })
    const change = (body: object) => refusedFor('/key/update', { key, ...body }, keyOf['ann'])
    expect(
      await change({ max_budget: 5, rpm_limit: 30, models: ['gpt-4o'], metadata: { note: 1 } }),
    ).toMatchObject({
      status: 200,
    })
    for (const [param, body] of [
      ['max_budget', { max_budget: 6 }],
      ['max_budget', { max_budget: null }],
      ['rpm_limit', { rpm_limit: null }],
      ['models', { models: ['gpt-4o-mini'] }],
      ['models', { models: [] }],
      ['allowed_routes', { allowed_routes: [] }],
      ['allowed_routes', { allowed_routes: ['management_routes'] }],
      ['tags', { tags: [] }],
      ['enforced_params', { enforced_params: [] }],
      ['enforced_params', { metadata: { enforced_params: [] } }],
      ['spend', { spend: 0.1 }],
      [null, { user_id: null }],
      ['team_id', { team_id: 'open' }],
      ['project_id', { project_id: 'p' }],
    ] as const)
      expect(await change(body), JSON.stringify(body)).toEqual({ status: 403, param })
  })
})

describe('CVE-2026-47102: fields that nobody names are refused', () => {
  test('no route of keys takes a role or a hash', async () => {
    for (const field of ['user_role', 'token', 'created_by', 'role'])
      expect(await refusedFor('/key/generate', { [field]: 'proxy_admin' }, keyOf['ann'])).toEqual({
        status: 400,
        param: field,
      })
  })
})

describe('CVE-2026-12770: only what is reached is blocked, changed or removed', () => {
  test('a user reaches neither the keys of others nor a block that an admin set', async () => {
    const theirs = await made({ user_id: 'bob' })
    for (const path of ['/key/block', '/key/unblock', '/key/update', '/key/regenerate'])
      expect((await refusedFor(path, { key: hashKey(theirs) }, keyOf['ann'])).status, path).toBe(403)
    expect((await refusedFor('/key/delete', { keys: [theirs] }, keyOf['ann'])).status).toBe(403)
    const own = await made({ user_id: 'ann', blocked: true })
    expect(await refusedFor('/key/update', { key: own, blocked: false }, keyOf['ann'])).toEqual({
      status: 403,
      param: 'blocked',
    })
  })
})

describe('admins of teams and organizations', () => {
  test('make keys of what is theirs, and of nothing else', async () => {
    await made({ team_id: 'red', max_budget: 100 }, keyOf['lead'])
    await made({ team_id: 'red' }, keyOf['org'])
    expect((await refusedFor('/key/generate', { team_id: 'open' }, keyOf['lead'])).status).toBe(403)
    expect((await refusedFor('/key/generate', { organization_id: 'other' }, keyOf['org'])).status).toBe(403)
    expect(
      await refusedFor('/key/generate', { team_id: 'red', organization_id: 'other' }, keyOf['lead']),
    ).toEqual({
      status: 403,
      param: 'organization_id',
    })
    const key = await made({ team_id: 'red' })
    expect((await refusedFor('/key/update', { key, team_id: 'open' }, keyOf['lead'])).status).toBe(403)
  })

  test('do not become somebody else by a key of theirs', async () => {
    expect(await refusedFor('/key/generate', { team_id: 'red', user_id: 'ann' }, keyOf['lead'])).toEqual({
      status: 403,
      param: 'allowed_routes',
    })
    const calls = await made({ team_id: 'red', user_id: 'ann', key_type: 'llm_api' }, keyOf['lead'])
    expect(await refusedFor('/key/update', { key: calls, allowed_routes: [] }, keyOf['lead'])).toEqual({
      status: 403,
      param: 'allowed_routes',
    })
    const whole = await made({ team_id: 'red', user_id: 'org' })
    expect(await refusedFor('/key/regenerate', { key: whole }, keyOf['lead'])).toEqual({
      status: 403,
      param: 'key',
    })
    expect((await refusedFor('/key/update', { key: whole, max_budget: 3 }, keyOf['lead'])).status).toBe(200)
  })

  test('put keys in the name of members, and of nobody else', async () => {
    const calls = { key_type: 'llm_api' }
    const red = (user_id: string) => ({ ...calls, team_id: 'red', user_id })
    const acme = (user_id: string) => ({ ...calls, organization_id: 'acme', user_id })
    const nobody = { status: 403, param: 'user_id' }
    for (const user_id of ['bob', 'root', 'org', 'nowhere'])
      expect(await refusedFor('/key/generate', red(user_id), keyOf['lead']), user_id).toEqual(nobody)
    for (const user_id of ['bob', 'root', 'ann', 'nowhere'])
      expect(await refusedFor('/key/generate', acme(user_id), keyOf['org']), user_id).toEqual(nobody)
    // A member of the organization is welcome in its teams, a member of the team in the team.
    await database.accounts.create(
      accountRow('organization_member', memberId('acme', 'look'), { organizationId: 'acme', userId: 'look' }),
    )
    const theirs = await made(acme('look'), keyOf['org'])
    await made(red('look'), keyOf['org'])
    const key = await made(red('ann'), keyOf['org'])
    expect(await refusedFor('/key/update', { key, user_id: 'bob' }, keyOf['lead'])).toEqual(nobody)
    // Who has left keeps what they have, and nothing more is put in their name.
    await database.accounts.remove([{ kind: 'organization_member', id: memberId('acme', 'look') }], 1, null)
    expect((await refusedFor('/key/update', { key: theirs, max_budget: 1 }, keyOf['org'])).status).toBe(200)
    expect(await refusedFor('/key/generate', acme('look'), keyOf['org'])).toEqual(nobody)
  })

  test('an alias does not lead past the models of the team', async () => {
    const body = { team_id: 'red', aliases: { 'gpt-4o': 'o1-pro' } }
    expect(await refusedFor('/key/generate', body, keyOf['lead'])).toEqual({
      status: 403,
      param: 'aliases.gpt-4o',
    })
  })

  test('a member with a permission of the team makes keys of their own in it', async () => {
    const key = await made({ team_id: 'open' }, keyOf['ann'])
    expect((await office.call('GET', '/key/info', undefined, key)).json).toMatchObject({
      info: { user_id: 'ann', team_id: 'open' },
    })
    expect((await refusedFor('/key/generate', { team_id: 'red' }, keyOf['ann'])).status).toBe(403)
  })

  test('see in lists what they reach', async () => {
    const listed = async (query: string, by: string) => {
      const { status, json } = await office.call(
        'GET',
        `/key/list?size=100&return_full_object=true${query}`,
        undefined,
        keyOf[by],
      )
      return status === 200 ? (json['keys'] as { user_id: string; team_id: string }[]) : status
    }
    const own = (await listed('', 'ann')) as { user_id: string }[]
    expect(own.length).toBeGreaterThan(2)
    expect(own.every(key => key.user_id === 'ann')).toBe(true)
    expect(await listed('&user_id=bob', 'ann')).toBe(403)
    expect(await listed('&team_id=red', 'ann')).toBe(403)
    const team = (await listed('&team_id=red', 'lead')) as { team_id: string }[]
    expect(team.length).toBeGreaterThan(1)
    expect(team.every(key => key.team_id === 'red')).toBe(true)
    const all = (await listed('&include_team_keys=true', 'lead')) as { user_id: string; team_id: string }[]
    expect(all.every(key => key.team_id === 'red' || key.user_id === 'lead')).toBe(true)
    expect(all.length).toBeGreaterThan(team.length)
  })
})

test('a restricted key of the admin of the gateway makes no unrestricted one for the same admin', async () => {
  const bound = await made({ user_id: 'root', allowed_routes: ['key_management_routes'] })
  expect(await refusedFor('/key/generate', { user_id: 'root' }, bound)).toEqual({
    status: 403,
    param: 'allowed_routes',
  })
  await made({ user_id: 'ann' }, bound)
  await database.accounts.create(accountRow('user', 'root-2', { role: 'proxy_admin' }))
  expect((await refusedFor('/key/generate', { user_id: 'root-2' }, bound)).status).toBe(403)
})
