import { isJsonObject, type JsonObject } from 'sluice/internal'
import type { LeftOut, LoggedAttempt, LoggedCall, LoggedDeployment } from './logged-call.ts'
import { readFailure } from './read-failure.ts'

export type ReadCall =
  | { readonly call: LoggedCall }
  | { readonly leftOut: LeftOut }
  | { readonly problem: string }

const MOST_USAGE_CHARACTERS = 4_096
const MOST_METADATA_CHARACTERS = 2_048
const MOST_TAGS = 64
const MOST_NAME_CHARACTERS = 512
const MOST_CLASS_CHARACTERS = 64
/** Kinds of calls that are not charged by tokens. */
const BY_PIECE = /image|speech|transcription|translation|rerank|moderation|ocr|search|video/
/** Tags of the gateway's own calls: copies of calls that are in the log too, and health checks. */
const OWN_CALLS = ['silent_experiment', 'health_check']
/** Rows that no model group was asked for. */
const FOREIGN = /pass_through|mcp|batch|file|vector_store|a2a|agent/

/**
 * A row of LiteLLM's `SpendLogs`, as `/spend/logs` answers it or the table holds it; Sluice's rows have the same columns.
 * Source: https://docs.litellm.ai/docs/proxy/cost_tracking
 */
export function readCall(row: JsonObject): ReadCall {
  const at = timeOf(row.startTime)
  if (at === undefined) return { problem: `startTime is no time: ${shown(row.startTime)}` }
  if (row.model === undefined && isJsonObject(row.users))
    return { problem: 'it is the sum of a day and no call: ask for /spend/logs with summarize=false' }
  const end = timeOf(row.endTime)
  if (end === undefined) return { problem: `endTime is no time: ${shown(row.endTime)}` }
  const metadata = objectOf(row.metadata)
  const tags = listOf(row.request_tags).filter(tag => typeof tag === 'string')
  if (FOREIGN.test(textOf(row.call_type)) || OWN_CALLS.some(tag => tags.includes(tag)))
    return { leftOut: 'foreign' }
  const model = textOf(metadata.requested_model) || textOf(row.model_group) || textOf(row.model)
  if (model === '') return { problem: 'it names no model' }
  if (row.cache_hit === 'True' || row.cache_hit === true) return { leftOut: 'cached' }
  const isFailed = (textOf(row.status) || textOf(metadata.status) || 'success') !== 'success'
  if (isFailed && metadata.client_disconnected === true) return { leftOut: 'left' }
  const deployment = deploymentOf(row)
  const first = timeOf(row.completionStartTime)
  const began = first !== undefined && first > at && first < end
  const information = objectOf(metadata.error_information)
  const failure = isFailed ? readFailure(information, deployment !== undefined, began) : undefined
  if (failure === 'refused') return { leftOut: 'refused' }
  const own = objectOf(metadata.requester_metadata)
  return {
    call: {
      at,
      durationMs: Math.max(0, end - at),
      model,
      group: textOf(row.model_group) || model,
      usage: usageOf(row, metadata),
      spendUsd: row.spend === null || row.spend === undefined ? null : numberOf(row.spend),
      retries: Math.min(numberOf(metadata.attempted_retries), 100),
      fallbacks: Math.min(numberOf(metadata.attempted_fallbacks), 100),
      tags: tags.slice(0, MOST_TAGS),
      ...(began && { firstMs: first - at }),
      ...(deployment && { deployment }),
      ...(BY_PIECE.test(textOf(row.call_type)) && { byPiece: true }),
      ...(failure && {
        failure,
        errorClass: textOf(information.error_class).slice(0, MOST_CLASS_CHARACTERS),
      }),
      ...earlierOf(metadata),
      ...callerOf(row),
      ...(sizeOf(own) > 2 && sizeOf(own) <= MOST_METADATA_CHARACTERS && { metadata: own }),
    },
  }
}

/** Keys are hashes in every log; one that is not is not kept. */
function callerOf(row: JsonObject): Pick<LoggedCall, 'sessionId' | 'keyHash' | 'endUser'> {
  const [sessionId, keyHash, endUser] = [textOf(row.session_id), textOf(row.api_key), textOf(row.end_user)]
  return {
    ...(sessionId !== '' && { sessionId }),
    ...(keyHash !== '' && !keyHash.startsWith('sk-') && { keyHash }),
    ...(endUser !== '' && { endUser }),
  }
}

function deploymentOf(row: JsonObject): LoggedDeployment | undefined {
  const id = textOf(row.model_id)
  const provider = textOf(row.custom_llm_provider)
  if (id === '' && provider === '') return undefined
  return { id, provider, model: withoutPrefix(textOf(row.model), provider), apiBase: textOf(row.api_base) }
}

/** LiteLLM writes `azure/gpt-4o` or `gpt-4o`. */
function withoutPrefix(model: string, provider: string): string {
  return provider !== '' && model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model
}

function usageOf(row: JsonObject, metadata: JsonObject): LoggedCall['usage'] {
  const told = objectOf(metadata.usage_object)
  const prompt = numberOf(row.prompt_tokens) || numberOf(told.prompt_tokens)
  const completion = numberOf(row.completion_tokens) || numberOf(told.completion_tokens)
  const counts = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
  if (sizeOf(told) > MOST_USAGE_CHARACTERS) return counts
  const known = Object.entries(told).filter(([, value]) => value !== null && value !== undefined)
  return { ...Object.fromEntries(known), ...counts }
}

/** Sluice's list of attempts, the last one left out: the row itself is about it. */
function earlierOf(metadata: JsonObject): { earlier?: readonly LoggedAttempt[] } {
  const earlier = listOf(metadata.attempts)
    .slice(0, -1)
    .flatMap((attempt): LoggedAttempt[] => {
      if (!isJsonObject(attempt)) return []
      const { model_id: id, status, error_class } = attempt
      // One without an error was overtaken by a hedge: it did not fail.
      if (error_class === undefined) return []
      const failure = readFailure({ error_code: status, error_class }, true, false)
      if (typeof id !== 'string' || failure === 'refused') return []
      return [{ id, afterMs: numberOf(attempt.after_ms), durationMs: numberOf(attempt.duration_ms), failure }]
    })
  return earlier.length === 0 ? {} : { earlier }
}

/** Milliseconds since the epoch. A time without a zone is UTC, as in LiteLLM's table. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0)
    return value > 1e11 ? value : value * 1000
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return undefined
  const zoned = /(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(value.slice(16)) ? value : `${value}Z`
  const time = Date.parse(zoned.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  return Number.isNaN(time) ? undefined : time
}

/** Some exports write JSON columns as text. */
function objectOf(value: unknown): JsonObject {
  const parsed = typeof value === 'string' ? parse(value) : value
  return isJsonObject(parsed) ? parsed : {}
}

function listOf(value: unknown): readonly unknown[] {
  const parsed = typeof value === 'string' ? parse(value) : value
  return Array.isArray(parsed) ? parsed : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_NAME_CHARACTERS) : ''
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && number > 0 && Number.isFinite(number) ? number : 0
}

function sizeOf(value: JsonObject): number {
  return JSON.stringify(value).length
}

function shown(value: unknown): string {
  return value === undefined ? 'there is none' : JSON.stringify(value).slice(0, 60)
}
