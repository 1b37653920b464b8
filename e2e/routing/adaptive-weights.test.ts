import { startUpstream, type Upstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { deployment, post, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase, type TestDatabase } from '../test-database.ts'

let upstream: Upstream
let database: TestDatabase
let one: Rig
let two: Rig
let key: string

function start(masterKey?: string): Promise<Rig> {
  const row = (model: string) => deployment(upstream, 'openai', 'duo', { id: model }, model)
  return startRig({
    upstream,
    models: [row('better'), row('worse')],
    config: {
      general_settings: { database_url: database.url },
      router_settings: {
        adaptive_weights: { enabled: true, min_samples: 8, window: 120, rollback_time: 60, bounds: [0.5, 2] },
      },
    },
    ...(masterKey === undefined ? {} : { env: { LITELLM_MASTER_KEY: masterKey } }),
  })
}

beforeAll(async () => {
  ;[upstream, database] = await Promise.all([startUpstream(), openTestDatabase()])
  one = await start()
  two = await start(one.gateway.masterKey)
  key = await one.newKey()
})
afterAll(async () => {
  await two.close()
  await one.close()
  await upstream.close()
  await database.close()
})

interface Row {
  model_id: string
  factor: number
  share: number
  adaptive?: {
    attempts: number
    failures: number
    mean_score: number | null
    rolled_back_because: string | null
    rolled_back_until: string | null
  }
}

async function rowsOn(rig: Rig): Promise<Record<'better' | 'worse', Row>> {
  const { groups } = (await (await rig.admin('/router/weights')).json()) as {
    groups: { model_group: string; deployments: Row[] }[]
  }
  const rows = groups.find(({ model_group }) => model_group === 'duo')?.deployments ?? []
  return Object.fromEntries(rows.map(row => [row.model_id, row])) as Record<'better' | 'worse', Row>
}

async function call(rig: Rig): Promise<void> {
  const client = new OpenAI({ apiKey: key, baseURL: `${rig.gateway.url}/v1`, maxRetries: 0 })
  const { response } = await client.chat.completions
    .create({ model: 'duo', messages: [{ role: 'user', content: 'Hello' }] })
    .withResponse()
  const score = response.headers.get('x-litellm-model-id') === 'better' ? 1 : 0
  const body = { call_id: response.headers.get('x-litellm-call-id'), score }
  expect((await post(rig.gateway, '/v1/feedback', body, key)).status).toBe(200)
}

test('scores move calls to the better one, alike on all replicas, until it fails and is held back', async () => {
  await Promise.all(Array.from({ length: 80 }, (_, index) => call(index % 2 === 0 ? one : two)))
  const moved = (row: Row) => row.factor === 1.5
  await eventually('the factors follow the scores', async () => moved((await rowsOn(one)).better))
  await eventually('on the other replica too', async () => moved((await rowsOn(two)).better))
  const rows = await rowsOn(one)
  expect(rows).toMatchObject({
    better: { share: 0.75, adaptive: { mean_score: 1, rolled_back_because: null } },
    worse: { factor: 0.5, share: 0.25, adaptive: { mean_score: 0 } },
  })
  await eventually('the attempts of both replicas are counted', async () => {
    const { better, worse } = await rowsOn(two)
    return (better.adaptive?.attempts ?? 0) + (worse.adaptive?.attempts ?? 0) === 80
  })
  const metrics = await (await one.admin('/metrics')).text()
  expect(metrics).toContain('sluice_deployment_weight_factor{model_group="duo",model_id="better"} 1.5')

  upstream.script({ status: 500, match: { model: 'better' }, times: 10_000 })
  const rolledBack = await eventually('the failing one is held back', async () => {
    await Promise.allSettled(Array.from({ length: 10 }, () => call(one)))
    const { better } = await rowsOn(two)
    return better.adaptive?.rolled_back_because ? better : false
  })
  expect(rolledBack.adaptive?.rolled_back_because).toMatch(/% of its latest attempts failed, \d+ % before/)
  expect(rolledBack.factor).toBe(0.5)
  expect(Date.parse(rolledBack.adaptive?.rolled_back_until ?? '')).toBeGreaterThan(Date.now())
  await eventually('it is counted', async () =>
    (await (await two.admin('/metrics')).text()).includes('sluice_deployment_weight_rollbacks_total 1'),
  )
  expect(two.gateway.logs.some(line => line.includes('held at its least weight'))).toBe(true)
})
