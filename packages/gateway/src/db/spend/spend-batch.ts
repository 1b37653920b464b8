import type { Transaction } from 'kysely'
import type { BudgetSpend } from 'sluice/internal'
import { BulkInsert, type Column } from '../bulk-insert.ts'
import type { NewSpendRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { type JournalBatch, markJournal } from './books/journal-marks.ts'
import { baseLateSpend } from './books/late-spend.ts'
import { lockPeriods } from './books/period-lock.ts'
import { readKeptFrom } from './kept-from.ts'
import { encodeSpend, isIndexedTag, SPEND_COLUMNS, storedText, tagsOfSpend } from './spend-columns.ts'
import type { DailyDetailsTable, DailyTotalsTable, SpendTotalsTable } from './spend-tables.ts'
import { budgetSums } from './sums/budget-sums.ts'
import { aggregateSpend } from './sums/spend-aggregate.ts'
import { DAY_KEY, DETAIL_KEY, SUM_COLUMNS } from './sums/sum-columns.ts'

const TOTALS_KEY = ['kind', 'subject_id'] as const
const TOTALS_SUMS = ['spend_nano_usd', 'requests'] as const

const logs = new BulkInsert({ table: 'spend_logs', columns: SPEND_COLUMNS, key: ['request_id'] })
const tags = new BulkInsert({
  table: 'spend_log_tags',
  columns: [...texts(['request_id', 'tag']), ...bigints(['start_time'])],
  key: ['request_id', 'tag'],
})
const daily = new BulkInsert({
  table: 'daily_details',
  columns: [...texts(DETAIL_KEY), ...bigints(SUM_COLUMNS)],
  key: DETAIL_KEY,
  update: sums('daily_details', SUM_COLUMNS),
})
const days = new BulkInsert({
  table: 'daily_totals',
  columns: [...texts(DAY_KEY), ...bigints(SUM_COLUMNS)],
  key: DAY_KEY,
  update: sums('daily_totals', SUM_COLUMNS),
})
const totals = new BulkInsert({
  table: 'spend_totals',
  columns: [...texts(TOTALS_KEY), ...bigints([...TOTALS_SUMS, 'last_active_at'])],
  key: TOTALS_KEY,
  update: {
    ...sums('spend_totals', TOTALS_SUMS),
    last_active_at:
      'case when excluded.last_active_at > spend_totals.last_active_at then excluded.last_active_at else spend_totals.last_active_at end',
  },
})

const BUDGET_KEY = ['kind', 'subject_id', 'reset_at', 'replica'] as const
const budgets = new BulkInsert({
  table: 'budget_spend',
  columns: [
    ...texts(['kind', 'subject_id']),
    ...bigints(['reset_at']),
    ...texts(['replica']),
    ...bigints(['spend_nano_usd']),
  ],
  key: BUDGET_KEY,
  update: sums('budget_spend', ['spend_nano_usd']),
})

/**
 * Inserts the rows whose id is new and adds those, and only those, to the aggregates. Returns how many were new.
 * Everything is written in the order of its primary key, so that concurrent batches wait but never deadlock.
 */
export async function addSpend(
  transaction: Transaction<Tables>,
  dialect: 'sqlite' | 'postgres',
  rows: readonly NewSpendRow[],
  batch?: JournalBatch,
): Promise<number> {
  await lockPeriods(transaction, dialect, 'shared')
  let added = await addRows(transaction, dialect, rows)
  if (batch?.isReplay && added.length > 0) added = await notExpired(transaction, added)
  if (added.length > 0) await addToSums(transaction, dialect, added)
  if (batch !== undefined) await markJournal(transaction, batch, Date.now())
  return added.length
}

async function addToSums(
  transaction: Transaction<Tables>,
  dialect: 'sqlite' | 'postgres',
  added: readonly NewSpendRow[],
): Promise<void> {
  const sums = aggregateSpend(added)
  await daily.run(transaction, dialect, sums.daily, encodeDaily)
  await days.run(transaction, dialect, sums.days, encodeDay)
  await totals.run(transaction, dialect, sums.totals, encodeTotal)
  await budgets.run(transaction, dialect, budgetSums(added), encodeBudget)
  await baseLateSpend(transaction, added)
}

/**
 * Without the rows that only look new because retention has removed them. Read after the rows were written: a partition
 * that is dropped waits for them, so that what is not in place by now was dropped, and said to be, before.
 */
async function notExpired(
  transaction: Transaction<Tables>,
  rows: readonly NewSpendRow[],
): Promise<NewSpendRow[]> {
  const keptFrom = await readKeptFrom(transaction)
  return rows.filter(row => row.startTime >= keptFrom)
}

/** Inserts the rows whose id is new, and adds them to nothing: for rows whose sums come another way. Returns those. */
export async function addRows(
  transaction: Transaction<Tables>,
  dialect: 'sqlite' | 'postgres',
  rows: readonly NewSpendRow[],
): Promise<readonly NewSpendRow[]> {
  const given = inOrder(rows)
  const known = new Set(await logs.run(transaction, dialect, given, encodeSpend))
  const added = known.size === 0 ? given : given.filter(row => !known.has(row))
  const tagged = added.flatMap(row =>
    tagsOfSpend(row)
      .filter(isIndexedTag)
      .map(tag => ({ row, tag })),
  )
  if (tagged.length > 0)
    await tags.run(transaction, dialect, tagged, ({ row, tag }) => [row.requestId, tag, row.startTime])
  return added
}

/** By id as it is stored, and each id once. */
function inOrder(rows: readonly NewSpendRow[]): NewSpendRow[] {
  const sorted = rows
    .map(row => {
      const requestId = storedText(row.requestId)
      return requestId === row.requestId ? row : { ...row, requestId }
    })
    .sort((a, b) => (a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0))
  return sorted.filter((row, i) => row.requestId !== sorted[i - 1]?.requestId)
}

function encodeDaily(row: DailyDetailsTable) {
  return [...DETAIL_KEY.map(name => row[name]), ...SUM_COLUMNS.map(name => row[name])]
}

function encodeDay(row: DailyTotalsTable) {
  return [...DAY_KEY.map(name => row[name]), ...SUM_COLUMNS.map(name => row[name])]
}

function encodeBudget(row: BudgetSpend) {
  return [row.kind, row.id, row.resetAt, row.replica, row.nanoUsd]
}

function encodeTotal(row: SpendTotalsTable) {
  return [row.kind, row.subject_id, row.spend_nano_usd, row.requests, row.last_active_at]
}

function texts(names: readonly string[]): Column[] {
  return names.map(name => ({ name, type: 'text' }))
}

function bigints(names: readonly string[]): Column[] {
  return names.map(name => ({ name, type: 'bigint' }))
}

function sums(table: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, `${table}.${name} + excluded.${name}`]))
}
