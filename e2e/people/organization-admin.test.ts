import { afterAll, expect, test } from 'vitest'
import { price, startRig } from '../gateway.ts'
import { send } from './send.ts'

const rig = await startRig()
afterAll(() => rig.close())

/** As the admin of the gateway, or with a key; what is refused fails the test. */
async function make(path: string, body: object, key?: string) {
  const answer = await send(rig, 'POST', path, body, key)
  expect([path, answer.status, answer.message]).toEqual([path, 200, ''])
  return answer.json
}

test('CVE-2026-47102: who may make users cannot make one who spends beyond the organization', async () => {
  const output = 4
  await make('/organization/new', {
    organization_id: 'bounded',
    organization_alias: 'bounded',
    models: ['gpt-4o'],
    max_budget: price.output * output * 2,
  })
  await make('/user/new', { user_id: 'chief', user_role: 'internal_user', auto_create_key: false })
  await make('/organization/member_add', {
    organization_id: 'bounded',
    member: { user_id: 'chief', role: 'org_admin' },
  })
  const { key } = await make('/key/generate', { user_id: 'chief' })
  const made = await make('/user/new', { user_id: 'straw', organizations: ['bounded'] }, String(key))
  const straw = String(made['key'])
  const own = String((await make('/key/generate', { user_id: 'straw' }, straw))['key'])
  const call = (model: string, secret: string) =>
    send(
      rig,
      'POST',
      '/v1/chat/completions',
      { model, max_tokens: output, messages: [{ role: 'user', content: 'Hi' }] },
      secret,
    )
  expect((await call('claude-sonnet-4-6', own)).status).toBe(403)
  const statuses = []
  for (let round = 0; round < 4; round++) statuses.push((await call('gpt-4o', own)).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([200, 429])
  expect((await call('gpt-4o', straw)).message).toContain('Organization=bounded')
})

test('account takeover across tenants: whom an organization’s admin takes in, they do not become', async () => {
  await make('/organization/new', {
    organization_id: 'grabby',
    organization_alias: 'grabby',
    models: ['gpt-4o'],
  })
  await make('/user/new', { user_id: 'taker', user_role: 'internal_user', auto_create_key: false })
  await make('/organization/member_add', {
    organization_id: 'grabby',
    member: { user_id: 'taker', role: 'org_admin' },
  })
  const key = String((await make('/key/generate', { user_id: 'taker' }))['key'])
  await make('/user/new', { user_id: 'stranger', user_role: 'internal_user', auto_create_key: false })
  const member = (user_id: string) => ({
    organization_id: 'grabby',
    member: { user_id, role: 'internal_user' },
  })
  await make('/organization/member_add', member('stranger'), key)
  const status = async (path: string, body: object) => (await send(rig, 'POST', path, body, key)).status
  const password = 'a long enough password'
  expect(await status('/user/update', { user_id: 'stranger', password })).toBe(403)
  expect(await status('/user/update', { user_id: 'stranger', max_budget: 1e6 })).toBe(403)
  expect(await status('/invitation/new', { user_id: 'stranger' })).toBe(403)
  expect(await status('/user/delete', { user_ids: ['stranger'] })).toBe(403)
  expect(await status('/user/update', { user_id: 'taker', max_budget: 1e6 })).toBe(403)
  await make('/organization/member_add', member('newcomer'), key)
  await make('/user/update', { user_id: 'newcomer', password }, key)
  expect((await make('/key/generate', { user_id: 'newcomer' }))['key']).toBeTypeOf('string')
})

test('account pre-hijacking: nobody makes the user that the holder of the master key becomes', async () => {
  const body = { user_id: 'default_user_id', organizations: ['bounded'] }
  const { key } = await make('/key/generate', { user_id: 'chief' })
  expect((await send(rig, 'POST', '/user/new', body, String(key))).status).toBe(400)
})

test('what the admin of the gateway set, an organization’s admin tightens and does not loosen', async () => {
  await make('/organization/new', { organization_id: 'strict', organization_alias: 'strict' })
  const chief = { user_id: 'boss', user_role: 'internal_user', auto_create_key: false }
  await make('/user/new', chief)
  await make('/organization/member_add', {
    organization_id: 'strict',
    member: { user_id: 'boss', role: 'org_admin' },
  })
  const key = String((await make('/key/generate', { user_id: 'boss' }))['key'])
  const worker = { user_id: 'worker', user_role: 'internal_user', auto_create_key: false }
  await make('/user/new', { ...worker, max_budget: 50, budget_duration: '30d' })
  const member = { organization_id: 'strict', member: { user_id: 'worker', role: 'internal_user' } }
  await make('/organization/member_add', { ...member, max_budget_in_organization: 10, rpm_limit: 60 })
  await make('/team/new', { team_id: 'strict-team', team_alias: 'strict', organization_id: 'strict' })
  const inTeam = { team_id: 'strict-team', member: { user_id: 'worker', role: 'user' } }
  await make('/team/member_add', { ...inTeam, max_budget_in_team: 5 })

  const said = async (method: string, path: string, body: object, by = key) => {
    const { status, param } = await send(rig, method, path, body, by)
    return [status, param]
  }
  const ofOrganization = (limits: object, by?: string) =>
    said(
      'PATCH',
      '/organization/member_update',
      { organization_id: 'strict', user_id: 'worker', ...limits },
      by,
    )
  const ofTeam = (limits: object) =>
    said('POST', '/team/member_update', { team_id: 'strict-team', user_id: 'worker', ...limits })
  const ofUser = (limits: object) => said('POST', '/user/update', { user_id: 'worker', ...limits })
  const refused = (field: string) => [403, field]

  for (const max_budget_in_organization of [11, null])
    expect(await ofOrganization({ max_budget_in_organization })).toEqual(refused('max_budget'))
  expect(await ofOrganization({ budget_duration: '1d' })).toEqual(refused('budget_duration'))
  expect(await ofOrganization({ rpm_limit: 61 })).toEqual(refused('rpm_limit'))
  expect(await ofTeam({ max_budget_in_team: 6 })).toEqual(refused('max_budget'))
  expect(await ofUser({ max_budget: 51 })).toEqual(refused('max_budget'))
  expect(await ofUser({ budget_duration: '1d' })).toEqual(refused('budget_duration'))
  // What nobody above set is theirs to set, and to set again.
  for (const tpm_limit of [1_000, 2_000, null]) expect((await ofOrganization({ tpm_limit }))[0]).toBe(200)
  expect((await ofOrganization({ max_budget_in_organization: 9 }))[0]).toBe(200)
  expect((await ofTeam({ max_budget_in_team: 4, tpm_limit: 5 }))[0]).toBe(200)
  expect((await ofUser({ max_budget: 40 }))[0]).toBe(200)
  // To put somebody out and take them in again changes nothing of it.
  const named = { organization_id: 'strict', user_id: 'worker' }
  expect((await said('DELETE', '/organization/member_delete', named))[0]).toBe(200)
  const back = { ...member, max_budget_in_organization: 100 }
  expect(await said('POST', '/organization/member_add', back)).toEqual(refused('max_budget'))
  await make('/organization/member_add', member, key)
  const { json } = await send(rig, 'GET', '/organization/info?organization_id=strict')
  expect(json['members']).toContainEqual(
    expect.objectContaining({
      user_id: 'worker',
      litellm_budget_table: expect.objectContaining({ max_budget: 9, rpm_limit: 60 }) as object,
    }),
  )
  expect(await ofOrganization({ rpm_limit: null })).toEqual(refused('rpm_limit'))
  // Who set it may take it back.
  expect((await ofOrganization({ rpm_limit: null }, rig.gateway.masterKey))[0]).toBe(200)
  expect((await ofOrganization({ rpm_limit: 600 }))[0]).toBe(200)
})
