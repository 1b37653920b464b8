import { type Script, startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { rejectionOf, testHost } from '../../testing/ask.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { RouteTable, RoutingSettings } from '../router.ts'
import { seededRandom } from '../testing/candidates.ts'
import { chatRoute, tableAt } from '../testing/tables.ts'

let upstream: Upstream
let now = Date.parse('2026-11-21T12:00:00Z')
const host = testHost({ random: seededRandom(5), now: () => now })
beforeAll(async () => {
  upstream = await startUpstream()
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await host.transport.close()
  await upstream.close()
})

/** A tenth of a cent for a token of either side. */
const PRICED = { modelInfo: { input_cost_per_token: 0.001, output_cost_per_token: 0.001 } }
const providerBudgets = (maxBudget: number, duration = '1h') => new Map([['openai', { maxBudget, duration }]])
const table = (overs: readonly Partial<Deployment>[], settings: Partial<RoutingSettings> = {}) =>
  tableAt(
    upstream,
    host,
    overs.map(over => ({ ...PRICED, ...over })),
    settings,
  )
const ask = async (routes: RouteTable, maxTokens = 20) => {
  const route = chatRoute(false)
  await routes.run({ ...route, request: { ...route.request, max_tokens: maxTokens } })
  return route.record
}
const asked = () => upstream.requests.map(({ body }) => (body as { model: string }).model)
const spent = (routes: RouteTable) => routes.budgets.reports().map(each => each.spentNanoUsd)
const reserved = (routes: RouteTable) => routes.budgets.reports().map(each => each.reservedNanoUsd)

describe('a budget that is spent', () => {
  test('leaves its deployment out, and the receipt says which, how much and until when', async () => {
    const routes = table([{ order: 1, maxBudget: 0.001, budgetDuration: '1h' }, { order: 2 }])
    await ask(routes)
    const record = await ask(routes)
    expect(asked()).toEqual(['a', 'b'])
    expect(record.routing?.visits[0]?.ruledOut).toEqual([
      {
        ...{ deploymentId: 'a', by: 'budget' },
        reason: expect.stringMatching(
          /^the budget of deployment a is used up: \$0\.\d+ of \$0\.001; it resets at 2026-11-21T13:00:00\.000Z$/,
        ),
      },
    ])
  })

  test('of a provider counts for all of its deployments, and costs what the record says', async () => {
    const routes = table([{ id: 'a' }, { id: 'b' }], { providerBudgets: providerBudgets(0.03) })
    const record = await ask(routes)
    const [attempt] = record.attempts
    expect(attempt?.budgetSpends).toMatchObject([
      { kind: 'provider', id: 'openai', nanoUsd: spent(routes)[0] },
    ])
    const usage = attempt?.meter?.usage
    expect(spent(routes)).toEqual([(usage?.total_tokens ?? 0) * 1e6])
    while ((spent(routes)[0] ?? 0) < 0.03e9) await ask(routes)
    const error = await rejectionOf(ask(routes))
    expect(error).toMatchObject({
      ...{ name: 'BudgetExceededError', status: 429, code: 'no_budget_left', retryable: false },
      retryAfterMs: 3_600_000,
      message: expect.stringMatching(
        /^No deployment of g has a budget left: the budget of provider openai is used up: \$0\.0\d+ of \$0\.03; it resets at/,
      ),
    })
  })

  test('goes on to fallbacks', async () => {
    const fallbacks = new Map([['g', ['other']]])
    const routes = table([{ maxBudget: 0.001 }, { group: 'other' }], { fallbacks })
    await ask(routes)
    await ask(routes)
    expect(asked()).toEqual(['a', 'b'])
  })

  test('is there again with the next period', async () => {
    const routes = table([{ maxBudget: 0.001, budgetDuration: '1h' }])
    await ask(routes)
    await rejectionOf(ask(routes))
    now += 3_600_000
    await ask(routes)
    expect(asked()).toEqual(['a', 'a'])
  })
})

describe('a budget that calls under way hold', () => {
  test('lets no more begin than it can pay for, whatever they cost in the end', async () => {
    // Each may cost some 3 cents: its prompt and 20 tokens.
    const routes = table([{ maxBudget: 0.1 }], { retries: 0 })
    upstream.script({ latencyMs: 30, times: 99 })
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => ask(routes)))
    const refused = all.filter(each => each.status === 'rejected')
    expect(upstream.requests.length).toBeGreaterThanOrEqual(2)
    expect(upstream.requests.length).toBeLessThanOrEqual(4)
    expect(refused[0]?.reason).toMatchObject({
      ...{ name: 'BudgetExceededError', retryable: true, retryAfterMs: 1_000 },
      message: expect.stringMatching(/calls under way hold \$0\.\d+ more/),
    })
    expect(reserved(routes)).toEqual([0])
    await ask(routes)
  })

  test('is looked at again by calls that waited for a place', async () => {
    const routes = table([{ maxBudget: 0.001, maxParallelRequests: 1 }], { retries: 0 })
    upstream.script({ latencyMs: 30, times: 99 })
    const all = await Promise.allSettled([ask(routes), ask(routes), ask(routes)])
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(routes.state().map(({ inFlight }) => inFlight)).toEqual([0])
    expect(reserved(routes)).toEqual([0])
  })
})

