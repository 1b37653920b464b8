import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../../db/database.ts'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { openTestOffice, type TestOffice } from '../testing/test-office.ts'

eachDatabase('teams', makePlace => {
  let database: Database
  let office: TestOffice
  /** A personal key of each of these people. */
  const keys: Record<string, string> = {}
  const as = (who: string, url: string, body?: object) =>
    office.call(body === undefined ? 'GET' : 'POST', url, body, keys[who])

  beforeAll(async () => {
    database = await makePlace().open()
    office = await openTestOffice(database)
    for (const name of ['olga', 'tom', 'mia', 'out', 'viewer', 'joiner']) {
      const role = name === 'viewer' ? 'proxy_admin_viewer' : 'internal_user'
      await database.accounts.create(accountRow('user', name, { role, email: `${name}@example.com` }))
      keys[name] = (await office.call('POST', '/key/generate', { user_id: name })).key
    }
    const organization = { max_budget: 100, tpm_limit: 10_000, models: ['gpt-4o', 'claude'] }
    for (const id of ['acme', 'other'])
      await office.call('POST', '/organization/new', {
        ...{ organization_alias: id, organization_id: id, ...organization },
      })
    const admin = { role: 'org_admin', user_id: 'olga' }
    await office.call('POST', '/organization/member_add', { organization_id: 'acme', member: admin })
    return async () => {
      await office.app.close()
      await database.close()
    }
  })

  test('the admin of an organization makes teams in it, within its limits, and is their admin', async () => {
    const team = {
      team_id: 'red',
      team_alias: 'Red',
      organization_id: 'acme',
      max_budget: 50,
      models: ['gpt-4o'],
    }
    const made = await as('olga', '/team/new', {
      ...team,
      members_with_roles: [{ role: 'admin', user_id: 'tom' }],
      tags: ['a'],
      guardrails: ['pii'],
    })
    expect(made).toMatchObject({
      status: 200,
      json: {
        ...team,
        tpm_limit: 9_000,
        metadata: { tags: ['a'], guardrails: ['pii'] },
        spend: 0,
        members_with_roles: [
          { role: 'admin', user_id: 'olga', user_email: 'olga@example.com' },
          { role: 'admin', user_id: 'tom' },
        ],
        warnings: ['`guardrails` has no effect in this version; it is kept in the metadata.'],
      },
    })
    for (const [wrong, param] of [
      [{ organization_id: 'acme', max_budget: 101 }, 'max_budget'],
      [{ organization_id: 'acme', tpm_limit: 10_001 }, 'tpm_limit'],
      [{ organization_id: 'acme', models: ['gpt-5'] }, 'models'],
    ] as const)
      expect(await as('olga', '/team/new', wrong)).toMatchObject({ status: 400, error: { param } })
    expect((await as('olga', '/team/new', { organization_id: 'other' })).status).toBe(403)
    expect((await as('olga', '/team/new', { team_alias: 'of nobody' })).status).toBe(403)
    expect(await as('olga', '/team/new', { organization_id: 'acme', user_role: 'x' })).toMatchObject({
      status: 400,
      error: { param: 'user_role' },
    })
    expect((await as('olga', '/team/new', team)).error.message).toContain("team_id='red' already exists")
    expect((await as('olga', '/team/new', { ...team, team_id: 'no', organization_id: 'none' })).status).toBe(
      403,
    )
  })

  test('nobody raises their own budget, models, organization or role (CVE-2026-47101, -47102, -12770)', async () => {
    for (const field of [
      { max_budget: 99 },
      { models: [] },
      { organization_id: 'other' },
      { spend: 0 },
      { blocked: false },
    ])
      expect(await as('tom', '/team/update', { team_id: 'red', ...field })).toMatchObject({
        status: 403,
        error: { param: Object.keys(field)[0] },
      })
    const metadata = { priority: 'prod', guardrails: ['pii'] }
    expect(await as('tom', '/team/update', { team_id: 'red', metadata })).toMatchObject({
      status: 403,
      error: { param: 'metadata.priority' },
    })
    // What is left out stays: nobody gets rid of a guardrail by saying nothing of it.
    expect(await as('tom', '/team/update', { team_id: 'red', metadata: { note: 1 } })).toMatchObject({
      json: { data: { metadata: { note: 1, guardrails: ['pii'] } } },
    })
    expect((await as('tom', '/team/update', { team_id: 'red', access_group_ids: ['all'] })).status).toBe(403)
    expect((await as('tom', '/team/model/add', { team_id: 'red', models: ['claude'] })).status).toBe(403)
    expect((await as('tom', '/organization/member_add', orgMember('tom', 'org_admin'))).status).toBe(403)
    expect((await as('tom', '/team/new', { organization_id: 'acme' })).status).toBe(403)
    expect((await as('tom', '/team/block', { team_id: 'red' })).status).toBe(403)
    const own = { team_id: 'red', user_id: 'tom', max_budget_in_team: 9 }
    expect((await as('tom', '/team/member_update', own)).status).toBe(403)
    expect((await as('olga', '/team/update', { team_id: 'red', organization_id: 'other' })).status).toBe(403)
    expect((await as('olga', '/team/update', { team_id: 'red', organization_id: null })).status).toBe(403)
    expect((await as('olga', '/team/update', { team_id: 'red', max_budget: 101 })).status).toBe(400)
    for (const role of ['proxy_admin', 'proxy_admin_viewer'])
      expect(await as('olga', '/organization/member_add', orgMember('mia', role))).toMatchObject({
        status: 400,
      })
    const raise = { organization_id: 'acme', max_budget: 1_000 }
    expect((await office.call('PATCH', '/organization/update', raise, keys['olga'])).status).toBe(403)
    const elsewhere = { organization_id: 'other', organization_alias: 'mine' }
    expect((await office.call('PATCH', '/organization/update', elsewhere, keys['olga'])).status).toBe(403)
    for (const url of ['/team/info?team_id=red', '/team/permissions_list?team_id=red'])
      expect((await as('out', url)).status).toBe(403)
    for (const [url, body] of [
      ['/team/member_add', { team_id: 'red', member: { user_id: 'out', role: 'admin' } }],
      ['/team/delete', { team_ids: ['red'] }],
      ['/team/permissions_update', { team_id: 'red', team_member_permissions: [] }],
    ] as const)
      for (const who of ['out', 'viewer']) expect((await as(who, url, body)).status).toBe(403)
  })

  test('members are found or made by e-mail, follow the defaults of the team, and may have their own', async () => {
    await as('tom', '/team/update', {
      team_id: 'red',
      team_member_budget: 5,
      team_member_budget_duration: '30d',
    })
    const added = await as('tom', '/team/member_add', {
      team_id: 'red',
      member: [
        { role: 'user', user_email: 'MIA@example.com' },
        { role: 'user', user_email: 'new@example.com' },
      ],
    })
    const budget = { max_budget: 5, budget_duration: '30d', budget_reset_at: '2026-12-01T00:00:00.000Z' }
    expect(added).toMatchObject({
      status: 200,
      json: {
        team_id: 'red',
        updated_users: [{ user_id: 'mia' }, { user_email: 'new@example.com', user_role: 'internal_user' }],
        updated_team_memberships: [{ litellm_budget_table: budget }, { litellm_budget_table: budget }],
      },
    })
    const again = { team_id: 'red', member: { role: 'user', user_id: 'mia' } }
    expect(await as('tom', '/team/member_add', again)).toMatchObject({
      status: 400,
      error: { type: 'team_member_already_in_team' },
    })
    const mine = { team_id: 'red', user_email: 'mia@example.com', max_budget_in_team: 7, tpm_limit: 3 }
    expect(await as('tom', '/team/member_update', mine)).toMatchObject({
      status: 200,
      json: { team_id: 'red', user_id: 'mia', max_budget_in_team: 7, tpm_limit: 3 },
    })
    await as('tom', '/team/update', { team_id: 'red', team_member_budget: 6 })
    const { json } = await as('tom', '/team/info?team_id=red')
    const memberships = json['team_memberships'] as { user_id: string; litellm_budget_table: object }[]
    expect(
      Object.fromEntries(memberships.map(each => [each.user_id, each.litellm_budget_table])),
    ).toMatchObject({
      olga: { max_budget: 6 },
      mia: { max_budget: 7, tpm_limit: 3 },
      // Whoever changed the defaults keeps what they have.
      tom: { max_budget: null },
    })
    expect(await as('mia', '/team/red/members/me')).toMatchObject({ json: { role: 'user', spend: 0 } })
  })

  test('a member sees the team and their own keys of it; what members may do besides is granted by route', async () => {
    await office.call('POST', '/key/generate', { team_id: 'red', user_id: 'mia', key_alias: 'hers' })
    await office.call('POST', '/key/generate', { team_id: 'red', user_id: 'tom', key_alias: 'his' })
    const seen = async (who: string) =>
      ((await as(who, '/team/info?team_id=red')).json['keys'] as { key_alias: string }[]).map(
        ({ key_alias }) => key_alias,
      )
    expect(await seen('mia')).toEqual(['hers'])
    expect((await seen('tom')).sort()).toEqual(['hers', 'his'])
    const { json } = await as('mia', '/team/permissions_list?team_id=red')
    expect(json['all_available_permissions']).toEqual(
      expect.arrayContaining(['/key/info', '/key/generate', '/spend/logs']),
    )
    const grant = (routes: string[]) =>
      as('tom', '/team/permissions_update', { team_id: 'red', team_member_permissions: routes })
    expect((await grant(['/team/delete'])).error.message).toContain("'/team/delete' cannot be granted")
    expect(await grant(['/key/list'])).toMatchObject({ json: { team_member_permissions: ['/key/list'] } })
  })

  test('lists show each what is theirs, in pages', async () => {
    for (const id of ['blue', 'green'])
      await office.call('POST', '/team/new', { team_id: id, team_alias: `Team ${id}` })
    const seen = async (who: string, query = '') => {
      const { json } = await as(who, `/v2/team/list?page_size=2${query}`)
      return [json['total'], ...(json['teams'] as { team_id: string }[]).map(({ team_id }) => team_id)]
    }
    expect(await seen('viewer')).toEqual([3, 'red', 'blue'])
    expect(await seen('viewer', '&page=2')).toEqual([3, 'green'])
    expect(await seen('viewer', '&team_alias=GREE')).toEqual([1, 'green'])
    expect(await seen('viewer', '&organization_id=default_organization')).toEqual([2, 'blue', 'green'])
    expect(await seen('viewer', '&user_id=mia&sort_by=created_at&sort_order=desc')).toEqual([1, 'red'])
    for (const who of ['olga', 'tom', 'mia']) expect(await seen(who)).toEqual([1, 'red'])
    expect(await seen('out')).toEqual([0])
    expect(await seen('mia', '&team_id=blue')).toEqual([0])
    expect((await as('mia', '/team/list')).list.map(each => each['team_id'])).toEqual(['red'])
    expect((await as('viewer', '/team/list')).list).toMatchObject([
      { team_id: 'red', keys: [{}, {}] },
      { team_id: 'blue', keys: [] },
      { team_id: 'green' },
    ])
    expect((await as('viewer', '/organization/list')).list).toMatchObject([
      { organization_id: 'acme', members: [{ user_role: 'org_admin' }], teams: [{ team_id: 'red' }] },
      { organization_id: 'other' },
    ])
    expect((await as('olga', '/organization/list')).list).toHaveLength(1)
    expect((await as('out', '/organization/list')).list).toHaveLength(0)
  })

  test('a team that is open may be joined by oneself, as a plain member and no other', async () => {
    await office.call('POST', '/team/new', { team_id: 'open', team_alias: 'Open' })
    expect((await as('joiner', '/team/available')).list).toMatchObject([{ team_id: 'open' }])
    const join = (member: object, more = {}) =>
      as('joiner', '/team/member_add', { team_id: 'open', member, ...more })
    expect((await join({ user_id: 'joiner', role: 'admin' })).status).toBe(403)
    expect((await join({ user_id: 'out', role: 'user' })).status).toBe(403)
    expect((await join({ user_id: 'joiner', role: 'user' }, { max_budget_in_team: 5 })).status).toBe(403)
    expect((await join({ user_id: 'joiner', role: 'user' })).status).toBe(200)
    expect((await as('joiner', '/team/available')).list).toEqual([])
  })

  test('a blocked team, organization or project refuses its keys with 403 until it is unblocked', async () => {
    await as('tom', '/project/new', { project_id: 'p', team_id: 'red', models: ['gpt-4o'] })
    const { key } = await office.call('POST', '/key/generate', { team_id: 'red' })
    await office.authenticate(key)
    for (const [method, url, body] of [
      ['POST', '/team/block', { team_id: 'red' }],
      ['PATCH', '/organization/update', { organization_id: 'acme', blocked: true }],
    ] as const) {
      await office.call(method, url, body)
      await expect(office.authenticate(key)).rejects.toMatchObject({ kind: 'permission' })
      const undo = url === '/team/block' ? { team_id: 'red' } : { organization_id: 'acme', blocked: null }
      await office.call(method, url.replace('block', 'unblock'), undo)
      await office.authenticate(key)
    }
  })

  test('projects lie within their team, and are not removed while they have keys', async () => {
    const wrong = { team_id: 'red', models: ['claude'] }
    expect(await as('tom', '/project/new', wrong)).toMatchObject({ status: 400, error: { param: 'models' } })
    expect((await as('mia', '/project/new', { team_id: 'red' })).status).toBe(403)
    const changed = await as('tom', '/project/update', { project_id: 'p', tags: ['x'], max_budget: 3 })
    expect(changed).toMatchObject({ json: { team_id: 'red', tags: ['x'], max_budget: 3 } })
    expect((await as('mia', '/project/list')).list).toMatchObject([{ project_id: 'p' }])
    expect((await as('out', '/project/list')).list).toEqual([])
    expect((await as('out', '/project/info?project_id=p')).status).toBe(403)
    const key = keyRow('in-p', { teamId: 'red', projectId: 'p' })
    await database.keys.create(key)
    const remove = { project_ids: ['p'] }
    expect((await office.call('DELETE', '/project/delete', remove, keys['mia'])).status).toBe(403)
    const refused = await office.call('DELETE', '/project/delete', remove, keys['tom'])
    expect(refused).toMatchObject({ status: 400, error: { param: 'project_ids' } })
    await database.keys.remove(['in-p'])
    expect((await office.call('DELETE', '/project/delete', remove, keys['tom'])).list).toMatchObject([
      { project_id: 'p' },
    ])
  })

  test('taking the last model from a team is refused, because none means all', async () => {
    const take = await as('tom', '/team/model/delete', { team_id: 'red', models: ['gpt-4o'] })
    expect(take).toMatchObject({ status: 400, error: { param: 'models' } })
    const add = { team_id: 'red', models: ['claude'] }
    expect(await as('olga', '/team/model/add', add)).toMatchObject({ json: { models: ['gpt-4o', 'claude'] } })
    expect(await as('tom', '/team/model/delete', add)).toMatchObject({ json: { models: ['gpt-4o'] } })
  })

  test('loggers of a team are kept, and their variables never shown', async () => {
    const callback = {
      callback_name: 'langfuse',
      callback_type: 'success',
      callback_vars: { langfuse_secret_key: 'sk-lf-very-secret' },
    }
    const kept = await as('tom', '/team/red/callback', callback)
    const data = {
      success_callbacks: ['langfuse'],
      failure_callbacks: [],
      callback_vars: { langfuse_secret_key: '****' },
    }
    expect(kept).toMatchObject({ json: { status: 'success', data, warnings: [expect.any(String)] } })
    for (const url of ['/team/red/callback', '/team/info?team_id=red', '/v2/team/list'])
      expect(JSON.stringify((await as('tom', url)).json)).not.toContain('very-secret')
    expect(await as('tom', '/team/red/disable_logging', {})).toMatchObject({
      json: { data: { success_callbacks: [] } },
    })
  })

  test('many come in at once, each by themselves', async () => {
    const members = [{ user_id: 'out' }, { user_id: 'mia' }, { user_email: 'two@example.com' }]
    const { json } = await as('tom', '/team/bulk_member_add', { team_id: 'red', members })
    expect(json).toMatchObject({
      total_requested: 3,
      successful_additions: 2,
      failed_additions: 1,
      results: [{ success: true }, { success: false, error: expect.stringContaining('already in team') }, {}],
    })
    expect((await as('tom', '/team/bulk_member_add', { team_id: 'red', all_users: true })).status).toBe(403)
  })

  test('default team settings are changed and hold for the next team', async () => {
    await office.call('PATCH', '/update/default_team_settings', { max_budget: 12, tpm_limit: null })
    expect(await office.call('GET', '/get/default_team_settings')).toMatchObject({
      json: { values: { max_budget: 12, tpm_limit: null } },
    })
    expect((await office.call('POST', '/team/new', { team_id: 'next' })).json).toMatchObject({
      max_budget: 12,
      tpm_limit: null,
    })
  })

  test('who is put out of a team loses its keys; a team that goes takes its keys, members and projects', async () => {
    const { key } = await office.call('POST', '/key/generate', { team_id: 'red', user_id: 'mia' })
    await as('tom', '/team/member_delete', { team_id: 'red', user_id: 'mia' })
    await expect(office.authenticate(key)).rejects.toMatchObject({ kind: 'authentication' })
    expect((await as('mia', '/team/info?team_id=red')).status).toBe(403)
    const last = (await office.call('POST', '/key/generate', { team_id: 'red' })).key
    expect((await as('tom', '/team/delete', { team_ids: ['red'] })).status).toBe(403)
    expect((await office.call('POST', '/team/delete', { team_ids: ['red', 'nobody'] })).status).toBe(404)
    await office.authenticate(last)
    expect((await as('olga', '/team/delete', { team_ids: ['red'] })).json).toMatchObject({
      deleted_teams: ['red'],
    })
    await expect(office.authenticate(last)).rejects.toMatchObject({ kind: 'authentication' })
    expect((await as('viewer', '/v2/team/list?status=deleted')).json).toMatchObject({
      teams: [{ team_id: 'red' }],
    })
    expect((await office.call('GET', '/team/info?team_id=red')).status).toBe(404)
    const { rows } = await database.accounts.list({
      kind: 'team_member',
      teamIds: ['red'],
      page: 1,
      size: 10,
    })
    expect(rows).toEqual([])
  })

  test('an organization that goes takes its teams and their keys', async () => {
    await office.call('POST', '/team/new', { team_id: 'late', organization_id: 'acme' })
    const { key } = await office.call('POST', '/key/generate', { team_id: 'late' })
    const remove = { organization_ids: ['acme'] }
    expect((await office.call('DELETE', '/organization/delete', remove, keys['olga'])).status).toBe(403)
    expect((await office.call('DELETE', '/organization/delete', remove)).list).toMatchObject([
      { organization_id: 'acme' },
    ])
    await expect(office.authenticate(key)).rejects.toMatchObject({ kind: 'authentication' })
    expect((await office.call('GET', '/team/info?team_id=late')).status).toBe(404)
    expect((await as('olga', '/team/new', { organization_id: 'acme' })).status).toBe(403)
  })

  test('model list bypass: an alias of a team leads to no model that its team, or organization, may not call', async () => {
    const members_with_roles = [{ role: 'admin', user_id: 'tom' }]
    await office.call('POST', '/team/new', { team_id: 'alias', models: ['gpt-4o'], members_with_roles })
    const alias = (target: string) => ({ team_id: 'alias', model_aliases: { 'gpt-4o': target } })
    expect(await as('tom', '/team/update', alias('o1-pro'))).toMatchObject({
      status: 403,
      error: { param: 'model_aliases.gpt-4o' },
    })
    expect((await as('tom', '/team/update', alias('gpt-4o'))).status).toBe(200)
    expect((await office.call('POST', '/team/update', alias('o1-pro'))).status).toBe(200)
    const beyond = { organization_id: 'acme', models: ['gpt-4o'], model_aliases: { 'gpt-4o': 'o1-pro' } }
    expect((await as('olga', '/team/new', beyond)).status).toBe(403)
  })

  test('reserved names: nobody makes the team of all sessions', async () => {
    const refused = await office.call('POST', '/team/new', { team_id: 'litellm-dashboard' })
    expect(refused).toMatchObject({ status: 400, error: { param: 'team_id' } })
  })
})

function orgMember(user: string, role: string) {
  return { organization_id: 'acme', member: { user_id: user, role } }
}
