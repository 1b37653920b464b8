import { databaseRefusal } from '../database-error.ts'
import type { SpendRow } from '../rows.ts'
import type { SpendLogsTable } from '../tables.ts'

/** PostgreSQL's text holds no NUL, and one such name in a request must not stop a whole batch. */
function text(value: string): string
function text(value: string | null): string | null
function text(value: string | null): string | null {
  return value?.includes('\0') === true ? value.replaceAll('\0', '\uFFFD') : value
}

/** A row as it is stored: its columns, the UTC day it counts under, and its tags, each once. */
export interface StoredSpend {
  readonly columns: SpendLogsTable
  readonly day: string
  readonly tags: readonly string[]
}

/** Fails as `databaseRefusal` when a field is not of its type. */
export function encodeSpend(row: SpendRow): StoredSpend {
  try {
    return {
      columns: encodeSpendRow(row),
      day: new Date(row.startTime).toISOString().slice(0, 10),
      tags: [...new Set(row.requestTags.map(tag => text(tag)))],
    }
  } catch (error) {
    throw databaseRefusal(error)
  }
}

function encodeSpendRow(row: SpendRow): SpendLogsTable {
  return {
    request_id: text(row.requestId),
    call_type: text(row.callType),
    api_key: text(row.apiKey),
    key_alias: text(row.keyAlias),
    user_id: text(row.userId),
    team_id: text(row.teamId),
    organization_id: text(row.organizationId),
    end_user: text(row.endUser),
    model: text(row.model),
    model_group: text(row.modelGroup),
    model_id: text(row.modelId),
    provider: text(row.provider),
    api_base: text(row.apiBase),
    spend_nano_usd: row.spendNanoUsd,
    total_tokens: row.totalTokens,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    start_time: row.startTime,
    end_time: row.endTime,
    completion_start_time: row.completionStartTime,
    status: row.status,
    stream: Number(row.stream),
    cache_hit: Number(row.cacheHit),
    request_tags: JSON.stringify(row.requestTags),
    metadata: JSON.stringify(row.metadata),
    requester_ip: text(row.requesterIp),
    session_id: text(row.sessionId),
    messages: JSON.stringify(row.messages ?? null),
    response: JSON.stringify(row.response ?? null),
  }
}

export function decodeSpendRow(stored: SpendLogsTable): SpendRow {
  return {
    requestId: stored.request_id,
    callType: stored.call_type,
    apiKey: stored.api_key,
    keyAlias: stored.key_alias,
    userId: stored.user_id,
    teamId: stored.team_id,
    organizationId: stored.organization_id,
    endUser: stored.end_user,
    model: stored.model,
    modelGroup: stored.model_group,
    modelId: stored.model_id,
    provider: stored.provider,
    apiBase: stored.api_base,
    spendNanoUsd: stored.spend_nano_usd,
    totalTokens: stored.total_tokens,
    promptTokens: stored.prompt_tokens,
    completionTokens: stored.completion_tokens,
    cacheReadTokens: stored.cache_read_tokens,
    cacheWriteTokens: stored.cache_write_tokens,
    startTime: stored.start_time,
    endTime: stored.end_time,
    completionStartTime: stored.completion_start_time,
    status: stored.status === 'success' ? 'success' : 'failure',
    stream: stored.stream !== 0,
    cacheHit: stored.cache_hit !== 0,
    requestTags: JSON.parse(stored.request_tags) as string[],
    metadata: JSON.parse(stored.metadata) as Record<string, unknown>,
    requesterIp: stored.requester_ip,
    sessionId: stored.session_id,
    messages: JSON.parse(stored.messages) as unknown,
    response: JSON.parse(stored.response) as unknown,
  }
}
