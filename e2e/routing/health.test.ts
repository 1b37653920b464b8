import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, price, type Rig, startRig } from '../gateway.ts'
import type { SpendLog } from '../spend-log.ts'

interface Endpoint {
  readonly model: string
  readonly model_id: string
  readonly api_base?: string
  readonly error?: string
  readonly error_class?: string
}
interface HealthAnswer {
  readonly healthy_endpoints: readonly Endpoint[]
  readonly unhealthy_endpoints: readonly Endpoint[]
  readonly unchecked_endpoints?: readonly (Endpoint & { readonly reason: string })[]
  readonly healthy_count: number
  readonly unhealthy_count: number
}

const hello = [{ role: 'user' as const, content: 'Hello there' }]
const modelsOf = (endpoints: readonly Endpoint[]) => endpoints.map(({ model }) => model).sort()

function healthRig(upstream: Upstream, general: object, names: readonly string[], info: object = {}) {
  const one = (name: string) => {
    const [group = '', model = ''] = name.split('/')
    return deployment(upstream, 'openai', group, { id: model, ...info }, model)
  }
  return startRig({
    upstream,
    models: names.map(one),
    config: { general_settings: { ...general }, router_settings: { num_retries: 0 } },
  })
}

async function healthOf(rig: Rig, key = rig.gateway.masterKey, query = ''): Promise<HealthAnswer> {
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${rig.gateway.url}/health${query}`, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as HealthAnswer
}

describe('health checks in the background that drive routing', () => {
  let rig: Rig
  let upstream: Upstream
  beforeAll(async () => {
    upstream = await startUpstream()
    const general = {
      ...{ background_health_checks: true, health_check_interval: 0.2, enable_health_check_routing: true },
      health_check_staleness_threshold: 30,
      background_health_check_model_groups: ['pair', 'gone'],
    }
    rig = await healthRig(upstream, general, [
      'pair/left',
      'pair/right',
      'gone/lost',
      'gone/dead',
      'other/alone',
    ])
  })
  beforeEach(() => upstream.reset())
  afterAll(async () => {
    await rig.close()
    await upstream.close()
  })

  const isCheck = ({ body }: { readonly body: unknown }) =>
    (body as { messages: { content: string }[] }).messages[0]?.content === 'Hello'
  const asked = () =>
    upstream.requests
      .filter(request => !isCheck(request))
      .map(({ body }) => (body as { model: string }).model)
  const ask = (model: string) =>
    new OpenAI({
      apiKey: rig.gateway.masterKey,
      baseURL: `${rig.gateway.url}/v1`,
      maxRetries: 0,
    }).chat.completions.create({ model, messages: hello })
  const until = (what: string, holds: (answer: HealthAnswer) => boolean) =>
    eventually(what, async () => holds(await healthOf(rig)))
  const isWell = (id: string) => (answer: HealthAnswer) =>
    answer.healthy_endpoints.some(endpoint => endpoint.model_id === id)
  const isIll = (id: string) => (answer: HealthAnswer) =>
    answer.unhealthy_endpoints.some(endpoint => endpoint.model_id === id)

  test('a deployment whose check fails is not asked, and is again once it answers', async () => {
    upstream.script({ status: 500, match: { model: 'left' }, times: 1_000 })
    await until('left is ill', isIll('left'))
    for (let index = 0; index < 20; index++) await ask('pair')
    expect(new Set(asked())).toEqual(new Set(['right']))
    upstream.reset()
    await until('left is well', isWell('left'))
    for (let index = 0; index < 40; index++) await ask('pair')
    expect(new Set(asked())).toEqual(new Set(['left', 'right']))
  })

  test('when all of a group are ill, they are asked all the same', async () => {
    for (const model of ['lost', 'dead']) upstream.script({ status: 500, match: { model }, times: 1_000 })
    await until('both are ill', answer => isIll('lost')(answer) && isIll('dead')(answer))
    await expect(ask('gone')).rejects.toMatchObject({ status: 500 })
    expect(asked()).toHaveLength(1)
  })

  test('groups that are not named are left alone', async () => {
    await until('left is well', isWell('left'))
    expect(upstream.requests.map(({ body }) => (body as { model: string }).model)).not.toContain('alone')
    expect(JSON.stringify(await healthOf(rig))).not.toContain('alone')
  })

  test('what checks cost is written down under their tag, and under no key', async () => {
    const row = await eventually('a spend row of a check', async () => {
      const rows = (await (await rig.admin('/spend/logs?size=1000')).json()) as readonly SpendLog[]
      return rows.find(
        ({ request_tags, status }) => request_tags.includes('health_check') && status === 'success',
      )
    })
    expect(row).toMatchObject({ api_key: '', model_group: expect.stringMatching(/pair|gone/) })
    expect(row.spend).toBeCloseTo(row.prompt_tokens * price.input + row.completion_tokens * price.output, 9)
    expect(row.completion_tokens).toBeLessThanOrEqual(5)
  })

  test('the last finding of each deployment is told', async () => {
    await until('left is well', isWell('left'))
    const latest = (await (await rig.admin('/health/latest')).json()) as {
      latest_health_checks: Record<string, { status: string; model_name: string; checked_at: string }>
    }
    expect(latest.latest_health_checks['left']).toMatchObject({ status: 'healthy', model_name: 'pair' })
    expect(Date.now() - Date.parse(latest.latest_health_checks['left']?.checked_at ?? '')).toBeLessThan(
      30_000,
    )
  })
})

describe('health checks on demand', () => {
  let rig: Rig
  let upstream: Upstream
  beforeAll(async () => {
    upstream = await startUpstream()
    rig = await healthRig(upstream, {}, ['mine/m-1', 'theirs/t-1', 'dear/gpt-image-1'])
  })
  beforeEach(() => upstream.reset())
  afterAll(async () => {
    await rig.close()
    await upstream.close()
  })

  test('the holder of a key sees and asks only deployments it may use, once a minute', async () => {
    const key = await rig.newKey({ models: ['mine'] })
    upstream.script({ failure: 'unauthorized', match: { model: 'm-1' } })
    const answer = await healthOf(rig, key)
    expect(answer).toMatchObject({ healthy_count: 0, unhealthy_count: 1, healthy_endpoints: [] })
    expect(answer.unhealthy_endpoints[0]).toMatchObject({
      ...{ model: 'openai/m-1', model_id: 'm-1', error_class: 'AuthenticationError', error_code: 401 },
      api_base: expect.stringContaining('http://'),
    })
    expect(await healthOf(rig, key)).toEqual(answer)
    expect(await healthOf(rig, key, '?model=theirs')).toMatchObject({ healthy_count: 0, unhealthy_count: 0 })
    expect(upstream.requests).toHaveLength(1)
    expect(JSON.stringify(answer)).not.toContain('vendor-key')
  })

  test('the administrator gets a new answer each time; dear answers must be asked for', async () => {
    const answer = await healthOf(rig, undefined, '?model=mine')
    expect(modelsOf(answer.healthy_endpoints)).toEqual(['openai/m-1'])
    await healthOf(rig, undefined, '?model=mine')
    expect(upstream.requests).toHaveLength(2)
    const dear = await healthOf(rig, undefined, '?model=dear')
    expect(dear.unchecked_endpoints?.[0]?.reason).toContain('model_info.mode')
    expect(upstream.requests).toHaveLength(2)
  })
})

test('details can be kept back', async () => {
  const upstream = await startUpstream()
  upstream.script({ status: 500, match: { model: 'm-1' }, times: 10 })
  const rig = await healthRig(upstream, { health_check_details: false }, ['mine/m-1'])
  const answer = await healthOf(rig, undefined, '?model=mine')
  expect(answer.unhealthy_endpoints).toEqual([{ model: 'openai/m-1', model_id: 'm-1' }])
  await rig.close()
  await upstream.close()
})
