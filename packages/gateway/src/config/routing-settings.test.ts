import { expect, test } from 'vitest'
import { loadText } from './testing/load-text.ts'

test('strategies of single groups, and a second request beside a slow one', async () => {
  const { settings, warnings } = await loadText(`
router_settings:
  hedging: { percentile: 0.95, max_share: 0.1, max_cost: 0.02 }
  routing_groups:
    - { group_name: quick, models: [gpt-4o], routing_strategy: latency-based-routing, routing_strategy_args: { ttl: 60 } }
    - { group_name: thrifty, models: [small, tiny], routing_strategy: cost-based-routing }
`)
  expect(warnings).toEqual([])
  expect(settings.router.hedging).toEqual({ percentile: 0.95, maxShare: 0.1, maxCostUsd: 0.02 })
  expect(settings.router.routingGroups).toMatchObject([
    { models: ['gpt-4o'], strategy: 'latency-based-routing', strategyArgs: { ttlMs: 60_000 } },
    { models: ['small', 'tiny'], strategy: 'cost-based-routing' },
  ])
})

test.each([
  ['hedging: { max_share: 0.1 }', /hedging\.percentile/],
  ['hedging: { percentile: 2 }', /a number from 0 to 1/],
  ['routing_groups: [{ group_name: a, models: [x], routing_strategy: fastest }]', /routing_strategy/],
  [
    'routing_groups: [{ group_name: a, models: [x], routing_strategy: p2c }, { group_name: b, models: [x], routing_strategy: p2c }]',
    /the group x is named twice/,
  ],
])('%s refuses the start', async (line, message) => {
  await expect(loadText(`router_settings:\n  ${line}\n`)).rejects.toThrow(message)
})
