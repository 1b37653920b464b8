import type { NewSpendRow } from '../../db/rows.ts'

/** How a column is kept outside; `optional` ones may be null. */
export type SinkType = 'text' | 'name' | 'json' | 'texts' | 'count' | 'money' | 'time' | 'flag'

export interface SinkColumn {
  readonly name: string
  readonly type: SinkType
  readonly optional?: true
  /** Times in milliseconds, money in nano-dollars, JSON as text. */
  readonly value: (row: NewSpendRow) => string | number | boolean | null | readonly string[]
}

const time = (name: string, value: SinkColumn['value']): SinkColumn => ({ name, type: 'time', value })
const count = (name: string, value: SinkColumn['value']): SinkColumn => ({ name, type: 'count', value })
const text = (name: string, value: SinkColumn['value']): SinkColumn => ({ name, type: 'text', value })
/** Text of which there are few different ones. */
const few = (name: string, value: SinkColumn['value']): SinkColumn => ({ name, type: 'name', value })

/** A spend row outside the gateway: the columns of `spend_logs`, every sink the same. What is not known is ''. */
export const SINK_COLUMNS: readonly SinkColumn[] = [
  text('request_id', row => row.requestId),
  few('call_type', row => row.callType),
  text('api_key', row => row.apiKey),
  text('key_alias', row => row.keyAlias ?? ''),
  text('user_id', row => row.userId ?? ''),
  text('team_id', row => row.teamId ?? ''),
  text('organization_id', row => row.organizationId ?? ''),
  text('project_id', row => row.projectId ?? ''),
  text('end_user', row => row.endUser ?? ''),
  text('agent_id', row => row.agentId ?? ''),
  few('model', row => row.model),
  few('model_group', row => row.modelGroup),
  text('model_id', row => row.modelId ?? ''),
  few('provider', row => row.provider ?? ''),
  text('api_base', row => row.apiBase ?? ''),
  { name: 'spend_nano_usd', type: 'money', optional: true, value: row => row.spendNanoUsd },
  { name: 'cost_partial', type: 'flag', value: row => row.isCostPartial === true },
  count('total_tokens', row => row.totalTokens),
  count('prompt_tokens', row => row.promptTokens),
  count('completion_tokens', row => row.completionTokens),
  count('cache_read_tokens', row => row.cacheReadTokens),
  count('cache_write_tokens', row => row.cacheWriteTokens),
  time('start_time', row => row.startTime),
  time('end_time', row => row.endTime),
  { name: 'completion_start_time', type: 'time', optional: true, value: row => row.completionStartTime },
  few('status', row => row.status),
  { name: 'stream', type: 'flag', value: row => row.stream },
  { name: 'cache_hit', type: 'flag', value: row => row.cacheHit },
  { name: 'request_tags', type: 'texts', value: row => row.requestTags },
  { name: 'metadata', type: 'json', value: row => textOf(row.metadata) },
  text('requester_ip', row => row.requesterIp ?? ''),
  text('session_id', row => row.sessionId ?? ''),
  text('call_id', row => row.callId ?? ''),
  text('trace_id', row => row.traceId ?? ''),
]

function textOf(metadata: NewSpendRow['metadata']): string {
  return typeof metadata === 'string' ? metadata : JSON.stringify(metadata)
}
