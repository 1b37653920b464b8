import { badRequest, createError } from '../../errors.ts'
import { estimateRequestTokens } from '../../tokens/request.ts'
import type { EmbeddingRequest, EmbeddingResponse, EmbeddingUsage } from '../../types/embedding.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, InboundInfo } from '../codec.ts'
import { encodeVector } from '../embedding-vector.ts'
import { decodeError, encodeError } from '../openai-chat/errors.ts'

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create */
export const openaiEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'openai-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format', 'user']),
    encodeRequest: (request, info) => ({ body: withoutNulls({ ...request, model: info.model }) }),
    decodeResponse,
    decodeError,
  },
  inbound: { decodeRequest, encodeResponse, encodeError },
  relay: {
    sameHub: true,
    modelKey: 'model',
    tap() {
      throw createError({ kind: 'internal', message: 'Embeddings do not stream.' })
    },
    usage(body) {
      const usage = isJsonObject(body) && isJsonObject(body.usage) ? body.usage : undefined
      if (typeof usage?.prompt_tokens !== 'number') return {}
      const prompt = usage.prompt_tokens
      return { usage: { ...usage, prompt_tokens: prompt, completion_tokens: 0, total_tokens: prompt } }
    },
  },
}

/** `encoding_format: null` broke a server that checks strictly; OpenAI treats null as absent. */
function withoutNulls(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonObject(body) || !Array.isArray(body.data))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "data".',
      provider: info.deployment.provider,
      model: info.model,
    })
  body.object = 'list'
  body.model ??= info.model
  return body as EmbeddingResponse
}

function decodeRequest(body: unknown, info: InboundInfo): EmbeddingRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  const { input } = body
  const filled = typeof input === 'string' ? input !== '' : Array.isArray(input) && input.length > 0
  if (!filled)
    throw badRequest('input: must be a non-empty string, or a non-empty array of strings or tokens.', 'input')
  return info.model === undefined ? (body as EmbeddingRequest) : ({ ...body, model } as EmbeddingRequest)
}

/**
 * Clients that asked for base64 get it, though many providers answer numbers; usage is always there for them, estimated
 * as it is charged where the provider tells none.
 */
function encodeResponse(response: EmbeddingResponse, request: EmbeddingRequest): EmbeddingResponse {
  const { usage = estimatedUsage(request) } = response
  if (request.encoding_format !== 'base64') return { ...response, usage }
  const data = response.data.map(item =>
    typeof item.embedding === 'string' ? item : { ...item, embedding: encodeVector(item.embedding) },
  )
  return { ...response, data, usage }
}

function estimatedUsage(request: EmbeddingRequest): EmbeddingUsage {
  const tokens = estimateRequestTokens(request)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
