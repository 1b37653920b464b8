import type { SpendSubject } from '../database.ts'
import type { DailySpendTable, SpendLogsTable, SpendTotalsTable } from '../tables.ts'
import type { StoredSpend } from './spend-columns.ts'

/** What a batch of new rows adds to the aggregates. */
export interface SpendIncrements {
  readonly daily: readonly DailySpendTable[]
  readonly totals: readonly SpendTotalsTable[]
}

/** Stored text holds no NUL, so that joining with it is unambiguous. */
const SEPARATOR = '\0'

/** Sums rows up by subject; sorted by primary key, so that batches of several replicas never deadlock. */
export function aggregateSpend(rows: readonly StoredSpend[]): SpendIncrements {
  const daily = new Map<string, DailySpendTable>()
  const totals = new Map<string, SpendTotalsTable>()
  for (const row of rows) {
    const { columns, day } = row
    const provider = columns.provider ?? ''
    const where = [day, columns.api_key, columns.model, columns.model_group, provider].join(SEPARATOR)
    for (const [kind, subjectId] of subjectsOf(row)) {
      const subject = `${kind}${SEPARATOR}${subjectId}`
      const dailyKey = `${subject}${SEPARATOR}${where}`
      let aggregate = daily.get(dailyKey)
      if (aggregate === undefined) {
        aggregate = emptyDaily(kind, subjectId, day, columns)
        daily.set(dailyKey, aggregate)
      }
      addToDaily(aggregate, columns)
      let total = totals.get(subject)
      if (total === undefined) {
        total = { kind, subject_id: subjectId, spend_nano_usd: 0, requests: 0, last_active_at: 0 }
        totals.set(subject, total)
      }
      addToTotal(total, columns)
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

function emptyDaily(
  kind: SpendSubject,
  subjectId: string,
  day: string,
  row: SpendLogsTable,
): DailySpendTable {
  return {
    kind,
    subject_id: subjectId,
    day,
    api_key: row.api_key,
    model: row.model,
    model_group: row.model_group,
    provider: row.provider ?? '',
    spend_nano_usd: 0,
    unknown_cost_requests: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    requests: 0,
    failed_requests: 0,
  }
}

function addToDaily(aggregate: DailySpendTable, row: SpendLogsTable): void {
  if (row.spend_nano_usd === null) aggregate.unknown_cost_requests++
  else aggregate.spend_nano_usd += row.spend_nano_usd
  aggregate.prompt_tokens += row.prompt_tokens
  aggregate.completion_tokens += row.completion_tokens
  aggregate.cache_read_tokens += row.cache_read_tokens
  aggregate.cache_write_tokens += row.cache_write_tokens
  aggregate.requests++
  if (row.status === 'failure') aggregate.failed_requests++
}

function addToTotal(total: SpendTotalsTable, row: SpendLogsTable): void {
  total.spend_nano_usd += row.spend_nano_usd ?? 0
  total.requests++
  total.last_active_at = Math.max(total.last_active_at, row.start_time)
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
