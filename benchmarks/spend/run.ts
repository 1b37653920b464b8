/**
 * Ten million spend rows: how fast they are written, how long reports take, and what retention costs.
 * `node -C @sluice/source benchmarks/spend/run.ts --rows 10000000 [--postgres postgresql://…] [--data-directory …]`
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { openDatabase } from '../../packages/gateway/src/db/open-database.ts'
import { BATCH_ROWS } from '../../packages/gateway/src/spend/database-flusher.ts'
import { verifySpend } from '../../packages/gateway/src/spend/verify-spend.ts'
import { describeMachine } from '../machine.ts'
import { copyDays, countRows, ingest, type Loaded } from './load-days.ts'
import { measureReports, type Question } from './measure-reports.ts'
import { processorOf } from './processor.ts'

const DAY_MS = 86_400_000
const DAYS = 30
const FIRST_DAY = Date.UTC(2026, 9, 23)
const LAST_DAY = FIRST_DAY + (DAYS - 1) * DAY_MS
/** Calls that the gateway writes itself at the beginning, at most: the others of a day are copies. */
const MOST_SAMPLE = 60_000
/** Calls that the gateway writes once all are there. */
const MORE = 60_000

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const month = `start_date=${dayOf(FIRST_DAY)}&end_date=${dayOf(LAST_DAY)}`
const lastDay = `start_date=${dayOf(LAST_DAY)}&end_date=${dayOf(LAST_DAY)}`
const key = 'hash-of-key-17'.padEnd(64, '0')
const report = `/global/spend/report?${month}`

/** Steps of retention that are enough to know. */
const MOST_STEPS = 100

const QUESTIONS: readonly Question[] = [
  ['/global/spend', '/global/spend'],
  ['/global/spend/report by team, 30 days: everything', `${report}&group_by=team`, 3],
  ['/global/spend/report by team, 30 days: a page of 20', `${report}&group_by=team&page=2&page_size=20`],
  ['/global/spend/report by customer, 30 days: everything', `${report}&group_by=customer`, 2],
  ['/global/spend/report by customer, 30 days: a page of 100', `${report}&group_by=customer&page=2`],
  ['/global/spend/report by customer, 1 day', `/global/spend/report?${lastDay}&group_by=customer`],
  ['/global/spend/report by customer, 30 days, CSV: everything', `${report}&group_by=customer&format=csv`, 2],
  ['/global/spend/report by user, 30 days: a page of 100', `${report}&group_by=user&page=1`],
  ['/global/spend/report by model, 30 days: everything', `${report}&group_by=model`, 3],
  ['/global/spend/report by key, 30 days: everything', `${report}&group_by=api_key`],
  ['/global/spend/keys, 30 days', `/global/spend/keys?${month}`],
  ['/global/spend/teams, 30 days', `/global/spend/teams?${month}`],
  ['/global/spend/tags, 30 days', `/global/spend/tags?${month}`],
  ['/global/spend/models, 30 days', `/global/spend/models?${month}`],
  ['/global/spend/provider, 30 days', `/global/spend/provider?${month}`],
  ['/global/activity/model, 30 days', `/global/activity/model?${month}`],
  ['/global/activity/exceptions, 30 days', `/global/activity/exceptions?${month}`],
  ['/user/daily/activity of one user, 30 days', `/user/daily/activity?${month}&user_id=user-17`],
  ['/team/daily/activity of one team, 30 days', `/team/daily/activity?${month}&team_ids=team-17`],
  ['/team/daily/activity of all, 30 days', `/team/daily/activity?${month}`],
  ['/spend/logs, summarized by day, 30 days', `/spend/logs?${month}`, 5],
  ['/spend/logs/ui, first page of 30 days', `/spend/logs/ui?${month}`],
  ['/spend/logs/ui of one key', `/spend/logs/ui?${month}&api_key=${key}`],
  ['/spend/logs by request', '/spend/logs?request_id=call-0-4711-17'],
  ['/spend/logs/session/ui', '/spend/logs/session/ui?session_id=session-0-100'],
  ['/spend/traces of a day of one key', `/spend/traces?${lastDay}&api_key=${key}`],
  ['/spend/traces of a whole day', `/spend/traces?${lastDay}`, 5],
].map(([name, url, times = 9]) => ({ name: String(name), url: String(url), times: Number(times) }))

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    postgres: { type: 'string' },
    'data-directory': { type: 'string' },
    /** The database holds such rows already. */
    loaded: { type: 'boolean', default: false },
    /** Nothing but that. */
    load: { type: 'boolean', default: false },
  },
})
const perDay = Number(values.rows) / DAYS
const copies = Math.ceil(perDay / MOST_SAMPLE)
const loaded: Loaded = { sample: Math.round(perDay / copies), copies, days: DAYS, firstDay: FIRST_DAY }
const database = await openDatabase({
  url: values.postgres,
  dataDirectory: values['data-directory'] ?? '.',
  poolSize: 4,
  statementTimeoutMs: 60 * 60_000,
})
const { cpu, cores, memoryGigabytes, node } = describeMachine()
console.log(`${database.dialect}, ${cpu}, ${cores} cores, ${memoryGigabytes} GB, Node ${node}`)
const processor = await processorOf(database)

