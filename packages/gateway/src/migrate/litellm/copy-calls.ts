import type { ImportStore } from '../../db/litellm/import-store.ts'
import type { LitellmSource } from '../../db/litellm/source.ts'
import type { SourceRow } from '../../db/litellm/source-row.ts'
import type { SpendRow } from '../../db/rows.ts'
import type { Tally } from './writer.ts'

export interface CopyCallsOptions {
  readonly imports: ImportStore
  readonly isDry: boolean
  readonly now: number
  /** Milliseconds; calls that began before stay there. */
  readonly since: number
  readonly note: (problem: string) => void
  readonly onProgress: (done: number, total: number) => void
}

const BATCH = 250

/**
 * Copies single calls as rows; their sums come with those of days, so that nothing is counted twice. A call is known by
 * its id: what is here already is left alone.
 */
export async function copyCalls(
  source: LitellmSource,
  { imports, isDry, now, since, note, onProgress }: CopyCallsOptions,
): Promise<{ readonly rows: number; readonly tally: Tally }> {
  const tally: Tally = { created: 0, changed: 0, same: 0 }
  const total = await source.countCalls(since)
  if (!isDry && total > 0) {
    await imports.openPast(now)
    await imports.noteRowsKeptFrom(now)
  }
  let done = 0
  for await (const page of source.calls(since)) {
    const rows = page.flatMap(row => mapCall(row) ?? [])
    for (let missing = page.length - rows.length; missing > 0; missing--) note('is incomplete; left out')
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH)
      const created = isDry ? batch.length : await imports.putCalls(batch)
      tally.created += created
      tally.same += batch.length - created
    }
    done += page.length
    onProgress(done, total)
  }
  return { rows: total, tally }
}

/** A call as it will be here; undefined where it has no id or no time. */
export function mapCall(row: SourceRow): SpendRow | undefined {
  const [requestId, startTime] = [row.text('request_id'), row.time('startTime')]
  if (requestId === null || startTime === null) return undefined
  const metadata = row.object('metadata')
  const model = row.text('model') ?? ''
  const agentId = row.text('agent_id')
  return {
    ...{ requestId, callType: row.text('call_type') ?? '', startTime },
    ...{ endTime: row.time('endTime') ?? startTime, completionStartTime: row.time('completionStartTime') },
    ...peopleOf(row, metadata),
    ...{ model, modelGroup: row.text('model_group') ?? model, modelId: row.text('model_id') },
    ...{ provider: row.text('custom_llm_provider'), apiBase: row.text('api_base') },
    spendNanoUsd: row.nano('spend') ?? 0,
    ...tokensOf(row, metadata),
    status: [row.text('status'), metadata['status']].includes('failure') ? 'failure' : 'success',
    // LiteLLM does not say.
    stream: false,
    cacheHit: row.text('cache_hit')?.toLowerCase() === 'true',
    requestTags: tagsOf(row),
    metadata,
    ...{ requesterIp: row.text('requester_ip_address'), sessionId: row.text('session_id') },
    ...{ callId: null, traceId: null },
    ...(agentId !== null && { agentId }),
    messages: row.json('messages') ?? {},
    response: row.json('response') ?? {},
  }
}

function peopleOf(row: SourceRow, metadata: Readonly<Record<string, unknown>>) {
  const stated = (name: string) => {
    const value = metadata[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    apiKey: row.text('api_key') ?? '',
    keyAlias: stated('user_api_key_alias'),
    ...{ userId: row.text('user'), teamId: row.text('team_id'), organizationId: row.text('organization_id') },
    ...{ projectId: stated('user_api_key_project_id'), endUser: row.text('end_user') },
  }
}

function tokensOf(row: SourceRow, metadata: Readonly<Record<string, unknown>>) {
  const usage = objectOf(metadata['usage_object'] ?? metadata['additional_usage_values'])
  const details = objectOf(usage['prompt_tokens_details'])
  return {
    totalTokens: countOf(row.count('total_tokens')),
    promptTokens: countOf(row.count('prompt_tokens')),
    completionTokens: countOf(row.count('completion_tokens')),
    cacheReadTokens: countOf(usage['cache_read_input_tokens'] ?? details['cached_tokens']),
    cacheWriteTokens: countOf(usage['cache_creation_input_tokens'] ?? details['cache_creation_tokens']),
  }
}

function tagsOf(row: SourceRow): readonly string[] {
  const tags = row.json('request_tags')
  return Array.isArray(tags) ? [...new Set(tags.filter(tag => typeof tag === 'string'))] : []
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0
}
