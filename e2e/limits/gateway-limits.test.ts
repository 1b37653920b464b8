import { startUpstream } from '@sluice/testkit'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, member, post, startRig } from '../gateway.ts'

const upstream = await startUpstream()
const metered = { input_cost_per_token: 0, output_cost_per_token: 0.001 }
const rig = await startRig({
  upstream,
  models: [
    deployment(upstream, 'openai', 'metered', metered, 'gpt-4o-mini'),
    member(upstream, 'shared', 'shared-one', { rpm: 10 }),
  ],
  config: {
    litellm_settings: {
      max_end_user_budget: 0.004,
      callbacks: ['dynamic_rate_limiter_v3'],
      priority_reservation: { prod: 0.8, dev: 0.2 },
    },
  },
})
afterAll(() => rig.close())
beforeEach(() => upstream.reset())

const messages = [{ role: 'user', content: 'Hello there' }]
const ask = (key: string, more: object = {}) =>
  post(rig.gateway, '/v1/chat/completions', { model: 'gpt-4o', messages, ...more }, key)
const told = async (response: Response) =>
  ((await response.json()) as { error: { message: string; type: string } }).error

describe('limits of one key', () => {
  test('per model: each has its own counter, by name and by pattern, and headers say what is left', async () => {
    const key = await rig.newKey({ model_rpm_limit: { 'gpt-4o': 2, 'claude-*': 1 } })
    const first = await ask(key)
    expect(first.headers.get('x-litellm-key-remaining-requests-gpt-4o')).toBe('1')
    expect((await ask(key)).status).toBe(200)
    const refused = await ask(key)
    expect(refused.status).toBe(429)
    expect((await told(refused)).message).toContain('Rate limit exceeded for model_per_key:')
    expect((await ask(key, { model: 'claude-sonnet-4-6' })).status).toBe(200)
    expect((await ask(key, { model: 'claude-sonnet-4-6' })).status).toBe(429)
    expect((await ask(key, { model: 'gemini-2.5-flash' })).status).toBe(200)
  })

  test('a budget per model is spent by that model alone, and the refusal says when it resets', async () => {
    const key = await rig.newKey({
      model_max_budget: { metered: { max_budget: 0.003, budget_duration: '1d' } },
    })
    const spend = () => ask(key, { model: 'metered', max_tokens: 4 })
    expect((await spend()).status).toBe(200)
    const refused = await eventually('it is spent', async () => {
      const response = await spend()
      return response.status === 429 && response
    })
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect((await told(refused)).message).toMatch(/exceeded budget for model=metered.*Budget resets at: /)
    expect((await ask(key)).status).toBe(200)
  })

  test('several windows count the same money, each over its own time', async () => {
    const key = await rig.newKey({
      budget_limits: [
        { budget_duration: '1h', max_budget: 0.003 },
        { budget_duration: '30d', max_budget: 10 },
      ],
    })
    expect((await ask(key, { model: 'metered', max_tokens: 4 })).status).toBe(200)
    const refused = await ask(key, { model: 'metered', max_tokens: 4 })
    expect(refused.status).toBe(429)
    expect((await told(refused)).message).toContain('over 1h budget. Spend=$')
  })

  test('tokens may be limited by kind', async () => {
    const key = await rig.newKey({ output_tpm_limit: 10 })
    expect((await ask(key, { max_tokens: 10 })).status).toBe(200)
    const refused = await ask(key, { max_tokens: 10 })
    expect((await told(refused)).message).toContain('Limit type: output_tokens. Current limit: 10')
  })

  test('limits that refuse only while deployments fail refuse nothing while they are well', async () => {
    for (const limits of [{ rpm_limit: 1 }, { model_rpm_limit: { 'gpt-4o': 1 } }]) {
      const key = await rig.newKey({ ...limits, rpm_limit_type: 'dynamic' })
      for (let i = 0; i < 3; i++) expect((await ask(key)).status).toBe(200)
    }
  })
})

test('a rate of a model is guaranteed as long as its deployments can keep all that is', async () => {
  const shared = (rpm: number) => ({
    model_rpm_limit: { shared: rpm },
    rpm_limit_type: 'guaranteed_throughput',
  })
  await rig.newKey(shared(6))
  const refused = await rig.admin('/key/generate', shared(5))
  expect(refused.status).toBe(400)
  expect((await told(refused)).message).toContain(
    'model_rpm_limit.shared: all keys together are guaranteed 11 with this, and there is 10.',
  )
  await rig.newKey(shared(4))
})

describe('limits of others', () => {
  test('every customer without limits of its own has the budget of all such customers', async () => {
    const key = await rig.newKey()
    const as = (user: string) => ask(key, { model: 'metered', max_tokens: 4, user })
    expect((await as('cust-1')).status).toBe(200)
    const refused = await as('cust-1')
    expect(refused.status).toBe(429)
    expect((await told(refused)).message).toContain('ExceededBudget: End User=cust-1 over budget.')
    expect((await as('cust-2')).status).toBe(200)
    expect((await ask(key, { model: 'metered', max_tokens: 4 })).status).toBe(200)
  })

  test('a priority may exceed its share while there is room, and not once the model is busy', async () => {
    const dev = await rig.newKey({ metadata: { priority: 'dev' } })
    const prod = await rig.newKey({ metadata: { priority: 'prod' } })
    const statuses = []
    for (let i = 0; i < 8; i++) statuses.push((await ask(dev, { model: 'shared' })).status)
    // 10 a minute in all, shares strict from 5 on, 2 of them for dev.
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
    for (let i = 0; i < 5; i++) expect((await ask(prod, { model: 'shared' })).status).toBe(200)
    const refused = await ask(prod, { model: 'shared' })
    expect((await told(refused)).message).toContain('Rate limit exceeded for model: shared')
  })
})

test('metrics tell what is left, and of which budgets somebody was told', async () => {
  const key = await rig.newKey({ key_alias: 'watched', max_budget: 0.01, soft_budget: 0.001 })
  expect((await ask(key, { model: 'metered', max_tokens: 4 })).status).toBe(200)
  const metrics = await (await fetch(`${rig.gateway.url}/metrics`)).text()
  expect(metrics).toMatch(/litellm_remaining_api_key_budget_metric\{[^}]*api_key_alias="watched"\} 0\.00/)
  expect(metrics).toMatch(/sluice_budget_alerts_total\{event="soft"\} \d/)
  expect(rig.gateway.logs.join('\n')).toContain('a soft budget is passed')
})
