import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from '../../tables.ts'
import { rowConditions, type SpendRowsFilter } from './read-rows.ts'

export interface SpendTracesQuery extends SpendRowsFilter {
  /** What calls share: the session, or the trace where it is not the session. */
  readonly by: 'session' | 'trace'
  readonly from: number
  readonly to: number
  readonly size: number
  readonly after?: TraceCursor | undefined
}

export interface TraceCursor {
  readonly startTime: number
  readonly id: string
}

/** Everything that was called under one name. */
export interface SpendTrace {
  readonly id: string
  /** Milliseconds; of the first call, and of the end of the last. */
  readonly startTime: number
  readonly endTime: number
  readonly calls: number
  readonly failedCalls: number
  readonly unknownCostCalls: number
  readonly totalTokens: number
  readonly spendNanoUsd: number
  /** The call that ended last succeeded. */
  readonly isSuccess: boolean
}

export interface TracesPage {
  readonly traces: readonly SpendTrace[]
  readonly next: TraceCursor | undefined
  /** Of all traces in the time asked for, this page's and the others'. */
  readonly all: {
    readonly traces: number
    readonly successful: number
    readonly calls: number
    readonly unknownCostCalls: number
    readonly spendNanoUsd: number
    readonly successfulNanoUsd: number
  }
}

type Row = Record<
  'id' | 'start_time' | 'end_time' | 'calls' | 'failed' | 'unknown' | 'tokens' | 'nano' | 'won',
  string
>

/** Groups the calls of a time; calls of the same trace outside of it are not seen. */
export async function readTraces(database: Kysely<Tables>, query: SpendTracesQuery): Promise<TracesPage> {
  const grouped = groupedOf(database, query)
  const { after, size } = query
  const behind = after ? sql`where (start_time, id) < (${after.startTime}, ${after.id})` : sql``
  const { rows } = await sql<Row>`select * from (${grouped}) as grouped ${behind}
    order by start_time desc, id desc limit ${sql.lit(size + 1)}`.execute(database)
  const { rows: sums } = await sql<Record<string, string | null>>`select
      count(*) as traces, sum(won) as successful, sum(calls) as calls, sum(unknown) as unknown,
      cast(sum(nano) as text) as nano, cast(sum(case when won = 1 then nano else 0 end) as text) as won_nano
    from (${grouped}) as grouped`.execute(database)
  const traces = rows.slice(0, size).map(decode)
  const last = traces.at(-1)
  const all = sums[0] ?? {}
  return {
    traces,
    next: rows.length > size && last ? { startTime: last.startTime, id: last.id } : undefined,
    all: {
      traces: Number(all['traces']),
      successful: Number(all['successful']),
      calls: Number(all['calls']),
      unknownCostCalls: Number(all['unknown']),
      spendNanoUsd: Number(all['nano']),
      successfulNanoUsd: Number(all['won_nano']),
    },
  }
}

function groupedOf(database: Kysely<Tables>, query: SpendTracesQuery): RawBuilder<unknown> {
  const name = query.by === 'session' ? sql`session_id` : sql`coalesce(trace_id, session_id)`
  const calls = database
    .selectFrom('spend_logs')
    .where(build => rowConditions(build, query))
    .where(sql<boolean>`${name} is not null`)
    .select([
      sql<string>`${name}`.as('id'),
      sql`min(start_time)`.as('start_time'),
      sql`max(end_time)`.as('end_time'),
      sql`count(*)`.as('calls'),
      sql`sum(case when status = 'success' then 0 else 1 end)`.as('failed'),
      sql`sum(cost_unknown)`.as('unknown'),
      sql`sum(total_tokens)`.as('tokens'),
      sql`sum(coalesce(spend_nano_usd, 0))`.as('nano'),
      sql`case when max(case when status = 'success' then end_time else 0 end) >= max(end_time) then 1 else 0 end`.as(
        'won',
      ),
    ])
    .groupBy(sql`${name}`)
  return sql`${calls}`
}

function decode(row: Row): SpendTrace {
  return {
    id: row.id,
    startTime: Number(row.start_time),
    endTime: Number(row.end_time),
    calls: Number(row.calls),
    failedCalls: Number(row.failed),
    unknownCostCalls: Number(row.unknown),
    totalTokens: Number(row.tokens),
    spendNanoUsd: Number(row.nano),
    isSuccess: Number(row.won) === 1,
  }
}
