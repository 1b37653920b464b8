import {
  ADAPTIVE_DEFAULTS,
  type AdaptiveSettings,
  createCatalogue,
  createHost,
  openRecord,
  RouteTable,
} from 'sluice/internal'
import { afterAll, expect, test } from 'vitest'
import { defaults } from '../config/build/defaults.ts'
import { silentLog } from '../db/log.ts'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { startAdaptiveWeights } from './adaptive-weights.ts'

const place = sqlitePlace()
const database = await place.open()
afterAll(() => place.remove())

const NOW = Date.UTC(2026, 10, 21, 12)

function table(): RouteTable {
  const host = createHost(createCatalogue(), () => undefined, 1_000)
  const deployment = { group: 'g', provider: 'openai', model: 'm', mockResponse: 'hi' }
  const { retries, timeoutMs, retryAfterMs, allowedFails, cooldownMs, maxFallbacks } = defaults
  return new RouteTable(
    ['a', 'b'].map(id => ({ ...deployment, id })),
    {
      ...{ retries, timeoutMs, retryAfterMs, allowedFails, cooldownMs, maxFallbacks },
      ...{ streamTimeoutMs: undefined, disableCooldowns: false, groupAliases: new Map() },
      ...{ fallbacks: new Map(), defaultFallbacks: [] },
      ...{ contextWindowFallbacks: new Map(), contentPolicyFallbacks: new Map() },
    },
    host,
  )
}

/** Asks one deployment by its id. */
async function ask(routes: RouteTable, model: string): Promise<void> {
  const record = openRecord({
    ...{ id: 'r', endpoint: 'chat', format: 'openai-chat', startedAt: NOW, requestedModel: model },
  })
  await routes.run({
    ...{ id: 'r', clientFormat: 'openai-chat', endpoint: 'chat', model, record, retries: 0 },
    request: { model, messages: [{ role: 'user', content: 'Hello' }] },
    strictness: { dropParams: true, additionalDropParams: [], allowedOpenaiParams: [] },
    warn: () => {},
  })
}

test('attempts are counted once, failures of the database notwithstanding, and not those made while it was off', async () => {
  const routes = table()
  const waiting: (() => void)[] = []
  const errors: unknown[] = []
  let settings: AdaptiveSettings | undefined = ADAPTIVE_DEFAULTS
  let fails = false
  const { outcomes } = database
  const job = startAdaptiveWeights({
    store: {
      ...outcomes,
      add: (slot, counts) => (fails ? Promise.reject(new Error('away')) : outcomes.add(slot, counts)),
    },
    ...{ routes: () => routes, settings: () => settings, log: silentLog, now: () => NOW },
    onError: error => errors.push(error),
    timers: { setTimeout: work => waiting.push(work), clearTimeout: () => {} },
  })
  const round = async () => {
    for (const work of waiting.splice(0)) work()
    await expect.poll(() => waiting.length).toBe(1)
  }
  const counted = () => job.current().get('a')?.attempts
  await ask(routes, 'a')
  await ask(routes, 'a')
  await round()
  await round()
  expect(counted()).toBe(2)
  fails = true
  await ask(routes, 'a')
  await round()
  expect([errors.length, counted()]).toEqual([1, 2])
  fails = false
  await round()
  expect(counted()).toBe(3)
  settings = undefined
  await round()
  expect(job.current().size).toBe(0)
  await ask(routes, 'a')
  settings = ADAPTIVE_DEFAULTS
  await round()
  expect(counted()).toBe(3)
  await ask(routes, 'a')
  await round()
  expect(counted()).toBe(4)
  await job.stop()
})
