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
