import { describe, expect, test } from 'vitest'
import { candidacyOf, deploymentLine, simulated, spendRow, trafficOf } from './testing/spend-rows.ts'

const three = ['a', 'b', 'c']
const lines = three.map(id => deploymentLine(id))
const spread = (random: () => number) => 400 + 200 * random()

describe('a world of which one of three deployments is ten times slower', () => {
  const rows = trafficOf({
    calls: 3_000,
    ids: three,
    of: (id, _, random) => ({ ms: spread(random) * (id === 'c' ? 10 : 1) }),
  })

  test('is what it was under the configuration that was in force', async () => {
    const { recorded, simulated: again } = await simulated(rows, await candidacyOf(lines))
    expect(again.total).toMatchObject({ calls: 3_000, success_rate: 1, cost_usd: recorded.total.cost_usd })
    for (const percentile of ['p50', 'p95', 'p99'] as const) {
      const [was, is] = [recorded.total.latency_ms?.[percentile], again.total.latency_ms?.[percentile]]
      expect((is ?? 0) / (was ?? 1)).toBeGreaterThan(0.93)
      expect((is ?? 0) / (was ?? 1)).toBeLessThan(1.07)
    }
    for (const id of three) expect(again.deployments[`openai/gpt-4o ${id}`]).toBeGreaterThan(900)
  })

  test('is left alone by p2c, and the 95th percentile shows it', async () => {
    const { baseline, simulated: after } = await simulated(
      rows,
      await candidacyOf(lines, { routing_strategy: 'p2c' }),
      await candidacyOf(lines, {}, 'old.yaml'),
    )
    expect(baseline?.total.latency_ms?.p95).toBeGreaterThan(5_000)
    expect(after.total.latency_ms?.p95).toBeLessThan(700)
    expect(after.deployments['openai/gpt-4o c'] ?? 0).toBeLessThan(150)
  })
})

describe('an outage of the log', () => {
  /** `b` fails for twenty seconds in the middle. */
  const rows = trafficOf({
    calls: 1_000,
    ids: ['a', 'b'],
    of: (id, index) =>
      id === 'b' && index >= 400 && index < 600
        ? { status: 503, ms: 30, errorClass: 'ServiceUnavailableError' }
        : {},
  })
  const two = ['a', 'b'].map(id => deploymentLine(id))
  const careless = { num_retries: 0, disable_cooldowns: true }

  test('is one in the replay, as large and at its time', async () => {
    const { recorded, simulated: again } = await simulated(rows, await candidacyOf(two, careless))
    const lost = (rate: number) => 1 - rate
    expect(lost(again.total.success_rate) / lost(recorded.total.success_rate)).toBeGreaterThan(0.8)
    expect(lost(again.total.success_rate) / lost(recorded.total.success_rate)).toBeLessThan(1.2)
    expect(again.failures).toEqual({ ServiceUnavailableError: 1_000 - again.total.answered })
  })

  test('is survived with retries and rests', async () => {
    const { simulated: after } = await simulated(rows, await candidacyOf(two, { num_retries: 2 }))
    expect(after.total.success_rate).toBe(1)
    expect(after.total.attempts_per_call).toBeLessThan(1.05)
  })

  test('is survived with a fallback, of which the report says that it was assumed', async () => {
    const config = await candidacyOf(
      [...two, deploymentLine('spare', { group: 'other', model: 'openai/gpt-4o-mini' })],
      { ...careless, fallbacks: [{ main: ['other'] }] },
    )
    const { recorded, simulated: after, assumptions } = await simulated(rows, config)
    expect(recorded.total.success_rate).toBeLessThan(0.95)
    expect(after.total.success_rate).toBeGreaterThan(0.99)
    expect(after.total.calls_with_fallback).toBeGreaterThan(50)
    expect(assumptions.join('\n')).toContain('openai/gpt-4o-mini of new.yaml did not answer in the log')
  })

  test('says which calls had to be given a size', async () => {
    const { assumptions, recorded } = await simulated(rows, await candidacyOf(two, careless))
    const failed = recorded.total.calls - recorded.total.answered
    expect(assumptions).toContain(
      `${failed} calls failed before their size was known: each is as large as some answered call of its group.`,
    )
  })
})

