import type { SpendSubject } from '../database.ts'
import type { DailySpendTable, SpendLogsTable, SpendTotalsTable } from '../tables.ts'
import type { StoredSpend } from './spend-columns.ts'

/** What a batch of new rows adds to the aggregates. */
export interface SpendIncrements {
  readonly daily: readonly DailySpendTable[]
  readonly totals: readonly SpendTotalsTable[]
}

/** Sums rows up by subject; sorted by primary key, so that batches of several replicas never deadlock. */
export function aggregateSpend(rows: readonly StoredSpend[]): SpendIncrements {
  const daily = new Map<string, DailySpendTable>()
  const totals = new Map<string, SpendTotalsTable>()
  for (const row of rows) {
    const { columns, day } = row
    for (const [kind, subjectId] of subjectsOf(row)) {
      const dimensions = {
        kind,
        subject_id: subjectId,
        day,
        api_key: columns.api_key,
        model: columns.model,
        model_group: columns.model_group,
        provider: columns.provider ?? '',
      }
      addDaily(daily, JSON.stringify(Object.values(dimensions)), dimensions, columns)
      addTotal(totals, JSON.stringify([kind, subjectId]), { kind, subject_id: subjectId }, columns)
    }
  }
  return { daily: sorted(daily), totals: sorted(totals) }
}

function subjectsOf({ columns, tags }: StoredSpend): readonly (readonly [SpendSubject, string])[] {
  return [
    ['key', columns.api_key],
    ['user', columns.user_id ?? ''],
    ['team', columns.team_id ?? ''],
    ['organization', columns.organization_id ?? ''],
    ['customer', columns.end_user ?? ''],
    ['model', columns.model],
    ...tags.map(tag => ['tag', tag] as const),
  ]
}

type Dimensions = Pick<
  DailySpendTable,
  'kind' | 'subject_id' | 'day' | 'api_key' | 'model' | 'model_group' | 'provider'
>

function addDaily(
  into: Map<string, DailySpendTable>,
  key: string,
  dimensions: Dimensions,
  row: SpendLogsTable,
): void {
  const before = into.get(key)
  into.set(key, {
    ...dimensions,
    spend_nano_usd: (before?.spend_nano_usd ?? 0) + (row.spend_nano_usd ?? 0),
    unknown_cost_requests: (before?.unknown_cost_requests ?? 0) + Number(row.spend_nano_usd === null),
    prompt_tokens: (before?.prompt_tokens ?? 0) + row.prompt_tokens,
    completion_tokens: (before?.completion_tokens ?? 0) + row.completion_tokens,
    cache_read_tokens: (before?.cache_read_tokens ?? 0) + row.cache_read_tokens,
    cache_write_tokens: (before?.cache_write_tokens ?? 0) + row.cache_write_tokens,
    requests: (before?.requests ?? 0) + 1,
    failed_requests: (before?.failed_requests ?? 0) + Number(row.status === 'failure'),
  })
}

function addTotal(
  into: Map<string, SpendTotalsTable>,
  key: string,
  subject: Pick<SpendTotalsTable, 'kind' | 'subject_id'>,
  row: SpendLogsTable,
): void {
  const before = into.get(key)
  into.set(key, {
    ...subject,
    spend_nano_usd: (before?.spend_nano_usd ?? 0) + (row.spend_nano_usd ?? 0),
    requests: (before?.requests ?? 0) + 1,
    last_active_at: Math.max(before?.last_active_at ?? 0, row.start_time),
  })
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
