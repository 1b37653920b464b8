import { createError } from '../../../errors.ts'
import type { ChatChoice, ChatRequest, ChatResponse, ToolCall } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Usage } from '../../../types/usage.ts'
import type { CallInfo } from '../../codec.ts'
import { without } from '../request/fields.ts'
import { decodeServiceTier } from '../request/service-tier.ts'
import { showsThoughts } from '../request/thinking.ts'
import {
  decodeExtras,
  encodeExtras,
  encodeParts,
  groundingOf,
  readParts,
  signed,
  spokenFields,
} from './candidate.ts'
import { decodeFinishReason, encodeFinishReason } from './finish-reason.ts'
import { countSearches, decodeGrounding } from './grounding.ts'
import { decodeLogprobs } from './logprobs.ts'
import { replyMetadata } from './metadata.ts'
import { decodeTier, decodeUsage, encodeUsage } from './usage.ts'

/** Ids for function calls that came without: same reply, same ids. */
export function idSource(info: CallInfo): () => string {
  let next = 0
  return () => `call_${info.id}_${next++}`
}

/** Source: https://ai.google.dev/api/generate-content#generatecontentresponse */
export function decodeResponse(
  body: unknown,
  info: CallInfo,
  headers: Readonly<Record<string, string>> = {},
): ChatResponse {
  if (!isJsonObject(body)) throw brokenReply(info, 'no JSON object')
  const candidates = (Array.isArray(body.candidates) ? (body.candidates as unknown[]) : []).filter(
    isJsonObject,
  )
  const blocked = candidates.length === 0 ? blockedChoice(body.promptFeedback) : undefined
  if (candidates.length === 0 && blocked === undefined)
    throw brokenReply(info, 'neither candidates nor promptFeedback')
  const nextId = idSource(info)
  const usage = withSearches(
    decodeUsage(body.usageMetadata),
    candidates.reduce((sum, candidate) => sum + countSearches(candidate.groundingMetadata), 0),
  )
  const tier = decodeServiceTier(headers[TIER_HEADER]) ?? decodeTier(body.usageMetadata)
  return {
    ...replyHead(body, info),
    object: 'chat.completion',
    choices: blocked
      ? [blocked]
      : candidates.map((candidate, at) => decodeCandidate(candidate, at, nextId, info)),
    ...(usage && { usage }),
    ...(tier !== undefined && { service_tier: tier }),
    ...replyMetadata(candidates),
    ...replyExtras(body, blocked === undefined),
  }
}

const HEAD = new Set(['candidates', 'modelVersion', 'responseId', 'usageMetadata', '__proto__'])

/** What Google says of a reply beyond its candidates. */
export function replyExtras(body: JsonObject, withFeedback: boolean): JsonObject {
  const { promptFeedback, ...extras } = without(body, HEAD)
  return { ...extras, ...(withFeedback && promptFeedback != null && { prompt_feedback: promptFeedback }) }
}

/** The tier that served a request of the Gemini API. */
const TIER_HEADER = 'x-gemini-service-tier'

/** Id, time and model, the same for a reply and every piece of a stream. */
export function replyHead(body: JsonObject, info: CallInfo): Pick<ChatResponse, 'id' | 'created' | 'model'> {
  return {
    id: typeof body.responseId === 'string' && body.responseId !== '' ? body.responseId : info.id,
    created: Math.floor(info.now / 1000),
    model: typeof body.modelVersion === 'string' && body.modelVersion !== '' ? body.modelVersion : info.model,
  }
}

function decodeCandidate(
  candidate: JsonObject,
  at: number,
  nextId: () => string,
  info: CallInfo,
): ChatChoice {
  const spoken = readParts(candidate, nextId)
  const native = typeof candidate.finishReason === 'string' ? candidate.finishReason : undefined
  const annotations = decodeGrounding(candidate.groundingMetadata, spoken.text)
  const logprobs = decodeLogprobs(candidate.logprobsResult)
  const extras = decodeExtras(candidate, native)
  return {
    index: typeof candidate.index === 'number' ? candidate.index : at,
    message: {
      role: 'assistant',
      content: spoken.text === '' ? null : spoken.text,
      ...spokenFields(spoken),
      ...(spoken.calls.length > 0 && { tool_calls: spoken.calls }),
      ...(annotations.length > 0 && { annotations }),
    },
    finish_reason: decodeFinishReason(native ?? 'STOP', spoken.calls.length > 0, info.warn),
    ...(logprobs && { logprobs }),
    ...(Object.keys(extras).length > 0 && { provider_specific_fields: extras }),
  }
}

/** A refused prompt is a reply that was filtered away, as LiteLLM's users expect; `undefined` when nothing was blocked. */
export function blockedChoice(feedback: unknown): ChatChoice | undefined {
  if (!isJsonObject(feedback) || typeof feedback.blockReason !== 'string') return undefined
  return {
    index: 0,
    message: { role: 'assistant', content: null },
    finish_reason: 'content_filter',
    provider_specific_fields: { native_finish_reason: feedback.blockReason, prompt_feedback: feedback },
  }
}

export function withSearches(usage: Usage | undefined, searches: number): Usage | undefined {
  return usage && searches > 0 ? { ...usage, server_tool_use: { web_search_requests: searches } } : usage
}

function brokenReply(info: CallInfo, what: string) {
  return createError({
    kind: 'bad_gateway',
    message: `The provider's answer holds ${what}.`,
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Hub reply → `GenerateContentResponse`. */
export function encodeResponse(response: ChatResponse, request: ChatRequest): JsonObject {
  const feedback = response.choices[0]?.provider_specific_fields?.prompt_feedback
  const head = {
    ...(response.usage && { usageMetadata: encodeUsage(response.usage) }),
    modelVersion: response.model,
    responseId: response.id,
  }
  if (isJsonObject(feedback)) return { promptFeedback: feedback, ...head }
  const showThoughts = showsThoughts(request)
  return { candidates: response.choices.map(choice => encodeCandidate(choice, showThoughts)), ...head }
}

function encodeCandidate(choice: ChatChoice, showThoughts: boolean): JsonObject {
  const { message } = choice
  const parts = encodeParts(message, showThoughts)
  for (const call of message.tool_calls ?? []) parts.push(encodeCall(call))
  return {
    content: { parts, role: 'model' },
    ...(choice.finish_reason && {
      finishReason: encodeFinishReason(
        choice.finish_reason,
        choice.provider_specific_fields?.native_finish_reason,
      ),
    }),
    index: choice.index,
    ...encodeExtras(choice),
    ...groundingOf(choice, message.annotations, message.content ?? ''),
  }
}

/** A whole tool call → a `functionCall` part. Throws `BadGatewayError` when the model's arguments are no JSON object. */
export function encodeCall(call: Pick<ToolCall, 'id' | 'function' | 'provider_specific_fields'>): JsonObject {
  const text = call.function.arguments
  let args: unknown
  try {
    args = text === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw brokenArguments(call.function.name, cause)
  }
  if (!isJsonObject(args)) throw brokenArguments(call.function.name)
  const { id } = call
  return signed(
    { functionCall: { ...(id && { id }), name: call.function.name, args } },
    call.provider_specific_fields?.thought_signature,
  )
}

function brokenArguments(name: string, cause?: unknown) {
  return createError({
    kind: 'bad_gateway',
    message: `The model called "${name}" with arguments that are not a JSON object.`,
    cause,
  })
}
