import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort, startServerProcess } from './server-process.ts'
import { clientOf, modelList, publicModel, type StartStack } from './stack.ts'

const gateway = join(import.meta.dirname, '../../packages/gateway')

/** Sluice with everything on: a virtual key with every limit and a budget, spend rows of priced models, metrics. */
export const startSluice: StartStack = async ({ upstreamPort, directory, bundle, nodeFlags = [] }) => {
  const masterKey = `sk-${randomBytes(24).toString('hex')}`
  const port = await freePort()
  const config = join(directory, 'config.yaml')
  await writeFile(config, JSON.stringify(configuration(upstreamPort, masterKey), null, 2))
  const server = await startServerProcess({
    name: 'sluice',
    command: process.execPath,
    args: [
      ...[...nodeFlags, join(bundle, 'cli.js'), '--config', config, '--port', String(port)],
      ...['--data-directory', join(directory, 'data'), '--log-level', 'error'],
    ],
    port,
    healthPath: '/health/liveliness',
  })
  const office = `http://127.0.0.1:${port}`
  const key = await generateKey(office, masterKey)
  return {
    name: 'sluice',
    version: await versionOf(),
    does: 'virtual key, limits, budget, spend rows, metrics',
    pid: server.pid,
    readyMs: server.readyMs,
    target: (route, reply) => ({
      port,
      ...clientOf(route, key),
      model: publicModel(route, reply),
    }),
    verify: () => verify(office, masterKey, key),
    close: server.close,
  }
}

/** A file as LiteLLM has it. Models have prices, or nothing would be spent. */
function configuration(upstreamPort: number, masterKey: string): object {
  return {
    model_list: modelList(upstreamPort, {
      input_cost_per_token: 0.000_003,
      output_cost_per_token: 0.000_015,
    }),
    general_settings: { master_key: masterKey },
    litellm_settings: { callbacks: ['prometheus'] },
  }
}

/** Limits that are checked on every request and never reached. */
async function generateKey(office: string, masterKey: string): Promise<string> {
  const response = await fetch(`${office}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      max_budget: 1_000_000,
      rpm_limit: 1_000_000_000,
      tpm_limit: 1_000_000_000_000,
      max_parallel_requests: 100_000,
    }),
  })
  const body = (await response.json()) as { key?: string }
  if (!response.ok || !body.key) throw new Error(`no key could be generated: ${JSON.stringify(body)}`)
  return body.key
}

/** Everything was on, or the numbers would be worth nothing: the key was charged, the requests were counted. */
async function verify(office: string, masterKey: string, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${masterKey}` }
  const deadline = performance.now() + 15_000
  let spend = 0
  while (spend === 0 && performance.now() < deadline) {
    const response = await fetch(`${office}/key/info?key=${key}`, { headers })
    const { info } = (await response.json()) as { info?: { spend?: number } }
    spend = info?.spend ?? 0
    if (spend === 0) await wait(500)
  }
  if (spend === 0) throw new Error('sluice charged nothing to the key')
  const metrics = await (await fetch(`${office}/metrics`, { headers })).text()
  const counted = metrics.match(/^litellm_proxy_total_requests_metric_total\{.* (\d+)$/gm)
  if (!counted) throw new Error('sluice counted no requests in /metrics')
  const requests = counted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  return `charged $${spend.toFixed(2)} to the key and counted ${requests} requests in /metrics`
}

async function versionOf(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(gateway, 'package.json'), 'utf8')) as { version: string }
  return manifest.version
}