if (!values.loaded) {
  for (let at = FIRST_DAY; at < LAST_DAY; at += 20 * DAY_MS)
    await database.upkeep.extend(FIRST_DAY, at + 20 * DAY_MS, 'day')
  await measureWriting('into empty tables', { day: 0, first: 0, count: loaded.sample })
  await timed(`copied to ${DAYS} days`, () => copyDays(database, loaded))
}
console.log(JSON.stringify(await countRows(database)))
if (!values.load) {
  await measureWriting('into full tables', {
    day: DAYS - 1,
    first: 1_000_000 + (Math.floor(Date.now() / 1_000) % 1_000_000),
    count: MORE,
  })
  console.log(`load ${load()}`)
  await measureReports(database, QUESTIONS)
  console.log(`load ${load()}`)
  await timed('books of 3 days compared', () => compareBooks(database))
  await measureRetention(database)
}
await database.close()

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?'
}

async function timed(what: string, work: () => Promise<string | void>): Promise<void> {
  const began = performance.now()
  const found = await work()
  const result = typeof found === 'string' ? `: ${found}` : ''
  console.log(`${what} in ${((performance.now() - began) / 1_000).toFixed(1)} s${result}`)
}

async function measureWriting(into: string, calls: { day: number; first: number; count: number }) {
  const before = processor()
  const seconds = await ingest(database, loaded, calls)
  const after = processor()
  const micros = (a: number, b: number) => Math.round(((b - a) / calls.count) * 1e6)
  console.log(
    `written as the gateway does ${into}: ${Math.round(calls.count / seconds)} rows/s (${calls.count} rows in batches of ${BATCH_ROWS[database.dialect]}; ` +
      `processor µs a row: ${micros(before.own, after.own)} here, ${micros(before.server, after.server)} in the server; load ${load()})`,
  )
}

async function compareBooks(of: Database): Promise<string> {
  const { drifts, daysCompared } = await verifySpend({ ...of, days: 3, now: LAST_DAY + DAY_MS - 1 })
  return `${daysCompared} days, ${drifts.length} drifts`
}

/** Five days, as the job does: in steps of 2,000 rows, where there are no partitions. */
async function measureRetention(of: Database): Promise<void> {
  const began = performance.now()
  let longest = 0
  let steps = 0
  let removed = 0
  for (let more = true; more && steps < MOST_STEPS; steps++) {
    const start = performance.now()
    const expired = await of.upkeep.expire(FIRST_DAY + 5 * DAY_MS, 2_000)
    longest = Math.max(longest, performance.now() - start)
    removed += expired.rows
    more = expired.more
    if (expired.partitions.length > 0) console.log(`dropped ${expired.partitions.length} partitions`)
  }
  const seconds = (performance.now() - began) / 1_000
  console.log(
    `retention of 5 days: ${removed} rows one by one in ${steps} steps and ${seconds.toFixed(1)} s, the longest step ${Math.round(longest)} ms`,
  )
}
