import { type Kysely, sql } from 'kysely'
import { badRequest } from 'sluice/internal'
import type { SpendSubject } from '../../database.ts'
import type { Tables } from '../../tables.ts'
import { storedText } from '../spend-columns.ts'
import type { SumColumn } from '../sums/sum-columns.ts'
import { type SumSource, sumSourceOf } from '../sums/sum-source.ts'

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
  /** So many of the dearest are left out. */
  readonly offset?: number | undefined
  /** These sums alone; the others are 0. */
  readonly only?: readonly SumName[] | undefined
  /** In the order of `by`, so many behind `after`. */
  readonly slice?: SumsSlice | undefined
}

export interface SumsSlice {
  readonly size: number
  /** The last sum of the slice before. */
  readonly after: SpendSums | undefined
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
} as const satisfies Record<string, SumColumn>

export type SumName = keyof typeof SUMS

/** Sums that one report may hold in memory: about 15 MB, and a tenth of a second to read. */
const MOST_SUMS = 50_000
const SUM_NAMES = Object.keys(SUMS) as SumName[]
/** Placeholders in one `in (…)`. */
const MOST_NAMES = 5_000

/** Daily sums of one kind of subject, added up over the dimensions that were not asked for. */
export async function readSums(
  database: Kysely<Tables>,
  query: SpendSumsQuery,
): Promise<readonly SpendSums[]> {
  if (isNobody(query.ids) || isNobody(query.apiKeys)) return []
  const source = sumSourceOf(query)
  const columns = query.by.map(name => source.columns[name])
  const named = query.by.map(name => sql<string>`${sql.ref(source.columns[name])}`.as(name))
  const sums = (query.only ?? SUM_NAMES).map(name =>
    sql<string | null>`cast(sum(${sql.ref(SUMS[name])}) as text)`.as(name),
  )
  let select = matching(database, source, query)
    .select([...named, ...sums])
    .limit(query.slice?.size ?? query.top ?? MOST_SUMS + 1)
  if (columns.length > 0) select = select.groupBy(columns)
  if (query.top !== undefined) select = select.orderBy(sql`sum(spend_nano_usd)`, 'desc')
  for (const column of columns) select = select.orderBy(column)
  if (query.offset !== undefined) select = select.offset(query.offset)
  const rows = (await select.execute()) as unknown as Record<string, string | null>[]
  if (rows.length > MOST_SUMS)
    throw badRequest(
      `The report has more than ${MOST_SUMS} lines. Ask for fewer days, name whom it is about, or ask for format=csv.`,
      'start_date',
    )
  return rows.filter(row => row[query.only?.[0] ?? 'requests'] !== null).map(decode)
}

/** How many names sums have in one dimension. */
export async function countNames(
  database: Kysely<Tables>,
  query: Omit<SpendSumsQuery, 'by'>,
  of: SpendDimension,
): Promise<number> {
  if (isNobody(query.ids) || isNobody(query.apiKeys)) return 0
  const asked: SpendSumsQuery = { ...query, by: [of] }
  const source = sumSourceOf(asked)
  const row = await matching(database, source, asked)
    .select(sql<number>`count(distinct ${sql.ref(source.columns[of])})`.as('count'))
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

function matching(database: Kysely<Tables>, source: SumSource, query: SpendSumsQuery) {
  const { ids, exceptIds, apiKeys, model, slice } = query
  const { columns } = source
  let select = database
    // The columns that a source names are those its table has.
    .selectFrom(source.table as 'daily_details')
    .where('kind', '=', sql.lit(source.kind))
  const named = ids ?? (columns.apiKey === 'subject_id' ? apiKeys : undefined)
  const days = named === undefined ? undefined : daysBetween(query, MOST_PLACES / named.length)
  // One day is found in the order of its index, without sorting.
  if (query.from === query.to) select = select.where('day', '=', query.from)
  else if (days !== undefined) select = select.where('day', 'in', days)
  else select = select.where('day', '>=', query.from).where('day', '<=', query.to)
  if (ids !== undefined) select = select.where(columns.id, 'in', checked(ids))
  if (exceptIds?.length) select = select.where(columns.id, 'not in', checked(exceptIds))
  if (apiKeys !== undefined) select = select.where(columns.apiKey, 'in', checked(apiKeys))
  if (model !== undefined)
    select = select.where(build => build.or([build('model', '=', model), build('model_group', '=', model)]))
  const last = slice?.after
  if (last !== undefined) {
    const names = sql.join(query.by.map(name => sql.ref(columns[name])))
    select = select.where(sql<boolean>`(${names}) > (${sql.join(query.by.map(name => last[name]))})`)
  }
  return select
}

const DAY_MS = 86_400_000
/** Days and subjects that are found one by one; more are read as a range of days. */
const MOST_PLACES = 1_000

/** Each day by its name, so that one subject's rows are found day by day and nobody else's are read. */
function daysBetween({ from, to }: SpendSumsQuery, most: number): readonly string[] | undefined {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (!(days <= most)) return undefined
  return Array.from({ length: days }, (_, n) =>
    new Date(Date.parse(from) + n * DAY_MS).toISOString().slice(0, 10),
  )
}

function isNobody(names: readonly string[] | undefined): boolean {
  return names !== undefined && names.length === 0
}

function checked(names: readonly string[]): string[] {
  if (names.length > MOST_NAMES) throw badRequest(`A report is of at most ${MOST_NAMES} names at a time.`)
  return names.map(name => storedText(name))
}

function decode(row: Record<string, string | null>): SpendSums {
  return {
    day: row['day'] ?? '',
    id: row['id'] ?? '',
    apiKey: row['apiKey'] ?? '',
    model: row['model'] ?? '',
    modelGroup: row['modelGroup'] ?? '',
    provider: row['provider'] ?? '',
    endpoint: row['endpoint'] ?? '',
    spendNanoUsd: Number(row['spendNanoUsd'] ?? 0),
    unknownCostRequests: Number(row['unknownCostRequests'] ?? 0),
    promptTokens: Number(row['promptTokens'] ?? 0),
    completionTokens: Number(row['completionTokens'] ?? 0),
    cacheReadTokens: Number(row['cacheReadTokens'] ?? 0),
    cacheWriteTokens: Number(row['cacheWriteTokens'] ?? 0),
    requests: Number(row['requests'] ?? 0),
    failedRequests: Number(row['failedRequests'] ?? 0),
    cacheHits: Number(row['cacheHits'] ?? 0),
  }
}
