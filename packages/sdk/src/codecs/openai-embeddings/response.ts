import { createError } from '../../errors.ts'
import { estimateRequestTokens } from '../../tokens/request.ts'
import type { EmbeddingRequest, EmbeddingResponse, EmbeddingUsage } from '../../types/embedding.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'
import type { CallInfo } from '../codec.ts'
import { encodeVector } from '../embedding-vector.ts'
import type { OpenaiEmbeddingsOptions } from './options.ts'

export function decodeResponse(
  body: unknown,
  info: CallInfo,
  { signedBytes }: OpenaiEmbeddingsOptions,
): EmbeddingResponse {
  if (!isJsonObject(body) || !Array.isArray(body.data))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "data".',
      provider: info.deployment.provider,
      model: info.model,
    })
  body.object = 'list'
  body.model ??= info.model
  const usage = usageOf(body.usage)
  if (usage) body.usage = usage
  if (signedBytes) body.data = body.data.map(item => withNumbers(item))
  return body as EmbeddingResponse
}

function withNumbers(item: unknown): unknown {
  if (!isJsonObject(item) || typeof item.embedding !== 'string') return item
  const bytes = Buffer.from(item.embedding, 'base64')
  return { ...item, embedding: Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)) }
}

/** Some tell the total only. */
function usageOf(told: unknown): EmbeddingUsage | undefined {
  if (!isJsonObject(told)) return undefined
  const prompt = told.prompt_tokens ?? told.total_tokens
  if (typeof prompt !== 'number') return undefined
  const total = typeof told.total_tokens === 'number' ? told.total_tokens : prompt
  return { ...told, prompt_tokens: prompt, total_tokens: total }
}

/** What the bytes of a reply tell of its cost. */
export function usageOfReply(body: unknown): { usage?: Usage } {
  const usage = isJsonObject(body) ? usageOf(body.usage) : undefined
  return usage ? { usage: { ...usage, completion_tokens: 0 } } : {}
}

/**
 * Clients that asked for base64 get it, though many providers answer numbers; usage is always there for them, estimated
 * as it is charged where the provider tells none.
 */
export function encodeResponse(response: EmbeddingResponse, request: EmbeddingRequest): EmbeddingResponse {
  const { usage = estimatedUsage(request) } = response
  if (request.encoding_format !== 'base64') return { ...response, usage }
  const data = response.data.map(item =>
    typeof item.embedding === 'string' ? item : { ...item, embedding: encodeVector(item.embedding) },
  )
  return { ...response, data, usage }
}

function estimatedUsage(request: JsonObject): EmbeddingUsage {
  const tokens = estimateRequestTokens(request)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
