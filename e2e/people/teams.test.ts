import { startUpstream } from '@sluice/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { openaiClient } from '../clients/sdk-clients.ts'
import { eventually } from '../eventually.ts'
import { member, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'
import { send } from './send.ts'

const messages = [{ role: 'user' as const, content: 'Hello there' }]

/** A model of the team's own, under the name that LiteLLM gives its group. */
const GROUP = 'model_name_red_7f3a'
const own = { team_id: 'red', team_public_model_name: 'house-model' }
/** Requests a minute that waiting for another replica, call after call, never uses up. */
const MANY = 100_000
/** A tenth of a cent for each token that comes out. */
const dear = { input_cost_per_token: 0, output_cost_per_token: 0.001 }

describe.each(['SQLite', 'two gateways on PostgreSQL'] as const)('teams on %s', place => {
  /** What is changed on `one` is called on `two`. */
  let one: Rig
  let two: Rig
  const keys: Record<string, string> = {}

  beforeAll(async () => {
    const upstream = await startUpstream()
    const database = place === 'SQLite' ? undefined : await openTestDatabase()
    const options = {
      upstream,
      models: [
        member(upstream, GROUP, 'red-house', {}, own),
        member(upstream, 'dear', 'gpt-4o-mini', {}, dear),
      ],
      ...(database && { config: { general_settings: { database_url: database.url } } }),
    }
    one = await startRig(options)
    two = database ? await startRig({ ...options, env: { LITELLM_MASTER_KEY: one.gateway.masterKey } }) : one
    return async () => {
      if (two !== one) await two.close()
      await one.close()
      await upstream.close()
      await database?.close()
    }
  })

  const as = async (who: string, method: string, path: string, body?: object) =>
    await send(one, method, path, body, keys[who])
  /** The status and message of a call with this key, by the official client on the other gateway. */
  const ask = async (key: string, model = 'gpt-4o') => {
    try {
      const answer = await openaiClient(two, key).chat.completions.create({ model, messages, max_tokens: 4 })
      return { status: 200, message: answer.model }
    } catch (error) {
      const { status, message } = error as { status?: number; message: string }
      return { status, message }
    }
  }
  const newKey = async (who: string, body: object) => {
    const made = await as(who, 'POST', '/key/generate', body)
    expect([made.status, made.message]).toEqual([200, ''])
    return String(made.json['key'])
  }

  test('an admin makes an organization, its admin a team, the team’s admin members and keys, and the key calls', async () => {
    for (const user_id of ['olga', 'tom', 'out']) {
      const made = await send(one, 'POST', '/user/new', { user_id, user_role: 'internal_user' })
      keys[user_id] = String(made.json['key'])
    }
    const organization = { organization_id: 'acme', organization_alias: 'Acme', max_budget: 1_000 }
    const founded = await send(one, 'POST', '/organization/new', organization)
    expect(founded.json).toMatchObject({
      ...organization,
      models: [],
      litellm_budget_table: { max_budget: 1_000 },
    })
    await send(one, 'POST', '/organization/member_add', {
      organization_id: 'acme',
      member: { role: 'org_admin', user_id: 'olga' },
    })
    // As in LiteLLM's page on teams: https://docs.litellm.ai/docs/proxy/users
    const team = await as('olga', 'POST', '/team/new', {
      ...{ team_id: 'red', team_alias: 'my-new-team', organization_id: 'acme' },
      ...{ members_with_roles: [{ role: 'admin', user_id: 'tom' }], rpm_limit: MANY },
      ...{ models: ['gpt-4o', 'dear', 'house-model'], model_aliases: { fast: 'gpt-4o' } },
    })
    expect(team.json).toMatchObject({
      ...{ team_alias: 'my-new-team', team_id: 'red', metadata: {}, tpm_limit: null, rpm_limit: MANY },
      ...{
        max_budget: null,
        models: ['gpt-4o', 'dear', 'house-model'],
        spend: 0,
        max_parallel_requests: null,
      },
      ...{ budget_duration: null, budget_reset_at: null, organization_id: 'acme', blocked: false },
    })
    const added = await as('tom', 'POST', '/team/member_add', {
      team_id: 'red',
      member: { role: 'user', user_email: 'mia@example.com' },
    })
    const [mia] = added.json['updated_users'] as { user_id: string }[]
    keys['team'] = await newKey('tom', { team_id: 'red', user_id: mia?.user_id, key_type: 'llm_api' })
    expect((await ask(keys['team'])).status).toBe(200)
  })

  test('its models, aliases and own models hold, and nobody else sees or calls them', async () => {
    const key = keys['team'] ?? ''
    expect((await ask(key, 'fast')).status).toBe(200)
    expect((await ask(key, 'house-model')).status).toBe(200)
    expect(await ask(key, 'gpt-5')).toMatchObject({
      status: 403,
      message: expect.stringContaining('team not allowed'),
    })
    const seen = async (who: string) => {
      const { json } = await send(two, 'GET', '/v1/models', undefined, keys[who])
      return (json['data'] as { id: string }[]).map(({ id }) => id)
    }
    expect((await seen('team')).sort()).toEqual(['dear', 'gpt-4o', 'house-model'])
    expect(await seen('out')).not.toContain('house-model')
    expect(await seen('out')).not.toContain(GROUP)
    for (const model of ['house-model', GROUP]) {
      expect([403, 404]).toContain((await ask(keys['out'] ?? '', model)).status)
      expect((await send(two, 'GET', `/v1/models/${model}`, undefined, keys['out'])).status).toBe(404)
    }
    const { json } = await send(two, 'GET', '/model/info', undefined, keys['out'])
    expect(JSON.stringify(json)).not.toContain('house')
  })

  test('a blocked team is refused with 403 elsewhere too, until it is unblocked', async () => {
    const key = keys['team'] ?? ''
    for (const [method, on, off, body, back] of [
      ['POST', '/team/block', '/team/unblock', { team_id: 'red' }, { team_id: 'red' }],
      [
        ...(['PATCH', '/organization/update', '/organization/update'] as const),
        { organization_id: 'acme', blocked: true },
        { organization_id: 'acme', blocked: false },
      ],
    ] as const) {
      await send(one, method, on, body)
      await eventually('it stops', async () => (await ask(key)).status === 403)
      await send(one, method, off, back)
      await eventually('it goes on', async () => (await ask(key)).status === 200)
    }
  })

  test('a spent budget is refused in the name of whose it is: the member first, then the team', async () => {
    const key = keys['team'] ?? ''
    const { json } = await as('tom', 'GET', '/team/info?team_id=red')
    const mia = (json['team_memberships'] as { user_id: string }[]).find(
      ({ user_id }) => !['tom', 'olga'].includes(user_id),
    )
    const name = { team_id: 'red', user_id: mia?.user_id }
    const limited = await as('tom', 'POST', '/team/member_update', { ...name, max_budget_in_team: 0.001 })
    expect(limited.json).toMatchObject({ ...name, max_budget_in_team: 0.001 })
    const spent = async (says: RegExp) =>
      await eventually('the budget refuses', async () => {
        const { status, message } = await ask(key, 'dear')
        return status === 429 && says.test(message)
      })
    await spent(new RegExp(`User=${mia?.user_id} in Team=red`))
    await as('tom', 'POST', '/team/member_update', { ...name, max_budget_in_team: null })
    await eventually('the member may again', async () => (await ask(key, 'dear')).status === 200)
    expect((await as('tom', 'POST', '/team/update', { team_id: 'red', max_budget: 9 })).status).toBe(403)
    await as('olga', 'POST', '/team/update', { team_id: 'red', max_budget: 0.002 })
    await spent(/Team=red Current cost/)
    await as('olga', 'POST', '/team/update', { team_id: 'red', max_budget: null })
  })

  test('a team that is deleted takes its keys with it, everywhere', async () => {
    const key = keys['team'] ?? ''
    const deleted = await as('olga', 'POST', '/team/delete', { team_ids: ['red'] })
    expect(deleted.json).toMatchObject({ deleted_teams: ['red'] })
    await eventually('the key is gone', async () => (await ask(key)).status === 401)
  })
})
