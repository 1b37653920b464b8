import type { Column, ColumnType } from '../bulk-insert.ts'
import { databaseRefusal } from '../database-error.ts'
import type { NewSpendRow, SpendRow } from '../rows.ts'
import type { SqlValue } from '../sqlite/protocol.ts'
import type { SpendLogsTable } from './spend-tables.ts'

/** PostgreSQL's text holds neither NUL nor half a character, and one such name must not stop a whole batch. */
export function storedText(value: string): string
export function storedText(value: string | null): string | null
export function storedText(value: string | null): string | null {
  if (value === null) return null
  const whole = value.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole
}

function json(value: unknown): string {
  return JSON.stringify(value ?? null)
}

const COLUMNS: readonly (readonly [
  name: keyof SpendLogsTable,
  type: ColumnType,
  encode: (row: NewSpendRow) => SqlValue,
])[] = [
  ['request_id', 'text', row => storedText(row.requestId)],
  ['call_type', 'text', row => storedText(row.callType)],
  ['api_key', 'text', row => storedText(row.apiKey)],
  ['key_alias', 'text', row => storedText(row.keyAlias)],
  ['user_id', 'text', row => storedText(row.userId)],
  ['team_id', 'text', row => storedText(row.teamId)],
  ['organization_id', 'text', row => storedText(row.organizationId)],
  ['project_id', 'text', row => storedText(row.projectId ?? null)],
  ['end_user', 'text', row => storedText(row.endUser)],
  ['model', 'text', row => storedText(row.model)],
  ['model_group', 'text', row => storedText(row.modelGroup)],
  ['model_id', 'text', row => storedText(row.modelId)],
  ['provider', 'text', row => storedText(row.provider)],
  ['api_base', 'text', row => storedText(row.apiBase)],
  ['spend_nano_usd', 'bigint', row => row.spendNanoUsd],
  ['total_tokens', 'bigint', row => row.totalTokens],
  ['prompt_tokens', 'bigint', row => row.promptTokens],
  ['completion_tokens', 'bigint', row => row.completionTokens],
  ['cache_read_tokens', 'bigint', row => row.cacheReadTokens],
  ['cache_write_tokens', 'bigint', row => row.cacheWriteTokens],
  ['start_time', 'bigint', row => row.startTime],
  ['end_time', 'bigint', row => row.endTime],
  ['completion_start_time', 'bigint', row => row.completionStartTime],
  ['status', 'text', row => row.status],
  ['stream', 'bigint', row => Number(row.stream)],
  ['cache_hit', 'bigint', row => Number(row.cacheHit)],
  ['request_tags', 'text', row => (row.requestTags.length === 0 ? '[]' : json(row.requestTags))],
  ['metadata', 'text', row => (typeof row.metadata === 'string' ? row.metadata : json(row.metadata))],
  ['requester_ip', 'text', row => storedText(row.requesterIp)],
  ['session_id', 'text', row => storedText(row.sessionId)],
  ['messages', 'text', row => json(row.messages)],
  ['response', 'text', row => json(row.response)],
  ['call_id', 'text', row => storedText(row.callId)],
  ['trace_id', 'text', row => storedText(row.traceId)],
  ['cost_unknown', 'bigint', row => Number(isCostUnknown(row))],
  ['agent_id', 'text', row => storedText(row.agentId ?? null)],
]

/** True for a call of which not all that it cost is known. */
export function isCostUnknown(row: Pick<SpendRow, 'spendNanoUsd' | 'isCostPartial'>): boolean {
  return row.spendNanoUsd === null || row.isCostPartial === true
}

/** The columns of `spend_logs` in the order of `encodeSpend`. */
export const SPEND_COLUMNS: readonly Column[] = COLUMNS.map(([name, type]) => ({ name, type }))

/** Last moment that a date can name; a time beyond it belongs to no day. */
const LAST_TIME = 8.64e15

/** A row's columns in the order of `SPEND_COLUMNS`. Fails as `databaseRefusal` when a field is not of its type. */
export function encodeSpend(row: NewSpendRow): SqlValue[] {
  if (!(Math.abs(row.startTime) <= LAST_TIME) || !Array.isArray(row.requestTags)) {
    throw databaseRefusal(new TypeError('a spend row without a time or without a list of tags'))
  }
  try {
    return COLUMNS.map(([, , encode]) => encode(row))
  } catch (error) {
    throw databaseRefusal(error)
  }
}

/** The row's subjects as they are stored. */
export interface StoredSubjects {
  readonly apiKey: string
  readonly userId: string
  readonly teamId: string
  readonly organizationId: string
  readonly projectId: string
  readonly endUser: string
  readonly model: string
  readonly modelGroup: string
  readonly provider: string
  readonly endpoint: string
  readonly agentId: string
  readonly tags: readonly string[]
}

/** Under which names a row counts, each tag once. */
export function subjectsOfSpend(row: NewSpendRow): StoredSubjects {
  return {
    apiKey: storedText(row.apiKey),
    userId: storedText(row.userId ?? ''),
    teamId: storedText(row.teamId ?? ''),
    organizationId: storedText(row.organizationId ?? ''),
    projectId: storedText(row.projectId ?? ''),
    endUser: storedText(row.endUser ?? ''),
    model: storedText(row.model),
    modelGroup: storedText(row.modelGroup),
    provider: storedText(row.provider ?? ''),
    endpoint: storedText(row.callType),
    agentId: storedText(row.agentId ?? ''),
    tags: tagsOfSpend(row),
  }
}

export function tagsOfSpend(row: NewSpendRow): readonly string[] {
  return row.requestTags.length === 0 ? [] : [...new Set(row.requestTags.map(tag => storedText(tag)))]
}

/** What a client's program is called is on every call: those tags are in the rows and their sums, without an index. */
export const USER_AGENT_TAG = 'User-Agent: '

export function isIndexedTag(tag: string): boolean {
  return !tag.startsWith(USER_AGENT_TAG)
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
    projectId: stored.project_id,
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
    callId: stored.call_id,
    traceId: stored.trace_id,
    messages: JSON.parse(stored.messages) as unknown,
    response: JSON.parse(stored.response) as unknown,
    ...(stored.cost_unknown !== 0 && stored.spend_nano_usd !== null && { isCostPartial: true }),
    ...(stored.agent_id !== null && { agentId: stored.agent_id }),
  }
}
