import { startUpstream } from '@sluice/testkit'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, startRig } from '../gateway.ts'
import { send } from '../people/send.ts'

const upstream = await startUpstream()
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
const rig = await startRig({
  upstream,
  models: [deployment(upstream, 'openai', 'metered', metered, 'gpt-4o-mini')],
})
afterAll(() => rig.close())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (key: string, model = 'gpt-4o') =>
  post(rig.gateway, '/v1/chat/completions', { model, messages, max_tokens: 4 }, key)
const told = async (response: Response) =>
  ((await response.json()) as { error: { message: string } }).error.message

async function join(organization: string, user: string, limits: object) {
  await send(rig, 'POST', '/organization/new', {
    organization_id: organization,
    organization_alias: organization,
  })
  const member = { user_id: user, role: 'internal_user' }
  const added = await send(rig, 'POST', '/organization/member_add', {
    ...{ organization_id: organization, member },
    ...limits,
  })
  expect(added.status).toBe(200)
}

test("a member's budget in an organization holds for all their keys there, is told, and is seen as spent", async () => {
  await join('acme', 'ann', { max_budget_in_organization: 0.003, budget_duration: '30d' })
  const keys = [
    await rig.newKey({ organization_id: 'acme', user_id: 'ann' }),
    await rig.newKey({ organization_id: 'acme', user_id: 'ann' }),
  ] as const
  expect((await ask(keys[0], 'metered')).status).toBe(200)
  const refused = await ask(keys[1], 'metered')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-should-retry')).toBe('false')
  expect(await told(refused)).toMatch(
    /Budget has been exceeded! User=ann in Organization=acme Current cost: 0\.\d+, Max budget: 0\.003\. Budget resets at: /,
  )
  const others = await rig.newKey({ organization_id: 'acme', user_id: 'bob' })
  expect((await ask(others, 'metered')).status).toBe(200)
  await eventually('the membership shows what was spent', async () => {
    const { json } = await send(rig, 'GET', '/organization/info?organization_id=acme')
    const members = json['members'] as readonly { user_id: string; spend: number }[]
    return members.some(({ user_id, spend }) => user_id === 'ann' && spend > 0.003)
  })
})

test('rates of a member hold in a team of the organization too, and follow a change', async () => {
  await join('corp', 'eve', { rpm_limit: 1, tpm_limit: 1_000 })
  await send(rig, 'POST', '/team/new', { team_id: 'sales', team_alias: 'sales', organization_id: 'corp' })
  const key = await rig.newKey({ team_id: 'sales', user_id: 'eve', rpm_limit: 100 })
  const first = await ask(key)
  expect(first.status).toBe(200)
  expect(first.headers.get('x-ratelimit-organization_member-limit-requests')).toBe('1')
  expect(first.headers.get('x-ratelimit-organization_member-remaining-requests')).toBe('0')
  const refused = await ask(key)
  expect(refused.status).toBe(429)
  expect(await told(refused)).toContain(
    'Rate limit exceeded for organization_member: User=eve in Organization=corp. Limit type: requests',
  )
  const change = { organization_id: 'corp', user_id: 'eve', rpm_limit: 100 }
  expect((await send(rig, 'PATCH', '/organization/member_update', change)).status).toBe(200)
  expect((await ask(key)).status).toBe(200)
})
