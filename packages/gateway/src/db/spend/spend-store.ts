import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely'
import type { BudgetSpend } from 'sluice/internal'
import type { Connection } from '../connection.ts'
import type { SpendFilter, SpendStore, SpendSubject, SpendTotal } from '../database.ts'
import type { SpendRow } from '../rows.ts'
import type { Tables } from '../tables.ts'
import { createJournalMarks } from './books/journal-marks.ts'
import { readSums, type SpendDimension } from './reading/read-sums.ts'
import { addSpend } from './spend-batch.ts'
import { decodeSpendRow, storedText } from './spend-columns.ts'

/** Spend rows in `spend_logs`, their sums in `daily_details`, `daily_totals` and `spend_totals`. */
export function createSpendStore(connection: Connection): SpendStore {
  return {
    addBatch: (rows, batch) =>
      rows.length === 0
        ? Promise.resolve(0)
        : connection.transaction(transaction => addSpend(transaction, connection.dialect, rows, batch)),
    marks: createJournalMarks(connection),
    list: filter => connection.run(database => listSpend(database, filter)),
    totals: (subject, range) => connection.run(database => readTotals(database, subject, range)),
    budgetSpends: now => connection.run(database => readBudgets(database, now)),
    limitSpends: (ids, now) => connection.run(database => readLimits(database, ids, now)),
    forgetBudgets: before =>
      connection.run(async database => {
        await database
          .deleteFrom('budget_spend')
          .where('reset_at', '>', NEVER)
          .where('reset_at', '<', before)
          .execute()
      }),
    spent: (subject, id) =>
      connection.run(async database => {
        const row = await database
          .selectFrom('spend_totals')
          .select('spend_nano_usd')
          .where('kind', '=', subject)
          .where('subject_id', '=', id)
          .executeTakeFirst()
        return row?.spend_nano_usd ?? 0
      }),
  }
}

/** The end of a period that does not end. */
const NEVER = 0

async function readBudgets(database: Kysely<Tables>, now: number): Promise<readonly BudgetSpend[]> {
  const rows = await database
    .selectFrom('budget_spend')
    .selectAll()
    .where('kind', 'in', ['provider', 'deployment'])
    .where(isRunning(now))
    .execute()
  return rows.map(decodeBudget)
}

async function readLimits(
  database: Kysely<Tables>,
  ids: readonly string[],
  now: number,
): Promise<readonly BudgetSpend[]> {
  if (ids.length === 0) return []
  const rows = await database
    .selectFrom('budget_spend')
    .selectAll()
    .where('kind', '=', 'limit')
    .where('subject_id', 'in', ids.map(storedText))
    .where(isRunning(now))
    .execute()
  return rows.map(decodeBudget)
}

function isRunning(now: number) {
  return (build: ExpressionBuilder<Tables, 'budget_spend'>) =>
    build.or([build('reset_at', '=', NEVER), build('reset_at', '>', now)])
}

function decodeBudget(row: Tables['budget_spend']): BudgetSpend {
  return {
    kind: row.kind as BudgetSpend['kind'],
    id: row.subject_id,
    resetAt: row.reset_at,
    replica: row.replica,
    nanoUsd: row.spend_nano_usd,
  }
}

async function listSpend(
  database: Kysely<Tables>,
  filter: SpendFilter,
): Promise<{ rows: readonly SpendRow[]; total: number }> {
  const matching = database.selectFrom('spend_logs').where(build => conditions(build, filter))
  const { total } = await matching
    .select(database.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await matching
    .selectAll()
    .orderBy('start_time', 'desc')
    .orderBy('request_id', 'desc')
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute()
  return { rows: rows.map(decodeSpendRow), total }
}

function conditions(
  build: ExpressionBuilder<Tables, 'spend_logs'>,
  filter: SpendFilter,
): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  if (filter.apiKey !== undefined) all.push(build('api_key', '=', filter.apiKey))
  if (filter.userId !== undefined) all.push(build('user_id', '=', filter.userId))
  if (filter.teamId !== undefined) all.push(build('team_id', '=', filter.teamId))
  if (filter.requestId !== undefined) all.push(build('request_id', '=', filter.requestId))
  if (filter.sessionId !== undefined) all.push(build('session_id', '=', filter.sessionId))
  if (filter.status !== undefined) all.push(build('status', '=', filter.status))
  if (filter.from !== undefined) all.push(build('start_time', '>=', filter.from))
  if (filter.to !== undefined) all.push(build('start_time', '<', filter.to))
  if (filter.model !== undefined) {
    all.push(build.or([build('model', '=', filter.model), build('model_group', '=', filter.model)]))
  }
  if (filter.tag !== undefined) {
    const tagged = build.selectFrom('spend_log_tags').select('request_id').where('tag', '=', filter.tag)
    all.push(build('request_id', 'in', tagged))
  }
  return build.and(all)
}

/** Of models without keys: every call once, in as few sums as can be. Of members nothing else is kept. */
const DIMENSIONS: Partial<Record<SpendSubject, readonly SpendDimension[]>> = {
  model: ['day', 'id', 'model', 'modelGroup', 'provider'],
  team_member: ['day', 'id'],
  organization_member: ['day', 'id'],
}

async function readTotals(
  database: Kysely<Tables>,
  subject: SpendSubject,
  range: { readonly from: string; readonly to: string; readonly id?: string },
): Promise<readonly SpendTotal[]> {
  const { from, to, id } = range
  const rows = await readSums(database, {
    ...{ subject, from, to, ids: id === undefined ? undefined : [id] },
    by: DIMENSIONS[subject] ?? ['day', 'id', 'apiKey', 'model', 'modelGroup', 'provider'],
  })
  return rows.map(({ endpoint: _, cacheHits: __, ...total }) => total)
}