test('an unknown price spends nothing, and what failed costs nothing', async () => {
  const routes = table(
    [
      { maxBudget: 0.001, modelInfo: {} },
      { maxBudget: 1, order: 2 },
    ],
    { retries: 0 },
  )
  for (let n = 0; n < 3; n++) await ask(routes)
  upstream.script({ failure: 'server', match: { model: 'a' } })
  await rejectionOf(ask(routes))
  expect([spent(routes), reserved(routes)]).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('whatever becomes of many calls at once, every reservation returns and the bound holds', async () => {
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed)
    const routes = table(
      [{ maxBudget: 0.3 }, { maxBudget: 0.2, maxParallelRequests: 3 }, { maxBudget: 0.25 }, {}],
      { providerBudgets: providerBudgets(0.6, '30d'), cooldownMs: 1 },
    )
    const troubles: Script[] = [
      ...[{ status: 500 }, { failure: 'rate-limit' as const, retryAfterSeconds: 0 }, { latencyMs: 5 }],
      ...[{ cutAfterBytes: 200 }, { failAfterEvents: 1 }, { cutBeforeHead: true }, { latencyMs: 3 }],
    ]
    for (let n = 0; n < 5; n++) for (const script of troubles) upstream.script(script)
    let worst = 0
    const one = async () => {
      const control = new AbortController()
      const how = Math.floor(random() * 6)
      if (how === 0) setTimeout(() => control.abort(), random() * 10)
      const route = chatRoute(random() < 0.6, { signal: control.signal })
      const max_tokens = 1 + Math.floor(random() * 40)
      // The prompt is estimated above what it is; 40 tokens are its most.
      worst = Math.max(worst, (40 + max_tokens) * 1e6)
      const reply = await routes.run({ ...route, request: { ...route.request, max_tokens } })
      if (reply.kind !== 'stream') return
      if (how === 1) return reply.abort()
      let seen = 0
      await reply.pump(() => {
        if (how === 2 && ++seen === 2) throw new Error('the reader broke down')
        if (how === 3 && ++seen === 2) reply.abort()
      })
    }
    await Promise.all(Array.from({ length: 80 }, () => one().catch(() => undefined)))
    const reports = routes.budgets.reports()
    for (const { reservedNanoUsd, spentNanoUsd, maxNanoUsd } of reports) {
      expect(reservedNanoUsd).toBe(0)
      expect(spentNanoUsd).toBeLessThan(maxNanoUsd + worst)
    }
    expect(Math.max(...spent(routes))).toBeGreaterThan(0.02e9)
    upstream.reset()
  }
})
