import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningGateway, startGateway, startUpstream } from '@sluice/testkit'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post } from '../gateway.ts'
import { run } from '../start/command.ts'

/** As far as the tests read it. */
interface Report {
  readonly log: { readonly calls: number }
  readonly recorded: Column
  readonly baseline?: Column
  readonly simulated: Column
}
interface Column {
  readonly total: {
    readonly calls: number
    readonly success_rate: number
    readonly cost_usd: number
    readonly latency_ms: { readonly p50: number; readonly p95: number }
  }
  readonly deployments: Readonly<Record<string, number>>
}

const CALLS = 120
const AT_ONCE = 8
const upstream = await startUpstream()
let directory: string
let log: string

/** A quick, cheap deployment and a slow, dear one. */
function configOf(weights: readonly [number, number], router: object = {}): object {
  const one = (id: string, model: string, weight: number, price: number) => ({
    model_name: 'duo',
    litellm_params: {
      model: `openai/${model}`,
      api_base: upstream.baseUrl('openai'),
      api_key: `key-${id}`,
      weight,
    },
    model_info: { id, input_cost_per_token: price, output_cost_per_token: price },
  })
  return {
    model_list: [
      one('quick', 'testkit-slow-250ms', weights[0], 1e-6),
      one('slow', 'testkit-slow-1000ms', weights[1], 4e-6),
    ],
    router_settings: { num_retries: 0, ...router },
    general_settings: { proxy_batch_write_at: 0.05 },
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulate-'))
  log = join(directory, 'calls.json')
  await writeFile(log, JSON.stringify(await trafficAt(configOf([1, 1]))))
})
afterAll(async () => {
  await upstream.close()
  await rm(directory, { recursive: true })
})

/** Spend rows of real calls at a real gateway. */
async function trafficAt(config: object): Promise<readonly { spend: number; request_duration_ms: number }[]> {
  const gateway = await startGateway({ config })
  try {
    const client = new OpenAI({ apiKey: gateway.masterKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    let left = CALLS
    const caller = async () => {
      while (left-- > 0)
        await client.chat.completions.create({ model: 'duo', messages: [{ role: 'user', content: 'Hello' }] })
    }
    await Promise.all(Array.from({ length: AT_ONCE }, caller))
    return await rowsOf(gateway)
  } finally {
    await gateway.stop()
  }
}

function rowsOf(gateway: RunningGateway) {
  return eventually('all spend rows', async () => {
    const response = await post(gateway, '/spend/logs?size=1000', undefined, gateway.masterKey)
    const rows = (await response.json()) as { spend: number; request_duration_ms: number }[]
    return rows.length >= CALLS && rows
  })
}

async function simulate(config: object, ...more: string[]): Promise<Report> {
  const file = join(directory, 'new.yaml')
  await writeFile(file, JSON.stringify(config))
  const { code, out, err } = await run(['simulate', '--log', log, '--config', file, '--json', ...more], {
    cwd: directory,
  })
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Report
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

const ratio = (a: number, b: number) => Math.max(a / b, b / a)

describe('sluice simulate, on the spend rows of a gateway', () => {
  test('says of the configuration that was in force what really happened', async () => {
    const { recorded, simulated } = await simulate(configOf([1, 1]))
    expect(recorded.total).toMatchObject({ calls: CALLS, success_rate: 1 })
    expect(simulated.total).toMatchObject({ calls: CALLS, success_rate: 1 })
    expect(ratio(simulated.total.cost_usd, recorded.total.cost_usd)).toBeLessThan(1.2)
    expect(ratio(simulated.total.latency_ms.p95, recorded.total.latency_ms.p95)).toBeLessThan(1.2)
  })

  test('says of another configuration what then really happens: cost, latency and shares', async () => {
    const other = configOf([9, 1])
    const { simulated } = await simulate(other)
    const real = await trafficAt(other)
    const spent = real.reduce((sum, { spend }) => sum + spend, 0)
    expect(ratio(simulated.total.cost_usd, spent)).toBeLessThan(1.35)
    expect(
      ratio(simulated.total.latency_ms.p50, median(real.map(row => row.request_duration_ms))),
    ).toBeLessThan(1.5)
    const quick = simulated.deployments['openai/testkit-slow-250ms'] ?? 0
    expect(quick / CALLS).toBeGreaterThan(0.75)
  })

  test('shows people a table, and compares with a baseline', async () => {
    const [old, next] = [join(directory, 'old.yaml'), join(directory, 'p2c.yaml')]
    await writeFile(old, JSON.stringify(configOf([1, 1])))
    await writeFile(next, JSON.stringify(configOf([1, 1], { routing_strategy: 'p2c' })))
    const { code, out, err } = await run(['simulate', '--log', log, '--baseline', old, '-c', next], {
      cwd: directory,
    })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^ +recorded +old\.yaml +p2c\.yaml +difference$/m)
    expect(out).toMatch(/^latency p50 .* −\d+ ms \(−\d/m)
    expect(out).not.toContain('\u001b')
  })
})

test('what cannot be simulated is told, with the exit code of its kind', async () => {
  const config = join(directory, 'good.yaml')
  await writeFile(config, JSON.stringify(configOf([1, 1])))
  const told = async (log: string, file = config) => {
    const { code, err } = await run(['simulate', '--log', log, '--config', file], { cwd: directory })
    return [code, err]
  }
  await writeFile(join(directory, 'empty.json'), '[]')
  await writeFile(join(directory, 'csv.json'), 'a;b;c\n1;2;3\n')
  await writeFile(join(directory, 'bad.yaml'), 'router_settings: { routing_strategy: best }\n')
  const [empty, csv, absent, bad] = await Promise.all([
    told('empty.json'),
    told('csv.json'),
    told('absent.json'),
    told(log, 'bad.yaml'),
  ])
  expect(empty).toEqual([1, 'sluice: The log is empty.\n'])
  expect(csv).toEqual([1, expect.stringContaining('Line 1: it is not JSON')])
  expect(absent).toEqual([1, expect.stringContaining('absent.json')])
  expect(bad).toEqual([2, expect.stringContaining('bad.yaml:1:38')])
})
