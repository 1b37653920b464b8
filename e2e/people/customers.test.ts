import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, startRig } from '../gateway.ts'
import { send } from './send.ts'

const rig = await startRig()
afterAll(() => rig.close())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = async (user: string, more: object = {}) =>
  await post(
    rig.gateway,
    '/v1/chat/completions',
    { model: 'gpt-4o', messages, user, ...more },
    rig.gateway.masterKey,
  )

test('a customer is made, found under both spellings, changed and removed', async () => {
  const made = await send(rig, 'POST', '/customer/new', { user_id: 'c1', alias: 'Acme', max_budget: 2 })
  expect(made.json).toMatchObject({ user_id: 'c1', alias: 'Acme', litellm_budget_table: { max_budget: 2 } })
  const twice = await send(rig, 'POST', '/end_user/new', { user_id: 'c1' })
  expect([twice.status, twice.param]).toEqual([400, 'user_id'])
  await send(rig, 'POST', '/end_user/update', { user_id: 'c1', allowed_model_region: 'eu' })
  const info = await send(rig, 'GET', '/customer/info?end_user_id=c1')
  expect(info.json).toMatchObject({ allowed_model_region: 'eu', max_budget: 2, spend: 0 })
  const gone = await send(rig, 'POST', '/customer/delete', { user_ids: ['c1'] })
  expect(gone.json).toMatchObject({ deleted_customers: 1 })
  expect((await send(rig, 'GET', '/end_user/info?end_user_id=c1')).status).toBe(404)
})

test('a customer takes limits from a budget, which stays while it is theirs, and not from two places', async () => {
  await send(rig, 'POST', '/budget/new', {
    budget_id: 'free',
    max_budget: 1,
    budget_duration: '30d',
    rpm_limit: 3,
  })
  const both = await send(rig, 'POST', '/customer/new', { user_id: 'c2', budget_id: 'free', max_budget: 1 })
  expect([both.status, both.param]).toEqual([400, 'budget_id'])
  const none = await send(rig, 'POST', '/customer/new', { user_id: 'c2', budget_id: 'nothing' })
  expect([none.status, none.param]).toEqual([400, 'budget_id'])
  const made = await send(rig, 'POST', '/customer/new', { user_id: 'c2', budget_id: 'free' })
  expect(made.json).toMatchObject({
    max_budget: 1,
    rpm_limit: 3,
    litellm_budget_table: { budget_id: 'free' },
  })
  await send(rig, 'POST', '/budget/update', { budget_id: 'free', max_budget: 4 })
  expect((await send(rig, 'GET', '/customer/info?end_user_id=c2')).json).toMatchObject({ max_budget: 4 })
  const used = await send(rig, 'POST', '/budget/delete', { id: 'free' })
  expect([used.status, used.param]).toEqual([400, 'id'])
})

test('whoever has spent is in the list, and a model by default must exist', async () => {
  await ask('spender')
  await eventually('the customer is there', async () =>
    (await send(rig, 'GET', '/customer/list')).list.some(
      row => row['user_id'] === 'spender' && Number(row['spend']) > 0,
    ),
  )
  const wrong = await send(rig, 'POST', '/customer/update', { user_id: 'spender', default_model: 'nothing' })
  expect([wrong.status, wrong.param]).toEqual([422, 'default_model'])
})

test('a blocked customer is refused in the words of the client, and served again when unblocked', async () => {
  await send(rig, 'POST', '/end_user/block', { user_ids: ['bad'] })
  await eventually('the customer is refused', async () => (await ask('bad')).status === 403)
  const said = (await (await ask('bad')).json()) as { error: { message: string } }
  expect(said.error.message).toContain('Customer=bad is blocked')
  const anthropic = await post(
    rig.gateway,
    '/v1/messages',
    { model: 'claude-sonnet-4-6', messages, max_tokens: 9, metadata: { user_id: 'bad' } },
    rig.gateway.masterKey,
  )
  expect([anthropic.status, await anthropic.json()]).toMatchObject([403, { type: 'error' }])
  expect((await ask('good')).status).toBe(200)
  await send(rig, 'POST', '/customer/unblock', { user_ids: ['bad'] })
  expect((await ask('bad')).status).toBe(200)
})
