import { setImmediate } from 'node:timers/promises'
import { decimalUsd } from 'sluice/internal'
import type { SpendDimension, SpendSums, SpendSumsQuery } from '../../../db/spend/reading/read-sums.ts'
import type { SpendReports } from '../../../db/spend/spend-reports.ts'
import type { Cell } from '../../../spend/csv.ts'
import { type Days, eachDay } from '../ask/spend-fields.ts'
import { narrowed, type Visible } from '../ask/visible.ts'

/** Sums that are read at a time: some ten milliseconds of the event loop, and a few megabytes. */
const SLICE = 2_000

export type SumsAsked = Omit<SpendSumsQuery, 'from' | 'to' | 'top' | 'offset' | 'slice'>

/**
 * Daily sums in the order of days and of `by`, a slice at a time: a report of any width and length is never whole in
 * memory, and calls are served between its slices. The next slice is read while one is taken.
 */
export async function* readDays(
  reports: Pick<SpendReports, 'sums'>,
  asked: SumsAsked,
  days: Days,
  visible: Visible,
): AsyncGenerator<readonly SpendSums[]> {
  for (const day of await daysWithSpend(reports, asked, days, visible)) {
    const query: SpendSumsQuery = { ...asked, from: day, to: day }
    const read = (after: SpendSums | undefined) =>
      reports.sums(narrowed({ ...query, slice: { size: SLICE, after } }, visible))
    let coming: Promise<readonly SpendSums[]> | undefined = read(undefined)
    while (coming !== undefined) {
      const sums: readonly SpendSums[] = await coming
      coming = sums.length < SLICE ? undefined : read(sums.at(-1))
      // Whoever reads may stop before it is taken.
      coming?.catch(() => {})
      if (sums.length > 0) yield sums.map(each => ({ ...each, day }))
      await setImmediate()
    }
  }
}

/** Asking once which days there are is cheaper than asking each of ten years. */
export async function daysWithSpend(
  reports: Pick<SpendReports, 'sums'>,
  asked: SumsAsked,
  days: Days,
  visible: Visible,
): Promise<readonly string[]> {
  const all = eachDay(days)
  if (all.length <= 31) return all
  const sums = await reports.sums(narrowed({ ...asked, ...days, by: ['day'] }, visible))
  return sums.map(({ day }) => day)
}

export const SUM_COLUMNS = [
  'spend',
  'unknown_cost_requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'total_tokens',
  'api_requests',
  'successful_requests',
  'failed_requests',
] as const

/** The cells of one line of CSV: what it is about, then `SUM_COLUMNS`; dollars to the last digit. */
export function sumCells(sums: SpendSums, by: readonly SpendDimension[]): readonly Cell[] {
  return [
    ...by.map(name => sums[name]),
    decimalUsd(sums.spendNanoUsd),
    sums.unknownCostRequests,
    sums.promptTokens,
    sums.completionTokens,
    sums.cacheReadTokens,
    sums.cacheWriteTokens,
    sums.promptTokens + sums.completionTokens,
    sums.requests,
    sums.requests - sums.failedRequests,
    sums.failedRequests,
  ]
}
