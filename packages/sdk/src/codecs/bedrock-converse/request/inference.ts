import { badRequest } from '../../../errors.ts'
import type { ChatRequest } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import {
  encodeSampling as encodeClaudeSampling,
  encodeStop,
} from '../../anthropic-messages/request/params.ts'
import { stopTexts } from '../../stop-texts.ts'
import type { EncodeContext } from './context.ts'
import type { ThinkingPlan } from './thinking.ts'

/** Room for the answer beside the thinking, where the caller sets no limit: LiteLLM's DEFAULT_MAX_TOKENS. */
const ANSWER_ROOM = 4096

/** `inferenceConfig`, and what of it must go among the model's own fields. */
export function encodeInference(
  request: ChatRequest,
  plan: ThinkingPlan,
  context: EncodeContext,
): { config: JsonObject; fields: JsonObject } {
  const { temperature, top_p, top_k } = encodeSampling(request, plan, context)
  const { topK } = context.traits
  const config = {
    ...encodeLimit(request, plan, context),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { topP: top_p }),
    ...encodeStops(request, context),
  }
  if (top_k != null && topK === undefined)
    context.info.warn({ action: 'dropped', param: 'top_k', reason: 'this model is not known to have it' })
  const fields = top_k == null || topK === undefined ? {} : topKField(topK, top_k)
  return { config, fields }
}

function topKField(place: 'top_k' | 'inferenceConfig', value: unknown): JsonObject {
  return place === 'top_k' ? { top_k: value } : { inferenceConfig: { topK: value } }
}

function encodeSampling(request: ChatRequest, plan: ThinkingPlan, context: EncodeContext): JsonObject {
  if (context.traits.reasoning === 'claude') return encodeClaudeSampling(request, plan.thinks, context.claude)
  const sampling: JsonObject = {}
  for (const param of ['temperature', 'top_p', 'top_k'] as const) {
    const value = request[param]
    if (value == null) continue
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
      throw badRequest(`${param}: must be a number of at least 0.`, param)
    if (plan.free)
      context.info.warn({ action: 'dropped', param, reason: 'this model refuses it at its highest effort' })
    else if (param !== 'top_k' && value > 1) {
      sampling[param] = 1
      context.info.warn({ action: 'clamped', param, reason: `this provider's highest ${param} is 1` })
    } else sampling[param] = value
  }
  return sampling
}

/** The limit includes thinking, so it is raised above the thinking's budget. */
function encodeLimit(
  request: ChatRequest,
  { budget, free }: ThinkingPlan,
  { info }: EncodeContext,
): JsonObject {
  const param = request.max_completion_tokens != null ? 'max_completion_tokens' : 'max_tokens'
  const asked = request[param]
  if (asked == null) return budget > 0 ? { maxTokens: budget + ANSWER_ROOM } : {}
  if (typeof asked !== 'number' || !Number.isFinite(asked) || asked < 1)
    throw badRequest(`${param}: must be a whole number of at least 1.`, param)
  if (free) {
    info.warn({ action: 'dropped', param, reason: 'this model refuses a limit at its highest effort' })
    return {}
  }
  const whole = Math.round(asked)
  if (budget === 0 || whole > budget) return { maxTokens: whole }
  const raised = Math.min(budget + whole, info.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  info.warn({
    action: 'approximated',
    param,
    reason: `it must exceed the thinking budget of ${budget}; ${raised} was sent`,
  })
  return { maxTokens: raised }
}

function encodeStops(request: ChatRequest, context: EncodeContext): JsonObject {
  if (context.traits.reasoning === 'claude') {
    const { stop_sequences } = encodeStop(request, context.claude)
    return isJsonArray(stop_sequences) ? { stopSequences: stop_sequences } : {}
  }
  const { stop } = request
  if (stop == null) return {}
  const list: unknown[] = Array.isArray(stop) ? stop : [stop]
  for (const [index, text] of list.entries())
    if (typeof text !== 'string')
      throw badRequest('stop: must be a string or an array of strings.', `stop[${index}]`)
  const kept = stopTexts(list, context.info)
  return kept ? { stopSequences: kept } : {}
}

const TIERS = new Set(['default', 'flex', 'priority', 'reserved'])

/** OpenAI's `service_tier`; `auto` is what happens anyway. AWS's own object wins. */
export function encodeServiceTier(request: ChatRequest, { info }: EncodeContext): JsonObject {
  if (isJsonObject(request.serviceTier)) return { serviceTier: request.serviceTier }
  const { service_tier: asked } = request
  if (asked == null || asked === 'auto') return {}
  if (typeof asked === 'string' && TIERS.has(asked)) return { serviceTier: { type: asked } }
  info.warn({
    action: 'dropped',
    param: 'service_tier',
    reason: `this provider has no tier ${JSON.stringify(asked)}`,
  })
  return {}
}

const MOST_PAIRS = 16
const MOST_CHARACTERS = 256
const CHARACTERS = /^[a-zA-Z0-9\s:_@$#=/+,-.]*$/

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function checkRequestMetadata(given: unknown): void {
  if (given == null) return
  if (!isJsonObject(given) || Object.keys(given).length > MOST_PAIRS)
    throw badRequest(`requestMetadata: must be an object of at most ${MOST_PAIRS} texts.`, 'requestMetadata')
  for (const [key, value] of Object.entries(given))
    for (const text of [key, value])
      if (typeof text !== 'string' || text.length > MOST_CHARACTERS || !CHARACTERS.test(text))
        throw badRequest(
          `requestMetadata.${key}: keys and values are texts of at most ${MOST_CHARACTERS} letters, digits, spaces and :_@$#=/+,-.`,
          `requestMetadata.${key}`,
        )
}
