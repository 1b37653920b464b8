import { startUpstream } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { member, post, startRig } from '../gateway.ts'
import { send } from '../people/send.ts'

const upstream = await startUpstream()
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
const rig = await startRig({
  upstream,
  models: [
    member(upstream, 'metered', 'metered-one', { tags: ['product:bot', 'another'] }, metered),
    member(upstream, 'group', 'one'),
    member(upstream, 'group', 'two'),
  ],
  config: {
    router_settings: { enable_tag_filtering: true },
    litellm_settings: {
      max_end_user_budget_id: 'everybody',
      tag_budget_config: { 'product:bot': { max_budget: 0.003, budget_duration: '1d' } },
    },
  },
})
afterAll(() => rig.close())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (more: object) =>
  post(
    rig.gateway,
    '/v1/chat/completions',
    { model: 'metered', messages, max_tokens: 4, ...more },
    rig.gateway.masterKey,
  )
const told = async (response: Response) =>
  ((await response.json()) as { error: { message: string } }).error.message

test('end users without limits of their own go by the budget that the configuration names, each by themselves', async () => {
  expect((await ask({ user: 'early' })).status).toBe(200)
  const budget = { budget_id: 'everybody', max_budget: 0.004, budget_duration: '30d', tpm_limit: 10_000 }
  expect((await send(rig, 'POST', '/budget/new', budget)).status).toBe(200)
  const first = await ask({ user: 'c1' })
  expect(first.status).toBe(200)
  expect(first.headers.get('x-ratelimit-limit-tokens')).toBe('10000')
  const refused = await ask({ user: 'c1' })
  expect(refused.status).toBe(429)
  expect(await told(refused)).toMatch(
    /End User=c1 over budget\. Spend=0\.\d+, Budget=0\.004\. Budget resets at: /,
  )
  expect((await ask({ user: 'c2' })).status).toBe(200)
  expect((await send(rig, 'POST', '/customer/new', { user_id: 'c3', max_budget: 10 })).status).toBe(200)
  for (let i = 0; i < 2; i++) expect((await ask({ user: 'c3' })).status).toBe(200)
  await send(rig, 'POST', '/budget/update', { budget_id: 'everybody', max_budget: 1 })
  expect((await ask({ user: 'c1' })).status).toBe(200)
  const kept = await send(rig, 'POST', '/budget/delete', { id: 'everybody' })
  expect([kept.status, kept.param]).toEqual([400, 'id'])
  expect(kept.message).toContain('max_end_user_budget_id')
})

test('a tag in tag_budget_config has its budget beside that of /tag/new, and a refusal names it', async () => {
  const tagged = { metadata: { tags: ['product:bot'] } }
  expect((await ask(tagged)).status).toBe(200)
  const refused = await ask(tagged)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-should-retry')).toBe('false')
  expect(await told(refused)).toMatch(
    /Tag=product:bot over 1d tag_budget_config budget\. Spend=\$0\.\d+, Limit=\$0\.003\. Budget resets at: /,
  )
  expect((await ask({ metadata: { tags: ['another'] } })).status).toBe(200)
})

test('models of a tag choose the deployments that its calls go to, until the tag is removed', async () => {
  const made = await send(rig, 'POST', '/tag/new', { name: 'paid', models: ['two'] })
  expect(made.json['warnings']).toBeUndefined()
  const chosen = async () => {
    const response = await ask({ model: 'group', metadata: { tags: ['paid'] } })
    return response.headers.get('x-litellm-model-id')
  }
  await eventually('calls of the tag go there alone', async () => {
    const ids = []
    for (let i = 0; i < 12; i++) ids.push(await chosen())
    return ids.every(id => id === 'two')
  })
  await send(rig, 'POST', '/tag/delete', { name: 'paid' })
  // As LiteLLM: no deployment has a tag of that name, and calls that name one go where it is.
  await eventually('the tag is of no deployment', async () => (await chosen()) === null)
})
