/** Which day's sum a row of `daily_totals` is. */
export const DAY_KEY = ['kind', 'day', 'subject_id'] as const

/** Which sum a row of `daily_details` is. */
export const DETAIL_KEY = [...DAY_KEY, 'api_key', 'model', 'model_group', 'provider', 'endpoint'] as const

/** What both sum up. */
export const SUM_COLUMNS = [
  'spend_nano_usd',
  'unknown_cost_requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'requests',
  'failed_requests',
  'cache_hits',
] as const

export type SumColumn = (typeof SUM_COLUMNS)[number]
