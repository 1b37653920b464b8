import { CompiledQuery, type Insertable, sql, type Transaction } from 'kysely'
import type { SpendRow } from '../rows.ts'
import type { DailySpendTable, SpendLogsTable, SpendTotalsTable, Tables } from '../tables.ts'
import { aggregateSpend } from './spend-aggregate.ts'
import { encodeSpend, type StoredSpend } from './spend-columns.ts'

/** Rows per statement: well under either dialect's limit of parameters, and compiled in about a millisecond. */
const CHUNK = 100

/**
 * Inserts the rows whose id is new and adds those, and only those, to the aggregates. Returns how many were new.
 * Everything is written in the order of its primary key, so that concurrent batches wait but never deadlock.
 */
export async function addSpend(
  transaction: Transaction<Tables>,
  rows: readonly SpendRow[],
  statements: SpendStatements,
): Promise<number> {
  const byId = new Map<string, StoredSpend>()
  for (const row of rows) {
    const stored = encodeSpend(row)
    if (!byId.has(stored.columns.request_id)) byId.set(stored.columns.request_id, stored)
  }
  const sorted = [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stored]) => stored)
  const added: StoredSpend[] = []
  for (const chunk of chunks(sorted)) {
    const inserted = await insertRows(transaction, chunk, statements)
    for (const { request_id } of inserted) {
      const stored = byId.get(request_id)
      if (stored !== undefined) added.push(stored)
    }
  }
  if (added.length === 0) return 0
  await addTags(transaction, added)
  const { daily, totals } = aggregateSpend(added)
  for (const chunk of chunks(daily)) await addDaily(transaction, chunk)
  for (const chunk of chunks(totals)) await addTotals(transaction, chunk)
  return added.length
}

/** Statements that need not be compiled again; one per store, since their text depends on the dialect. */
export interface SpendStatements {
  wholeChunk?: string
}

async function insertRows(
  transaction: Transaction<Tables>,
  chunk: readonly StoredSpend[],
  statements: SpendStatements,
): Promise<readonly Pick<SpendLogsTable, 'request_id'>[]> {
  const whole = chunk.length === CHUNK
  if (whole && statements.wholeChunk !== undefined) {
    // Compiling three thousand placeholders costs more than all else that a chunk needs from this thread.
    const parameters: unknown[] = chunk.flatMap((stored): unknown[] => Object.values(stored.columns))
    const query = CompiledQuery.raw(statements.wholeChunk, parameters)
    return (await transaction.executeQuery<Pick<SpendLogsTable, 'request_id'>>(query)).rows
  }
  const query = transaction
    .insertInto('spend_logs')
    .values(chunk.map(stored => stored.columns))
    .onConflict(conflict => conflict.column('request_id').doNothing())
    .returning('request_id')
    .compile()
  if (whole) statements.wholeChunk = query.sql
  return (await transaction.executeQuery(query)).rows
}

async function addTags(transaction: Transaction<Tables>, rows: readonly StoredSpend[]): Promise<void> {
  const tags = rows.flatMap(({ columns: { request_id, start_time }, tags }) =>
    tags.map(tag => ({ tag, request_id, start_time })),
  )
  for (const chunk of chunks(tags)) await transaction.insertInto('spend_log_tags').values(chunk).execute()
}

const DAILY_KEY = ['kind', 'subject_id', 'day', 'api_key', 'model', 'model_group', 'provider'] as const
const DAILY_SUMS = [
  'spend_nano_usd',
  'unknown_cost_requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'requests',
  'failed_requests',
] as const satisfies readonly (keyof DailySpendTable)[]

async function addDaily(
  transaction: Transaction<Tables>,
  rows: Insertable<DailySpendTable>[],
): Promise<void> {
  await transaction
    .insertInto('daily_spend')
    .values(rows)
    .onConflict(conflict =>
      conflict
        .columns(DAILY_KEY)
        .doUpdateSet(
          Object.fromEntries(
            DAILY_SUMS.map(name => [
              name,
              sql`${sql.ref(`daily_spend.${name}`)} + ${sql.ref(`excluded.${name}`)}`,
            ]),
          ),
        ),
    )
    .execute()
}

async function addTotals(
  transaction: Transaction<Tables>,
  rows: Insertable<SpendTotalsTable>[],
): Promise<void> {
  await transaction
    .insertInto('spend_totals')
    .values(rows)
    .onConflict(conflict =>
      conflict.columns(['kind', 'subject_id']).doUpdateSet({
        spend_nano_usd: sql`spend_totals.spend_nano_usd + excluded.spend_nano_usd`,
        requests: sql`spend_totals.requests + excluded.requests`,
        last_active_at: sql`case when excluded.last_active_at > spend_totals.last_active_at then excluded.last_active_at else spend_totals.last_active_at end`,
      }),
    )
    .execute()
}

function chunks<T>(items: readonly T[]): T[][] {
  const all: T[][] = []
  for (let at = 0; at < items.length; at += CHUNK) all.push(items.slice(at, at + CHUNK))
  return all
}
