import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CompletionTokensDetails, PromptTokensDetails, Usage } from '../../../types/usage.ts'
import { without } from '../request/fields.ts'

const MODALITIES: ReadonlyMap<string, string> = new Map([
  ['TEXT', 'text_tokens'],
  ['IMAGE', 'image_tokens'],
  ['AUDIO', 'audio_tokens'],
  ['VIDEO', 'video_tokens'],
  ['DOCUMENT', 'document_tokens'],
])

/**
 * `usageMetadata` → usage; `undefined` when it counts nothing. Thoughts join the completion, tool prompts the prompt.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const prompt = count(value.promptTokenCount) + count(value.toolUsePromptTokenCount)
  const candidates = count(value.candidatesTokenCount)
  const thoughts = count(value.thoughtsTokenCount)
  const total = typeof value.totalTokenCount === 'number' ? value.totalTokenCount : undefined
  if (value.promptTokenCount === undefined && total === undefined) return undefined
  // Some backends count thoughts among the candidates; the total tells.
  const completion = total === prompt + candidates ? candidates : candidates + thoughts
  const promptDetails: PromptTokensDetails = {
    ...decodeModalities([value.promptTokensDetails, value.toolUsePromptTokensDetails]),
    ...(typeof value.cachedContentTokenCount === 'number' && {
      cached_tokens: value.cachedContentTokenCount,
    }),
    ...cachedDetails(value.cacheTokensDetails),
  }
  const completionDetails: CompletionTokensDetails = {
    ...decodeModalities([value.candidatesTokensDetails]),
    ...(thoughts > 0 && { reasoning_tokens: thoughts }),
  }
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total ?? prompt + completion,
    ...(Object.keys(promptDetails).length > 0 && { prompt_tokens_details: promptDetails }),
    ...(Object.keys(completionDetails).length > 0 && { completion_tokens_details: completionDetails }),
    ...without(value, COUNTED),
  }
}

const COUNTED = new Set([
  'cacheTokensDetails',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'candidatesTokensDetails',
  'promptTokenCount',
  'promptTokensDetails',
  'thoughtsTokenCount',
  'toolUsePromptTokenCount',
  'toolUsePromptTokensDetails',
  'totalTokenCount',
  'trafficType',
  '__proto__',
])

/** What of the prompt came from a cache, by modality; audio has a cache price of its own. */
function cachedDetails(value: unknown): JsonObject {
  const details = decodeModalities([value])
  return Object.keys(details).length > 0 ? { cached_tokens_details: details } : {}
}

const TRAFFIC: ReadonlyMap<unknown, string> = new Map([
  ['ON_DEMAND', 'default'],
  ['ON_DEMAND_PRIORITY', 'priority'],
  ['ON_DEMAND_FLEX', 'flex'],
])

/** `usageMetadata.trafficType` of Vertex AI, in OpenAI's words; `undefined` where it says nothing of the price. */
export function decodeTier(usage: unknown): string | undefined {
  return isJsonObject(usage) ? TRAFFIC.get(usage.trafficType) : undefined
}

/** Usage → `usageMetadata`. */
export function encodeUsage(usage: Usage): JsonObject {
  const thoughts = count(usage.completion_tokens_details?.reasoning_tokens)
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.cache_read_input_tokens
  const promptDetails = encodeModalities(usage.prompt_tokens_details)
  const completionDetails = encodeModalities(usage.completion_tokens_details)
  return {
    promptTokenCount: usage.prompt_tokens,
    candidatesTokenCount: Math.max(usage.completion_tokens - thoughts, 0),
    totalTokenCount: usage.total_tokens,
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
    ...(typeof cached === 'number' && { cachedContentTokenCount: cached }),
    ...(promptDetails.length > 0 && { promptTokensDetails: promptDetails }),
    ...(completionDetails.length > 0 && { candidatesTokensDetails: completionDetails }),
  }
}

function decodeModalities(lists: readonly unknown[]): JsonObject {
  const details: Record<string, number> = {}
  for (const entry of lists.flatMap(list => (Array.isArray(list) ? (list as unknown[]) : []))) {
    if (!isJsonObject(entry)) continue
    const key = MODALITIES.get(String(entry.modality))
    if (key !== undefined) details[key] = (details[key] ?? 0) + count(entry.tokenCount)
  }
  return details
}

function encodeModalities(details: JsonObject | undefined): JsonObject[] {
  if (details === undefined) return []
  return [...MODALITIES].flatMap(([modality, key]) =>
    typeof details[key] === 'number' ? [{ modality, tokenCount: details[key] }] : [],
  )
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0
}
