import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { SpendRow } from '../../rows.ts'
import type { Tables } from '../../tables.ts'
import { decodeSpendRow, isIndexedTag, storedText } from '../spend-columns.ts'

/** Whose calls may be seen: those of any of these. */
export interface SpendScope {
  readonly userIds: readonly string[]
  readonly teamIds: readonly string[]
  readonly organizationIds: readonly string[]
}

export interface SpendRowsFilter {
  readonly scope?: SpendScope | undefined
  readonly requestId?: string | undefined
  readonly apiKey?: string | undefined
  readonly keyAlias?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
  readonly organizationId?: string | undefined
  readonly endUser?: string | undefined
  /** By the provider's name or the group's. */
  readonly model?: string | undefined
  readonly modelId?: string | undefined
  readonly sessionId?: string | undefined
  readonly traceId?: string | undefined
  readonly tag?: string | undefined
  readonly status?: 'success' | 'failure' | undefined
  readonly errorCode?: string | undefined
  /** Part of the message. */
  readonly errorMessage?: string | undefined
  readonly minNanoUsd?: number | undefined
  readonly maxNanoUsd?: number | undefined
  /** Milliseconds, inclusive. */
  readonly from?: number | undefined
  /** Milliseconds, exclusive. */
  readonly to?: number | undefined
}

export type SpendSort =
  | 'startTime'
  | 'endTime'
  | 'spend'
  | 'total_tokens'
  | 'prompt_tokens'
  | 'completion_tokens'
  | 'model'

/** A place in the list, newest first. */
export interface SpendCursor {
  readonly startTime: number
  readonly requestId: string
}

export interface SpendRowsQuery extends SpendRowsFilter {
  readonly size: number
  /** 1-based; rows before it are skipped one by one, so far pages are better asked for by `after`. */
  readonly page?: number | undefined
  /** Goes on behind the last row of a page, at the same price however far; newest first alone. */
  readonly after?: SpendCursor | undefined
  readonly sortBy?: SpendSort | undefined
  readonly sortOrder?: 'asc' | 'desc' | undefined
  /** False: `total` is 0, and nothing is counted. */
  readonly count?: boolean | undefined
}

export interface SpendPage {
  readonly rows: readonly SpendRow[]
  /** Counted up to `MOST_COUNTED`. */
  readonly total: number
  /** Where the next page begins, unless this is the last or rows are sorted otherwise. */
  readonly next: SpendCursor | undefined
}

/** Counting ten million rows would take seconds that nobody has. */
export const MOST_COUNTED = 100_000

const SORTS = {
  startTime: 'start_time',
  endTime: 'end_time',
  spend: 'spend_nano_usd',
  total_tokens: 'total_tokens',
  prompt_tokens: 'prompt_tokens',
  completion_tokens: 'completion_tokens',
  model: 'model',
} as const

export async function readRows(database: Kysely<Tables>, query: SpendRowsQuery): Promise<SpendPage> {
  const { size, page = 1, after, sortBy = 'startTime', sortOrder = 'desc' } = query
  const matching = database.selectFrom('spend_logs').where(build => rowConditions(build, query))
  const total = query.count === false ? 0 : await countUpTo(database, query)
  const newest = sortBy === 'startTime' && sortOrder === 'desc'
  const stored = await matching
    .selectAll()
    .$if(after !== undefined && newest, select =>
      select.where(sql<boolean>`(start_time, request_id) < (${after?.startTime}, ${after?.requestId})`),
    )
    .orderBy(SORTS[sortBy], sortOrder)
    .orderBy('request_id', sortOrder)
    .limit(size + 1)
    .$if(after === undefined, select => select.offset((page - 1) * size))
    .execute()
  const rows = stored.slice(0, size).map(decodeSpendRow)
  const last = rows.at(-1)
  const more = newest && stored.length > size && last !== undefined
  return { rows, total, next: more ? { startTime: last.startTime, requestId: last.requestId } : undefined }
}

async function countUpTo(database: Kysely<Tables>, query: SpendRowsQuery): Promise<number> {
  const { total } = await database
    .selectFrom(
      database
        .selectFrom('spend_logs')
        .select('request_id')
        .where(build => rowConditions(build, query))
        .limit(MOST_COUNTED)
        .as('counted'),
    )
    .select(database.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

type Build = ExpressionBuilder<Tables, 'spend_logs'>

/** Columns that must equal what is asked. */
const EQUAL = {
  requestId: 'request_id',
  apiKey: 'api_key',
  keyAlias: 'key_alias',
  userId: 'user_id',
  teamId: 'team_id',
  organizationId: 'organization_id',
  endUser: 'end_user',
  modelId: 'model_id',
  sessionId: 'session_id',
  status: 'status',
} as const

export function rowConditions(build: Build, filter: SpendRowsFilter): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  for (const [field, column] of Object.entries(EQUAL)) {
    const wanted = filter[field as keyof typeof EQUAL]
    if (wanted !== undefined) all.push(build(column, '=', storedText(wanted)))
  }
  const { from, to, minNanoUsd, maxNanoUsd, model, traceId, scope } = filter
  if (from !== undefined) all.push(build('start_time', '>=', from))
  if (to !== undefined) all.push(build('start_time', '<', to))
  if (minNanoUsd !== undefined) all.push(build('spend_nano_usd', '>=', minNanoUsd))
  if (maxNanoUsd !== undefined) all.push(build('spend_nano_usd', '<=', maxNanoUsd))
  if (model !== undefined) all.push(build.or([build('model', '=', model), build('model_group', '=', model)]))
  if (traceId !== undefined)
    all.push(build.or([build('session_id', '=', traceId), build('trace_id', '=', traceId)]))
  if (scope !== undefined) all.push(within(build, scope))
  return build.and([...all, ...contained(build, filter)])
}

/** What is found inside of JSON: slow on its own, so callers bound the time as well. */
function contained(
  build: Build,
  { tag, errorCode, errorMessage, from, to }: SpendRowsFilter,
): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = []
  if (tag !== undefined && isIndexedTag(tag)) {
    let tagged = build.selectFrom('spend_log_tags').select('request_id').where('tag', '=', storedText(tag))
    if (from !== undefined) tagged = tagged.where('start_time', '>=', from)
    if (to !== undefined) tagged = tagged.where('start_time', '<', to)
    all.push(build('request_id', 'in', tagged))
  } else if (tag !== undefined) all.push(like('request_tags', JSON.stringify(storedText(tag))))
  if (errorCode !== undefined) all.push(like('metadata', `"error_code":${JSON.stringify(errorCode)}`))
  if (errorMessage !== undefined) all.push(like('metadata', JSON.stringify(errorMessage).slice(1, -1)))
  if (errorCode !== undefined || errorMessage !== undefined) all.push(build('status', '=', 'failure'))
  return all
}

/** CVE-2026-25591: what is asked for is text, never a pattern. */
function like(column: 'metadata' | 'request_tags', text: string): Expression<SqlBool> {
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  return sql<SqlBool>`${sql.ref(column)} like ${`%${escaped}%`} escape '\\'`
}

function within(build: Build, { userIds, teamIds, organizationIds }: SpendScope): Expression<SqlBool> {
  const any: Expression<SqlBool>[] = []
  if (userIds.length > 0) any.push(build('user_id', 'in', [...userIds]))
  if (teamIds.length > 0) any.push(build('team_id', 'in', [...teamIds]))
  if (organizationIds.length > 0) any.push(build('organization_id', 'in', [...organizationIds]))
  return any.length === 0 ? sql<SqlBool>`1 = 0` : build.or(any)
}