describe('money', () => {
  const rows = trafficOf({ calls: 200, ids: ['a'], of: () => ({}) })

  test('changes exactly as prices do', async () => {
    const { recorded, simulated: dear } = await simulated(
      rows,
      await candidacyOf([deploymentLine('a', { input: 5, output: 20 })]),
    )
    expect(recorded.total.cost_usd).toBe(0.9)
    expect(dear.total.cost_usd).toBe(1.8)
  })

  test('goes by cached tokens too', async () => {
    const cached = rows.map(row => ({
      ...row,
      metadata: {
        usage_object: {
          prompt_tokens: 1000,
          completion_tokens: 200,
          total_tokens: 1200,
          prompt_tokens_details: { cached_tokens: 800 },
        },
      },
    }))
    const line = deploymentLine('a').replace('"input_cost', '"cache_read_input_token_cost":1e-7,"input_cost')
    const { simulated: cheap } = await simulated(cached, await candidacyOf([line]))
    expect(cheap.total.cost_usd).toBeCloseTo(200 * (200 * 2.5e-6 + 800 * 1e-7 + 200 * 10e-6), 9)
  })

  test('of what is charged by the piece is known at the same model only', async () => {
    const images = [spendRow({ model: 'dall-e-3', columns: { call_type: 'aimage_generation', spend: 0.04 } })]
    const same = await simulated(
      images,
      await candidacyOf([deploymentLine('a', { model: 'openai/dall-e-3' })]),
    )
    expect(same.simulated.total).toMatchObject({ cost_usd: 0.04, unknown_cost_calls: 0 })
    const other = await simulated(
      images,
      await candidacyOf([deploymentLine('a', { model: 'openai/gpt-image-1' })]),
    )
    expect(other.simulated.total).toMatchObject({ cost_usd: 0, unknown_cost_calls: 1 })
  })
})

test('a request that was wrong fails everywhere; one that was too long, at the same model', async () => {
  const rows = [
    spendRow({ at: 0 }),
    spendRow({ at: 1_000, status: 400, errorClass: 'BadRequestError' }),
    spendRow({ at: 2_000, status: 400, errorClass: 'ContextWindowExceededError' }),
  ]
  const config = await candidacyOf(
    [deploymentLine('a'), deploymentLine('long', { group: 'long', model: 'openai/gpt-4.1' })],
    {
      context_window_fallbacks: [{ main: ['long'] }],
    },
  )
  const { recorded, simulated: after } = await simulated(rows, config)
  expect(recorded.failures).toEqual({ BadRequestError: 1, ContextWindowExceededError: 1 })
  expect(after.failures).toEqual({ BadRequestError: 1 })
})

test('limits of the new configuration are heeded: calls beyond them are told to come later', async () => {
  const rows = trafficOf({ calls: 600, ids: ['a'], of: () => ({}) })
  const line = deploymentLine('a').replace('"api_key"', '"rpm":100,"api_key"')
  const { simulated: after } = await simulated(
    rows,
    await candidacyOf([line], { optional_pre_call_checks: ['enforce_model_rate_limits'] }),
  )
  expect(after.total).toMatchObject({ answered: 100, rate_limited: 500 })
})

test('streams keep their first tokens, and timeouts of the new configuration end what is too slow', async () => {
  const rows = trafficOf({
    calls: 400,
    ids: ['a', 'b'],
    of: id => ({ ms: id === 'b' ? 9_000 : 1_000, firstMs: id === 'b' ? 6_000 : 200 }),
  })
  const two = ['a', 'b'].map(id => deploymentLine(id))
  const { recorded, simulated: after } = await simulated(
    rows,
    await candidacyOf(two, { stream_timeout: 2, num_retries: 2 }),
  )
  expect(recorded.total.first_token_ms?.p99).toBeGreaterThan(5_900)
  expect(after.total).toMatchObject({ success_rate: 1 })
  expect(after.total.first_token_ms?.p95).toBeLessThan(2_300)
})

