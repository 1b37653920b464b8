import type { SpendTotal } from '../db/database.ts'
import type { SpendRow } from '../db/rows.ts'
import type { SpendDetail } from './day-report.ts'
import { usdFromNano } from './money.ts'

// LiteLLM's report shapes. Source: https://docs.litellm.ai/docs/proxy/cost_tracking

/** `/global/spend/report?group_by=customer`, from the totals of kind `customer`; calls without one are left out. */
export function customerReport(totals: readonly SpendTotal[]) {
  const named = totals.filter(row => row.id !== '')
  return byDay(named).map(([day, rows]) => ({
    group_by_day: day,
    customers: groupsOf(rows, row => row.id).map(([id, group]) => ({ customer: id, ...subjectSpend(group) })),
  }))
}

/** `/global/spend/report?group_by=api_key`: what each key cost, dearest first, over the whole range. */
export function keyReport(totals: readonly SpendTotal[]) {
  const keys = groupsOf(totals, row => row.apiKey).map(([apiKey, rows]) => ({
    api_key: apiKey,
    ...cost(rows),
    model_details: groupsOf(rows, row => row.model)
      .map(([model, group]) => ({ model, ...cost(group) }))
      .sort((a, b) => b.total_cost - a.total_cost),
  }))
  return keys.sort((a, b) => b.total_cost - a.total_cost)
}

/** `/spend/tags`, from the totals of kind `tag`. */
export function tagReport(totals: readonly SpendTotal[]) {
  return groupsOf(totals, row => row.id)
    .map(([tag, rows]) => ({
      individual_request_tag: tag,
      log_count: sum(rows, row => row.requests),
      total_spend: usdFromNano(sum(rows, row => row.spendNanoUsd)),
      unknown_cost_requests: sum(rows, row => row.unknownCostRequests),
    }))
    .sort((a, b) => b.total_spend - a.total_spend)
}

/** The sums of one day in three cuts that hold the same calls. */
export interface DayCuts {
  readonly byUser: readonly SpendTotal[]
  readonly byKey: readonly SpendTotal[]
  readonly byModel: readonly SpendTotal[]
}

/** A day of `/spend/logs?summarize=true`: an object with a property of its own for every key. */
export function daySummary(day: string, { byUser, byKey, byModel }: DayCuts): Record<string, unknown> {
  return {
    ...spendBy(byKey, row => row.apiKey),
    startTime: day,
    spend: usdFromNano(sum(byUser, row => row.spendNanoUsd)),
    unknown_cost_requests: sum(byUser, row => row.unknownCostRequests),
    users: spendBy(byUser, row => row.id),
    models: spendBy(byModel, row => row.model),
  }
}

/** `/global/spend/logs`: `[{date, spend}]`. */
export function dailySpend(totals: readonly SpendTotal[]) {
  return byDay(totals).map(([date, rows]) => ({
    date,
    spend: usdFromNano(sum(rows, row => row.spendNanoUsd)),
    unknown_cost_requests: sum(rows, row => row.unknownCostRequests),
  }))
}

/** A spend row with LiteLLM's column names and types; `spend` is null when the price is unknown. */
export function spendRowToLitellm(row: SpendRow) {
  return {
    request_id: row.requestId,
    call_type: row.callType,
    api_key: row.apiKey,
    spend: row.spendNanoUsd === null ? null : usdFromNano(row.spendNanoUsd),
    cost_unknown: row.spendNanoUsd === null || row.isCostPartial === true,
    total_tokens: row.totalTokens,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    startTime: iso(row.startTime),
    endTime: iso(row.endTime),
    request_duration_ms: row.endTime - row.startTime,
    completionStartTime: row.completionStartTime === null ? null : iso(row.completionStartTime),
    model: row.model,
    model_id: row.modelId ?? '',
    model_group: row.modelGroup,
    custom_llm_provider: row.provider ?? '',
    api_base: row.apiBase ?? '',
    user: row.userId ?? '',
    metadata: row.metadata,
    cache_hit: row.cacheHit ? 'True' : 'False',
    cache_key: '',
    request_tags: row.requestTags,
    team_id: row.teamId,
    organization_id: row.organizationId,
    end_user: row.endUser ?? '',
    agent_id: row.agentId ?? null,
    requester_ip_address: row.requesterIp,
    messages: row.messages,
    response: row.response,
    session_id: row.sessionId,
    status: row.status,
  }
}

function subjectSpend(rows: readonly SpendTotal[]) {
  return {
    total_spend: usdFromNano(sum(rows, row => row.spendNanoUsd)),
    metadata: groupsOf(rows, row => JSON.stringify([row.model, row.apiKey])).map(([, group]) =>
      detail(group),
    ),
  }
}

function detail(rows: readonly SpendTotal[]): SpendDetail {
  return {
    model: rows[0]?.model ?? '',
    api_key: rows[0]?.apiKey ?? '',
    spend: usdFromNano(sum(rows, row => row.spendNanoUsd)),
    total_tokens: sum(rows, row => row.promptTokens + row.completionTokens),
    unknown_cost_requests: sum(rows, row => row.unknownCostRequests),
  }
}

function cost(rows: readonly SpendTotal[]) {
  return {
    total_cost: usdFromNano(sum(rows, row => row.spendNanoUsd)),
    total_input_tokens: sum(rows, row => row.promptTokens),
    total_output_tokens: sum(rows, row => row.completionTokens),
    unknown_cost_requests: sum(rows, row => row.unknownCostRequests),
  }
}

function spendBy(rows: readonly SpendTotal[], of: (row: SpendTotal) => string): Record<string, number> {
  return Object.fromEntries(
    groupsOf(rows, of).map(([id, group]) => [id, usdFromNano(sum(group, row => row.spendNanoUsd))]),
  )
}

function byDay(rows: readonly SpendTotal[]): [string, SpendTotal[]][] {
  return groupsOf(rows, row => row.day).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Sums stay in nano-dollars until the last moment, so that parts add up to wholes. */
function sum(rows: readonly SpendTotal[], of: (row: SpendTotal) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}

function groupsOf(rows: readonly SpendTotal[], of: (row: SpendTotal) => string): [string, SpendTotal[]][] {
  return [...Map.groupBy(rows, of)]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
