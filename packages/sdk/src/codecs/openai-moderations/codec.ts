import { badRequest, createError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { ModerationRequest, ModerationResponse } from '../../types/moderation.ts'
import type { CallInfo, Codec, InboundInfo } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { decodeUsage } from '../openai-chat/usage.ts'

/** What is asked when the caller names no model. */
const DEFAULT_MODEL = 'omni-moderation-latest'

/** Source: https://platform.openai.com/docs/api-reference/moderations/create */
export const openaiModerations: Codec<'moderation'> = {
  endpoint: 'moderation',
  format: 'openai-moderations',
  framing: 'sse',
  upstream: {
    params: new Set(),
    encodeRequest: (request, info) => ({ body: { ...request, model: info.model } }),
    decodeResponse,
    decodeError,
  },
  inbound: { decodeRequest, encodeResponse: response => response, encodeError },
}

function decodeResponse(body: unknown, info: CallInfo): ModerationResponse {
  if (!isJsonObject(body) || !Array.isArray(body.results))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered a moderation request without "results".',
      provider: info.deployment.provider,
      model: info.model,
    })
  for (const [index, result] of body.results.entries()) {
    if (!isJsonObject(result) || !isJsonObject(result.categories))
      throw createError({
        kind: 'bad_gateway',
        message: `The provider sent results[${index}] without "categories".`,
        provider: info.deployment.provider,
        model: info.model,
      })
    // Mistral names the categories only: https://docs.mistral.ai/capabilities/guardrailing
    result.flagged ??= Object.values(result.categories).includes(true)
    result.category_scores ??= {}
  }
  const { usage: told, ...rest } = body
  const usage = decodeUsage(told)
  return {
    ...rest,
    id: typeof body.id === 'string' ? body.id : info.id,
    model: typeof body.model === 'string' ? body.model : info.model,
    results: body.results as ModerationResponse['results'],
    ...(usage && { usage }),
  }
}

function decodeRequest(body: unknown, info: InboundInfo): ModerationRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model ?? DEFAULT_MODEL
  if (typeof model !== 'string' || model === '')
    throw badRequest(`model: must name a model, or be left out for ${DEFAULT_MODEL}.`, 'model')
  const { input } = body
  if (typeof input === 'string') return { ...body, model, input }
  if (!Array.isArray(input) || input.length === 0)
    throw badRequest('input: must be a string, or a non-empty array of strings or of parts.', 'input')
  const first = typeof input[0]
  const wrong = input.findIndex(item =>
    first === 'string' ? typeof item !== 'string' : !isJsonObject(item) || typeof item.type !== 'string',
  )
  if (wrong !== -1)
    throw badRequest(
      `input[${wrong}]: must be a string, or a part with a type, for example {"type":"text","text":"…"}; not both kinds.`,
      `input[${wrong}]`,
    )
  return { ...body, model, input: input as ModerationRequest['input'] }
}