test('a model that the configuration does not have is said to be missing, with its calls', async () => {
  const rows = [spendRow({ group: 'old-name' }), spendRow({ at: 5, group: 'old-name' }), spendRow({ at: 9 })]
  const { simulated: after, assumptions } = await simulated(rows, await candidacyOf([deploymentLine('a')]))
  expect(after.total.answered).toBe(1)
  expect(assumptions[0]).toBe('2 calls ask for models that new.yaml does not have, and fail: old-name.')
})

test('the same seed gives the same report to the number, another one another', async () => {
  const rows = trafficOf({ calls: 500, ids: three, of: (_, __, random) => ({ ms: spread(random) }) })
  const config = await candidacyOf(lines, { routing_strategy: 'p2c' })
  const first = await simulated(rows, config)
  expect(await simulated(rows, config)).toEqual(first)
  expect((await simulated(rows, config, undefined, 2)).simulated.deployments).not.toEqual(
    first.simulated.deployments,
  )
})

test('a log without a call is refused, and its first row says why', async () => {
  const config = await candidacyOf([deploymentLine('a')])
  await expect(simulated([], config)).rejects.toThrow('The log is empty.')
  await expect(
    simulated([{ startTime: '2026-11-21', spend: 1, users: {}, models: {} }], config),
  ).rejects.toThrow('Line 1: startTime is no time')
})

test('names that a wildcard stands for are asked for by the model behind them', async () => {
  const rows = [
    spendRow({ group: 'openai/*', model: 'gpt-4o' }),
    spendRow({ at: 5, group: 'mine', metadata: { requested_model: 'openai/gpt-4.1' } }),
  ]
  const wildcard = deploymentLine('a', { group: 'openai/*', model: 'openai/*' })
  const { simulated: after, assumptions } = await simulated(rows, await candidacyOf([wildcard]))
  expect(after.total.answered).toBe(2)
  expect(after.deployments).toEqual({ 'openai/gpt-4o': 1, 'openai/gpt-4.1': 1 })
  expect(assumptions.join()).toContain('openai/gpt-4.1 of new.yaml did not answer in the log')
})

test('calls of one session may stay together, and others do not', async () => {
  const rows = trafficOf({
    calls: 400,
    everyMs: 1_000,
    ids: three,
    of: (_, index) => ({ columns: { session_id: `s${index % 4}` } }),
  })
  const apart = await simulated(rows, await candidacyOf(lines))
  const together = await simulated(
    rows,
    await candidacyOf(lines, { optional_pre_call_checks: ['session_affinity'] }),
  )
  const sharesOf = (report: typeof apart) => Object.values(report.simulated.deployments)
  expect(sharesOf(apart).every(share => share % 100 === 0)).toBe(false)
  expect(sharesOf(together).every(share => share % 100 === 0)).toBe(true)
})

test('what hedging wins, and what it costs, is told', async () => {
  const rows = trafficOf({
    calls: 2_000,
    ids: ['a', 'b'],
    of: (_, __, random) => ({ ms: random() < 0.05 ? 8_000 : spread(random) }),
  })
  const two = ['a', 'b'].map(id => deploymentLine(id))
  const plain = await candidacyOf(two, {}, 'old.yaml')
  const hedging = {
    ...plain,
    name: 'new.yaml',
    settings: { ...plain.settings, router: { ...plain.settings.router, hedging: { percentile: 0.9 } } },
  }
  const { baseline, simulated: after } = await simulated(rows, hedging, plain)
  expect(baseline?.total.latency_ms?.p99).toBeGreaterThan(7_000)
  expect(after.total.latency_ms?.p95).toBeLessThan(1_500)
  expect(after.total.wasted_cost_usd).toBeGreaterThan(0)
  expect(after.total.cost_usd).toBeGreaterThan(baseline?.total.cost_usd ?? 0)
})
