import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { chatModels, deployment, type Rig, type RigOptions, startRig } from '../gateway.ts'
import { openTestDatabase } from '../test-database.ts'

let upstream: Upstream
let directory: string
beforeAll(async () => {
  upstream = await startUpstream()
  directory = await mkdtemp(join(tmpdir(), 'sluice-budgets-'))
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await upstream.close()
  await rm(directory, { recursive: true })
})

const hello = [{ role: 'user' as const, content: 'Hello there' }]
/** A call costs some tens of millionths of a dollar: two are enough. */
const LIMIT = 0.0001

/** The group `both` asks OpenAI first; `alone` only has it, and `saved` falls back to Anthropic. */
function options(period: string, more: Partial<RigOptions> = {}): RigOptions {
  const at = (group: string, provider: 'openai' | 'anthropic', order: number) => {
    const row = deployment(upstream, provider, group, {}, chatModels[provider]) as { litellm_params: object }
    return { ...row, litellm_params: { ...row.litellm_params, order } }
  }
  return {
    upstream,
    models: [
      ...[at('both', 'openai', 1), at('both', 'anthropic', 2)],
      ...[at('alone', 'openai', 1), at('saved', 'openai', 1)],
    ],
    ...more,
    config: {
      ...more.config,
      router_settings: {
        provider_budget_config: { openai: { budget_limit: LIMIT, time_period: period } },
        fallbacks: [{ saved: [chatModels.anthropic] }],
      },
    },
  }
}

const ask = ({ gateway }: Rig, model: string) =>
  new OpenAI({
    apiKey: gateway.masterKey,
    baseURL: `${gateway.url}/v1`,
    maxRetries: 0,
  }).chat.completions.create({
    ...{ model, messages: hello, max_tokens: 20 },
  })
/** The vendor of the last call. */
async function answersFrom(rig: Rig, model: string): Promise<string> {
  await ask(rig, model)
  const { model: asked } = upstream.requests.at(-1)?.body as { model: string }
  return asked === chatModels.openai ? 'openai' : 'anthropic'
}
async function spend(rig: Rig): Promise<void> {
  for (let n = 0; n < 10; n++) if ((await answersFrom(rig, 'both')) === 'anthropic') return
  throw new Error('the budget was never spent')
}

interface Budgets {
  providers: Record<
    string,
    { budget_limit: number; time_period: string; spend: number; budget_reset_at: string }
  >
}
const budgetsOf = async (rig: Rig) => (await (await rig.admin('/provider/budgets')).json()) as Budgets

describe('a provider’s budget, on the embedded database', () => {
  test('is spent at one provider and goes on at the other, through a kill and a restart', async () => {
    const kept = { dataDirectory: join(directory, 'kept') }
    let rig = await startRig(options('30d', kept))
    try {
      expect(await answersFrom(rig, 'both')).toBe('openai')
      await spend(rig)
      const { providers } = await budgetsOf(rig)
      expect(providers.openai).toMatchObject({ budget_limit: LIMIT, time_period: '30d' })
      expect(providers.openai?.spend).toBeGreaterThanOrEqual(LIMIT)
      expect(Date.parse(providers.openai?.budget_reset_at ?? '')).toBeGreaterThan(Date.now())
      expect(await (await fetch(`${rig.gateway.url}/metrics`)).text()).toMatch(
        /^litellm_provider_remaining_budget_metric\{api_provider="openai"\} -?[\d.e-]+$/m,
      )

      const error = (await ask(rig, 'alone').catch((thrown: unknown) => thrown)) as APIError
      expect(error).toBeInstanceOf(APIError)
      expect(error).toMatchObject({ status: 429, type: 'budget_exceeded' })
      expect(error.message).toMatch(
        /the budget of provider openai is used up: \$0\.0001\d* of \$0\.0001; it resets/,
      )
      expect(error.headers?.get('x-should-retry')).toBe('false')
      expect(await answersFrom(rig, 'saved')).toBe('anthropic')

      await rig.gateway.stop('SIGKILL')
      rig = await startRig({ ...options('30d', kept), env: { LITELLM_MASTER_KEY: rig.gateway.masterKey } })
      await eventually('what was spent is known', async () => {
        const { spend: known = 0 } = (await budgetsOf(rig)).providers.openai ?? {}
        return known === providers.openai?.spend
      })
      expect(await answersFrom(rig, 'both')).toBe('anthropic')
    } finally {
      await rig.close()
    }
  })

  test('is there again with the next period', async () => {
    const rig = await startRig(options('5s'))
    try {
      await spend(rig)
      await eventually('the budget is there again', async () => (await answersFrom(rig, 'both')) === 'openai')
    } finally {
      await rig.close()
    }
  })
})

describe('two gateways on one PostgreSQL', () => {
  test('spend one budget together, each call counted once', async () => {
    const database = await openTestDatabase()
    const general_settings = { database_url: database.url, proxy_batch_write_at: 0.05 }
    const one = await startRig(options('30d', { config: { general_settings } }))
    const env = { LITELLM_MASTER_KEY: one.gateway.masterKey }
    const two = await startRig(options('30d', { config: { general_settings }, env }))
    try {
      expect(await answersFrom(two, 'both')).toBe('openai')
      await spend(one)
      await eventually('the other hears of it', async () => (await answersFrom(two, 'both')) === 'anthropic')
      const spends = async () =>
        Promise.all([one, two].map(async rig => (await budgetsOf(rig)).providers.openai?.spend))
      await eventually('both know the same', async () => {
        const [here, there] = await spends()
        return here !== undefined && here === there
      })
      const calls = upstream.requests.filter(
        ({ body }) => (body as { model: string }).model === chatModels.openai,
      )
      const [spent = 0] = await spends()
      expect(spent / calls.length).toBeGreaterThan(0.00001)
      expect(spent / calls.length).toBeLessThan(LIMIT)
    } finally {
      await two.close()
      await one.close()
      await database.close()
    }
  })
})
