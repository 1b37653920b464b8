import { type Kysely, sql } from 'kysely'
import { badRequest } from 'sluice/internal'
import type { SpendSubject } from '../database.ts'
import type { DailySpendTable, Tables } from '../tables.ts'
import { storedText } from './spend-columns.ts'

/** What sums can be told apart by; `id` is the subject. */
export type SpendDimension = 'day' | 'id' | 'apiKey' | 'model' | 'modelGroup' | 'provider' | 'endpoint'

export interface SpendSumsQuery {
  readonly subject: SpendSubject
  /** Days `YYYY-MM-DD` in UTC, both inclusive. */
  readonly from: string
  readonly to: string
  readonly by: readonly SpendDimension[]
  /** Of these subjects alone; none when empty. */
  readonly ids?: readonly string[] | undefined
  readonly exceptIds?: readonly string[] | undefined
  readonly apiKeys?: readonly string[] | undefined
  /** By the provider's name or the group's. */
  readonly model?: string | undefined
  /** The dearest first, and no more than so many; else in the order of `by`, and all. */
  readonly top?: number | undefined
}

/** Money in nano-dollars; a dimension that was not asked for is ''. */
export interface SpendSums extends Readonly<Record<SpendDimension, string>> {
  /** Exact up to 2^53, the nearest number beyond. */
  readonly spendNanoUsd: number
  readonly unknownCostRequests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly requests: number
  readonly failedRequests: number
  readonly cacheHits: number
}

const COLUMNS = {
  day: 'day',
  id: 'subject_id',
  apiKey: 'api_key',
  model: 'model',
  modelGroup: 'model_group',
  provider: 'provider',
  endpoint: 'endpoint',
} as const satisfies Record<SpendDimension, keyof DailySpendTable>

const SUMS = {
  spendNanoUsd: 'spend_nano_usd',
  unknownCostRequests: 'unknown_cost_requests',
  promptTokens: 'prompt_tokens',
  completionTokens: 'completion_tokens',
  cacheReadTokens: 'cache_read_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  requests: 'requests',
  failedRequests: 'failed_requests',
  cacheHits: 'cache_hits',
} as const satisfies Record<string, keyof DailySpendTable>

/** Sums that one report may hold in memory: about 15 MB, and a tenth of a second to read. */
const MOST_SUMS = 50_000
/** Placeholders in one `in (…)`. */
const MOST_NAMES = 5_000

/** Daily sums of one kind of subject, added up over the dimensions that were not asked for. */
export async function readSums(
  database: Kysely<Tables>,
  query: SpendSumsQuery,
): Promise<readonly SpendSums[]> {
  if (isNobody(query.ids) || isNobody(query.apiKeys)) return []
  const columns = query.by.map(name => COLUMNS[name])
  const sums = Object.values(SUMS).map(name => sql`cast(sum(${sql.ref(name)}) as text)`.as(name))
  const limit = query.top ?? MOST_SUMS + 1
  let select = matching(database, query)
    .select([...columns, ...sums])
    .limit(limit)
  if (columns.length > 0) select = select.groupBy(columns)
  if (query.top !== undefined) select = select.orderBy(sql`sum(spend_nano_usd)`, 'desc')
  for (const column of columns) select = select.orderBy(column)
  const rows = (await select.execute()) as unknown as Record<string, string | null>[]
  if (rows.length > MOST_SUMS)
    throw badRequest(
      `The report has more than ${MOST_SUMS} lines. Ask for fewer days, name whom it is about, or ask for format=csv.`,
      'start_date',
    )
  return rows.filter(row => row['requests'] !== null).map(decode)
}

function matching(database: Kysely<Tables>, query: SpendSumsQuery) {
  const { ids, exceptIds, apiKeys, model } = query
  let select = database
    .selectFrom('daily_spend')
    .where('kind', '=', query.subject)
    .where('day', '>=', query.from)
    .where('day', '<=', query.to)
  if (ids !== undefined) select = select.where('subject_id', 'in', checked(ids))
  if (exceptIds?.length) select = select.where('subject_id', 'not in', checked(exceptIds))
  if (apiKeys !== undefined) select = select.where('api_key', 'in', checked(apiKeys))
  if (model !== undefined)
    select = select.where(build => build.or([build('model', '=', model), build('model_group', '=', model)]))
  return select
}

function isNobody(names: readonly string[] | undefined): boolean {
  return names !== undefined && names.length === 0
}

function checked(names: readonly string[]): string[] {
  if (names.length > MOST_NAMES) throw badRequest(`A report is of at most ${MOST_NAMES} names at a time.`)
  return names.map(name => storedText(name))
}

function decode(row: Record<string, string | null>): SpendSums {
  const texts = Object.entries(COLUMNS).map(([name, column]) => [name, row[column] ?? ''])
  const numbers = Object.entries(SUMS).map(([name, column]) => [name, Number(row[column])])
  return Object.fromEntries([...texts, ...numbers]) as unknown as SpendSums
}
