import type { Kysely } from 'kysely'
import { badRequest } from 'sluice/internal'
import type { Connection } from '../connection.ts'
import { storedText } from '../spend/spend-columns.ts'
import type { Tables } from '../tables.ts'
import type { FeedbackTable } from './routing-tables.ts'

/** A call as feedback sees it. */
export interface ScoredCall {
  readonly requestId: string
  readonly apiKey: string
  readonly modelGroup: string
  readonly modelId: string | null
  readonly startTime: number
}

/** By what a client names calls: one call, the calls of a trace, or those of a session. */
export type CallReference = Readonly<{ kind: 'call' | 'trace' | 'session'; id: string }>

export interface Score {
  readonly name: string
  /** From 0 to 1. */
  readonly score: number
  readonly comment: string | null
  /** Hash of the key that gives it. */
  readonly apiKey: string
  readonly now: number
}

export interface FeedbackRow extends Omit<Score, 'now'> {
  readonly requestId: string
  readonly modelGroup: string
  readonly modelId: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

export interface FeedbackFilter {
  readonly requestId?: string | undefined
  readonly modelGroup?: string | undefined
  readonly modelId?: string | undefined
  readonly name?: string | undefined
  readonly apiKey?: string | undefined
  /** 1-based. */
  readonly page: number
  readonly size: number
}

/** Names under which one key may score one call. */
export const MOST_NAMES = 10

export interface FeedbackStore {
  /** Calls in the database by what a client calls them, newest first; `apiKey`: of this key alone. */
  calls(reference: CallReference, apiKey: string | undefined, most: number): Promise<readonly ScoredCall[]>
  /** Each call gets the score, in place of an earlier one of the same name and key; all of them or none. */
  add(calls: readonly ScoredCall[], score: Score): Promise<void>
  /** Newest first. */
  list(filter: FeedbackFilter): Promise<{ readonly rows: readonly FeedbackRow[]; readonly total: number }>
}

const COLUMNS = {
  call: ['request_id', 'call_id'],
  trace: ['session_id', 'trace_id'],
  session: ['session_id'],
} as const

export function createFeedbackStore(connection: Connection): FeedbackStore {
  return {
    calls: (reference, apiKey, most) =>
      connection.run(async database => {
        const found = new Map<string, ScoredCall>()
        for (const column of COLUMNS[reference.kind]) {
          const rows = await database
            .selectFrom('spend_logs')
            .select(['request_id', 'api_key', 'model_group', 'model_id', 'start_time'])
            .where(column, '=', storedText(reference.id))
            .$if(apiKey !== undefined, query => query.where('api_key', '=', apiKey ?? ''))
            .orderBy('start_time', 'desc')
            .limit(most)
            .execute()
          for (const row of rows) found.set(row.request_id, decodeCall(row))
        }
        return [...found.values()].sort((a, b) => b.startTime - a.startTime).slice(0, most)
      }),
    add: (calls, score) => connection.transaction(transaction => addScore(transaction, calls, score)),
    list: filter => connection.run(database => listFeedback(database, filter)),
  }
}

function decodeCall(row: {
  request_id: string
  api_key: string
  model_group: string
  model_id: string | null
  start_time: number
}): ScoredCall {
  return {
    requestId: row.request_id,
    apiKey: row.api_key,
    modelGroup: row.model_group,
    modelId: row.model_id,
    startTime: row.start_time,
  }
}

async function addScore(database: Kysely<Tables>, calls: readonly ScoredCall[], score: Score): Promise<void> {
  const { now, apiKey } = score
  const name = storedText(score.name)
  // In one order, so that two scores at once wait for each other and never deadlock.
  const ids = calls.map(({ requestId }) => requestId).sort()
  await refuseMoreNames(database, ids, apiKey, name)
  const changed = { score: score.score, comment: storedText(score.comment), updated_at: now }
  const rows = [...calls]
    .sort((a, b) => (a.requestId < b.requestId ? -1 : 1))
    .map(
      (call): FeedbackTable => ({
        request_id: call.requestId,
        ...{ name, api_key: apiKey, model_group: call.modelGroup, model_id: call.modelId },
        ...{ ...changed, created_at: now },
      }),
    )
  await database
    .insertInto('feedback')
    .values(rows)
    .onConflict(conflict => conflict.columns(['request_id', 'name', 'api_key']).doUpdateSet(changed))
    .execute()
}

async function refuseMoreNames(database: Kysely<Tables>, ids: readonly string[], key: string, name: string) {
  const full = await database
    .selectFrom('feedback')
    .select('request_id')
    .where('request_id', 'in', [...ids])
    .where('api_key', '=', key)
    .where('name', '!=', name)
    .groupBy('request_id')
    .having(build => build.fn.countAll<number>(), '>=', MOST_NAMES)
    .limit(1)
    .executeTakeFirst()
  if (full === undefined) return
  throw badRequest(`name: a key may score a call under at most ${MOST_NAMES} names.`, 'name')
}

async function listFeedback(database: Kysely<Tables>, filter: FeedbackFilter) {
  const wanted: readonly (readonly [keyof FeedbackTable, string | undefined])[] = [
    ['request_id', filter.requestId],
    ['model_group', filter.modelGroup],
    ['model_id', filter.modelId],
    ['name', filter.name],
    ['api_key', filter.apiKey],
  ]
  let matching = database.selectFrom('feedback')
  for (const [column, value] of wanted) if (value !== undefined) matching = matching.where(column, '=', value)
  const { total } = await matching
    .select(database.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await matching
    .selectAll()
    .orderBy('updated_at', 'desc')
    .orderBy('request_id')
    .orderBy('name')
    .orderBy('api_key')
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute()
  return { rows: rows.map(decode), total }
}

function decode(row: FeedbackTable): FeedbackRow {
  return {
    requestId: row.request_id,
    name: row.name,
    apiKey: row.api_key,
    score: row.score,
    comment: row.comment,
    modelGroup: row.model_group,
    modelId: row.model_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
