import { setImmediate } from 'node:timers/promises'
import { decimalUsd } from 'sluice/internal'
import type { SpendRow } from '../../../db/rows.ts'
import type { SpendCursor, SpendRowsFilter } from '../../../db/spend/reading/read-rows.ts'
import type { SpendReports } from '../../../db/spend/spend-reports.ts'
import type { Cell } from '../../../spend/csv.ts'
import { spendRowToLitellm } from '../../../spend/report.ts'

/** Columns of a call in CSV, under the names they have in JSON. */
export const ROW_COLUMNS = [
  'request_id',
  'call_type',
  'startTime',
  'endTime',
  'request_duration_ms',
  'status',
  'spend',
  'cost_unknown',
  'model',
  'model_group',
  'model_id',
  'custom_llm_provider',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'cache_hit',
  'api_key',
  'user',
  'team_id',
  'organization_id',
  'end_user',
  'agent_id',
  'request_tags',
  'session_id',
  'requester_ip_address',
] as const

const AT_ONCE = 500

/** All calls that match, newest first, a page at a time with calls being served between them. */
export async function* eachRow(
  reports: Pick<SpendReports, 'rows'>,
  filter: SpendRowsFilter,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  let after: SpendCursor | undefined
  do {
    const page = await reports.rows({ ...filter, size: AT_ONCE, after, count: false })
    yield page.rows.map(cellsOf)
    after = page.next
    await setImmediate()
  } while (after)
}

function cellsOf(row: SpendRow): readonly Cell[] {
  const shown = spendRowToLitellm(row)
  return ROW_COLUMNS.map(name => {
    if (name === 'spend') return row.spendNanoUsd === null ? '' : decimalUsd(row.spendNanoUsd)
    return name === 'request_tags' ? shown.request_tags.join(', ') : shown[name]
  })
}
