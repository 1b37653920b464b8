/**
 * How long the lists of the management API take with very many rows, over HTTP, and for how long at a stretch each keeps the
 * gateway's main thread. `node -C @sluice/source benchmarks/lists/run.ts [--keys 100000] [--database-url …] [--only text]`
 */
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type RunningGateway, startGateway } from '@sluice/testkit'
import bundleGateway from '../../e2e/bundle-gateway.ts'
import { openDatabase } from '../../packages/gateway/src/db/open-database.ts'
import { describeMachine } from '../machine.ts'
import { fillOffice } from './fill.ts'
import { listsOf } from './lists.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    'database-url': { type: 'string' },
    directory: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})

console.log(describeMachine())
const keys = Number(values.keys)
const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-lists-')))
const url = values['database-url']
// A directory that was named is kept, and what is in it is not made again.
const marker = join(directory, 'filled')
if (!existsSync(marker)) await fill()
const removeBundle = await bundleGateway()
const gateway = await startGateway({
  dataDirectory: directory,
  timeoutMs: 120_000,
  env: {
    NODE_OPTIONS: `--import ${new URL('loop-watch.ts', import.meta.url).href}`,
    SLUICE_LOG_LEVEL: 'error',
    ...(url !== undefined && { DATABASE_URL: url }),
  },
})
console.log('| list | rows | KB | median ms | worst ms | longest stretch ms | thread ms |')
console.log('|---|---:|---:|---:|---:|---:|---:|')
for (const path of listsOf(keys)) if (path.includes(values.only)) await measure(gateway, path)
await gateway.stop()
await removeBundle()
if (values.directory === undefined) await rm(directory, { recursive: true, force: true })

async function fill(): Promise<void> {
  const database = await openDatabase({
    url,
    dataDirectory: directory,
    poolSize: 2,
    statementTimeoutMs: 600_000,
  })
  await fillOffice(database, {
    ...{ keys, users: keys, customers: keys, members: Math.ceil(keys / 2) },
    ...{ teams: Math.ceil(keys / 10), projects: Math.ceil(keys / 10), tags: Math.ceil(keys / 10) },
    ...{ organizations: Math.ceil(keys / 100), budgets: Math.ceil(keys / 100) },
  })
  await database.close()
  writeFileSync(marker, '')
}

async function measure({ url: base, masterKey }: RunningGateway, path: string): Promise<void> {
  const rounds = Number(values.rounds)
  const times: number[] = []
  let bytes = 0
  let rows = 0
  const headers = { authorization: `Bearer ${masterKey}` }
  for (let round = 0; round <= rounds; round++) {
    if (round === 1) await stretches()
    const start = performance.now()
    const response = await fetch(base + path, { headers })
    const text = await response.text()
    if (round > 0) times.push(performance.now() - start)
    bytes = text.length
    if (!response.ok) return console.log(`| ${path} | ${response.status} ${text.slice(0, 200)} |`)
    rows = rowsOf(JSON.parse(text))
  }
  const { longest, all } = await stretches()
  times.sort((a, b) => a - b)
  const middle = times[Math.floor(times.length / 2)]
  const cells = [
    ...[rows, Math.round(bytes / 1024), middle?.toFixed(1), times.at(-1)?.toFixed(1)],
    ...[longest.toFixed(0), (all / rounds).toFixed(1)],
  ]
  console.log(`| ${path} | ${cells.join(' | ')} |`)
}

function rowsOf(answer: unknown): number {
  if (Array.isArray(answer)) return answer.length
  const list = Object.values(answer as object).find(Array.isArray)
  return list?.length ?? 1
}

/** What the gateway's main thread did since the last time. */
async function stretches(): Promise<{ longest: number; all: number }> {
  const count = () => gateway.logs.filter(line => line.startsWith('loop ')).length
  const before = count()
  gateway.process.kill('SIGUSR2')
  while (count() === before) await pause(5)
  const [, longest, all] = gateway.logs.findLast(line => line.startsWith('loop '))?.split(' ') ?? []
  return { longest: Number(longest), all: Number(all) }
}
