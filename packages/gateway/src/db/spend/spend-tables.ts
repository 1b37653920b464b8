import type { SumColumn } from './sums/sum-columns.ts'

export interface SpendLogsTable {
  request_id: string
  call_type: string
  api_key: string
  key_alias: string | null
  user_id: string | null
  team_id: string | null
  organization_id: string | null
  project_id: string | null
  end_user: string | null
  model: string
  model_group: string
  model_id: string | null
  provider: string | null
  api_base: string | null
  spend_nano_usd: number | null
  total_tokens: number
  prompt_tokens: number
  completion_tokens: number
  cache_read_tokens: number
  cache_write_tokens: number
  start_time: number
  end_time: number
  completion_start_time: number | null
  status: string
  stream: number
  cache_hit: number
  request_tags: string
  metadata: string
  requester_ip: string | null
  session_id: string | null
  messages: string
  response: string
  call_id: string | null
  trace_id: string | null
  /** 1 where the cost of an attempt is not known; what is known of the others is in `spend_nano_usd`. */
  cost_unknown: number
  agent_id: string | null
}

export interface SpendLogTagsTable {
  tag: string
  request_id: string
  start_time: number
}

/** One row per kind, day and subject. */
export interface DailyTotalsTable extends SpendSumColumns {
  kind: string
  day: string
  subject_id: string
}

/** One row per kind, day, subject, key, model, group, provider and endpoint. Models have no key, team members no row. */
export interface DailyDetailsTable extends SpendSumColumns {
  kind: string
  day: string
  subject_id: string
  api_key: string
  model: string
  model_group: string
  provider: string
  /** LiteLLM's `call_type`; empty for what was counted before it was kept. */
  endpoint: string
}

/** What days and details sum up. */
export type SpendSumColumns = Record<SumColumn, number>

export interface SpendTotalsTable {
  kind: string
  subject_id: string
  spend_nano_usd: number
  requests: number
  last_active_at: number
}

/** What one process has spent of one budget in the period that ends at `reset_at`, 0 where it never ends. */
export interface BudgetSpendTable {
  kind: string
  subject_id: string
  reset_at: number
  replica: string
  spend_nano_usd: number
}

/** How far the rows of each journal of spend have been counted. */
export interface JournalMarksTable {
  journal: string
  segment: number
  position: number
  updated_at: number
}
