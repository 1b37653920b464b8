import type { SpendSums } from '../../../db/spend/reading/read-sums.ts'
import { type Days, daysOf, lastDays } from './spend-fields.ts'

const DAYS_BACK = 30

interface DatesGiven {
  readonly start_date?: string | undefined
  readonly end_date?: string | undefined
}

/** The days asked for; LiteLLM's `/global` lists look back thirty unless told. */
export function rangeOf({ start_date: start, end_date: end }: DatesGiven): Days {
  return start === undefined ? lastDays(DAYS_BACK) : daysOf(start, end)
}

/** Calls of unknown price are in no sum: a report that hides them would lie. */
export function unknownOf(sums: SpendSums | undefined) {
  return { unknown_cost_requests: sums?.unknownCostRequests ?? 0 }
}
