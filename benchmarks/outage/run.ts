/**
 * PostgreSQL is stopped while calls go on at a fixed rate: what memory and the journal do, and whether every call that was
 * answered is counted once when PostgreSQL is back. `node -C @sluice/source benchmarks/outage/run.ts --minutes 60`.
 */
import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startGateway } from '@sluice/testkit'
import { Client } from 'pg'
import bundleGateway from '../../e2e/bundle-gateway.ts'
import { startPostgres } from '../../e2e/services/postgres.ts'
import { rssMegabytes } from '../measure/rss.ts'
import { startUpstream } from '../stacks/upstream.ts'
import { type Answered, Calls } from './calls.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1.5' },
    'per-second': { type: 'string', default: '500' },
  },
})
const outageMs = Number(values.minutes) * 60_000
const perSecond = Number(values['per-second'])
const WARM_MS = 10_000
const AFTER_MS = 5_000

const removeBundle = await bundleGateway()
const dataDirectory = await mkdtemp(join(tmpdir(), 'sluice-outage-'))
// Or PostgreSQL itself would forget what it had confirmed in the moment before it is stopped as if it had crashed.
const [postgres, upstream] = await Promise.all([startPostgres({ synchronous_commit: 'on' }), startUpstream()])
const gateway = await startGateway({
  dataDirectory,
  env: { DATABASE_URL: postgres.url, SLUICE_LOG_LEVEL: 'error', SLUICE_KEY_STALENESS_SECONDS: '7200' },
  config: {
    model_list: [
      {
        model_name: 'm',
        litellm_params: {
          ...{ model: 'openai/m', api_base: `http://127.0.0.1:${upstream.port}/v1`, api_key: 'k' },
          ...{ input_cost_per_token: 0.000_003, output_cost_per_token: 0.000_015 },
        },
      },
    ],
  },
})
const key = await newKey()
const calls = new Calls(gateway.url, key)

console.log('| time | PostgreSQL | calls answered | a second | failed | memory MB | journal MB | p99 ms |')
console.log('|---:|---|---:|---:|---:|---:|---:|---:|')
await run('up', WARM_MS)
await postgres.stop('immediate')
await run('down', outageMs)
await postgres.start()
await run('up', AFTER_MS)
const caughtUpMs = await untilEmpty()
const stored = await storedSums()
report(calls.answered, stored, caughtUpMs)
await gateway.stop()
await Promise.all([postgres.remove(), upstream.close(), calls.close()])
await removeBundle()
await rm(dataDirectory, { recursive: true })

async function newKey(): Promise<string> {
  const response = await fetch(`${gateway.url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.masterKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ max_budget: 1_000_000 }),
  })
  return ((await response.json()) as { key: string }).key
}

/** Calls for so long, with a line a twelfth of it. */
async function run(state: string, ms: number): Promise<void> {
  const slice = Math.max(5_000, ms / 12)
  for (let done = 0; done < ms; done += slice) {
    const before = { count: calls.answered.count, at: performance.now() }
    const p99 = await calls.at(perSecond, Math.min(slice, ms - done))
    const { count, failed } = calls.answered
    const rate = ((count - before.count) * 1_000) / (performance.now() - before.at)
    const cells = [
      `${(performance.now() / 1_000).toFixed(0)} s`,
      ...[state, count, rate.toFixed(0), failed],
      ...[rssMegabytes(gateway.process.pid ?? 0).toFixed(0), journalMb(), p99.toFixed(1)],
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
}

function journalMb(): string {
  let bytes = 0
  const root = join(dataDirectory, 'journal')
  for (const name of readdirSync(root, { recursive: true }) as string[]) {
    const found = statSync(join(root, name), { throwIfNoEntry: false })
    if (found?.isFile()) bytes += found.size
  }
  return (bytes / 1e6).toFixed(1)
}

/** Milliseconds until no row waits any more. */
async function untilEmpty(): Promise<number> {
  const began = performance.now()
  for (;;) {
    const ready = await fetch(`${gateway.url}/health/readiness`)
    const { spend_rows_pending: pending } = (await ready.json()) as { spend_rows_pending: number }
    if (pending === 0) return performance.now() - began
    await pause(200)
  }
}

async function storedSums(): Promise<Omit<Answered, 'failed'>> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  const { rows } = await client.query<{ count: string; nano: string }>(
    'select count(*) as count, sum(spend_nano_usd) as nano from spend_logs',
  )
  await client.end()
  return { count: Number(rows[0]?.count), nanoUsd: Number(rows[0]?.nano) }
}

function report(answered: Answered, stored: Omit<Answered, 'failed'>, ms: number): void {
  const same = answered.count === stored.count && answered.nanoUsd === stored.nanoUsd
  console.log(
    `\nanswered ${answered.count} calls for ${answered.nanoUsd} nano-dollars, ${answered.failed} failed`,
  )
  console.log(
    `stored   ${stored.count} rows for ${stored.nanoUsd} nano-dollars, ${(ms / 1_000).toFixed(1)} s later`,
  )
  console.log(same ? 'nothing was lost, nothing was counted twice' : 'THE BOOKS DIFFER')
  if (!same) for (const line of gateway.logs.slice(-20)) console.log(line)
  if (!same || answered.failed > 0) process.exitCode = 1
}
