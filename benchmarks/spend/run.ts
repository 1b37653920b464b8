/**
 * Ten million spend rows: how fast they are written, how long reports take, and what dropping a partition costs.
 * `node -C @sluice/source benchmarks/spend/run.ts --rows 10000000 [--postgres postgresql://…] [--data-directory …]`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { openDatabase } from '../../packages/gateway/src/db/open-database.ts'
import { openTestOffice } from '../../packages/gateway/src/management/testing/test-office.ts'
import { verifySpend } from '../../packages/gateway/src/spend/verify-spend.ts'
import { describeMachine } from '../machine.ts'
import { copyDay, countRows, ingestDay } from './load-days.ts'

const DAY_MS = 86_400_000
const DAYS = 30
const FIRST_DAY = Date.UTC(2026, 9, 23)
const LAST_DAY = FIRST_DAY + (DAYS - 1) * DAY_MS
const TIMES = 15

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const month = `start_date=${dayOf(FIRST_DAY)}&end_date=${dayOf(LAST_DAY)}`
const lastDay = `start_date=${dayOf(LAST_DAY)}&end_date=${dayOf(LAST_DAY)}`
const key = 'hash-of-key-17'.padEnd(64, '0')

const REPORTS: readonly (readonly [string, string])[] = [
  ['/global/spend', ''],
  ['/global/spend/report by team, 30 days', `/global/spend/report?${month}&group_by=team`],
  ['/global/spend/report by customer, 30 days', `/global/spend/report?${month}&group_by=customer`],
  ['/global/spend/report by key, 30 days', `/global/spend/report?${month}&group_by=api_key`],
  ['/global/spend/keys, 30 days', `/global/spend/keys?${month}`],
  ['/global/spend/teams, 30 days', `/global/spend/teams?${month}`],
  ['/global/spend/tags, 30 days', `/global/spend/tags?${month}`],
  ['/global/activity/model, 30 days', `/global/activity/model?${month}`],
  ['/global/activity/exceptions, 30 days', `/global/activity/exceptions?${month}`],
  ['/user/daily/activity of one user, 30 days', `/user/daily/activity?${month}&user_id=user-17`],
  ['/team/daily/activity of all, 30 days', `/team/daily/activity?${month}`],
  ['/spend/logs/ui, first page of 30 days', `/spend/logs/ui?${month}`],
  ['/spend/logs/ui of one key', `/spend/logs/ui?${month}&api_key=${key}`],
  ['/spend/logs by request', '/spend/logs?request_id=call-0-4711-17'],
  ['/spend/logs/session/ui', '/spend/logs/session/ui?session_id=session-0-100'],
  ['/spend/traces of a day of one key', `/spend/traces?${lastDay}&api_key=${key}`],
  ['/spend/traces of a whole day', `/spend/traces?${lastDay}`],
]

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    postgres: { type: 'string' },
    'data-directory': { type: 'string' },
  },
})
const perDay = Math.floor(Number(values.rows) / DAYS)
const database = await openDatabase({
  url: values.postgres,
  dataDirectory: values['data-directory'] ?? '.',
  poolSize: 4,
  statementTimeoutMs: 30 * 60_000,
})
const { cpu, cores, memoryGigabytes, node, loadBefore } = describeMachine()
console.log(
  `${database.dialect}, ${cpu}, ${cores} cores, ${memoryGigabytes} GB, Node ${node}, load ${loadBefore.toFixed(1)}`,
)

for (let at = FIRST_DAY; at < LAST_DAY; at += 20 * DAY_MS)
  await database.upkeep.extend(FIRST_DAY, at + 20 * DAY_MS, 'day')
const rate = await ingestDay(database, perDay, FIRST_DAY)
console.log(`written as the gateway does: ${Math.round(rate)} rows/s (${perDay} rows in batches of 2,000)`)
const began = performance.now()
await copyDay(database, DAYS, FIRST_DAY)
console.log(`copied to ${DAYS} days in ${Math.round((performance.now() - began) / 1_000)} s`)
console.log(JSON.stringify(await countRows(database)))
await measureReports(database)
await measureCare(database)
await database.close()

async function measureReports(of: Database): Promise<void> {
  const office = await openTestOffice(of)
  const lag = monitorEventLoopDelay({ resolution: 5 })
  console.log('| report | p50 ms | p99 ms | kB | longest pause ms |\n|---|---:|---:|---:|---:|')
  for (const [name, url] of REPORTS) {
    const times: number[] = []
    let bytes = 0
    lag.reset()
    lag.enable()
    for (let time = 0; time < TIMES; time++) {
      const start = performance.now()
      const { body, statusCode } = await office.app.inject({
        ...{ method: 'GET', url: url || name, headers: { authorization: 'Bearer sk-test-master-key' } },
      })
      times.push(performance.now() - start)
      bytes = body.length
      if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${body.slice(0, 300)}`)
    }
    lag.disable()
    times.sort((a, b) => a - b)
    const cells = [times[Math.floor(TIMES / 2)], times.at(-1), bytes / 1_000, lag.max / 1e6]
    console.log(`| ${name} | ${cells.map(cell => Math.round(cell ?? 0)).join(' | ')} |`)
  }
  await office.app.close()
}

async function measureCare(of: Database): Promise<void> {
  let start = performance.now()
  const { drifts, daysCompared } = await verifySpend({ ...of, days: 3, now: LAST_DAY + DAY_MS - 1 })
  console.log(
    `books of ${daysCompared} days compared in ${Math.round(performance.now() - start)} ms: ${drifts.length} drifts`,
  )
  start = performance.now()
  const { partitions, rows, more } = await of.upkeep.expire(FIRST_DAY + 5 * DAY_MS, 2_000)
  console.log(
    `retention of 5 days: ${partitions.length} partitions and ${rows} rows in ${Math.round(performance.now() - start)} ms${more ? ', and more' : ''}`,
  )
}
