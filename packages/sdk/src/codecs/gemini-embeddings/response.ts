import { createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse, EmbeddingUsage } from '../../types/embedding.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'
import { decodeVector } from '../embedding-vector.ts'

/** `embeddings` (or a lone `embedding`) → hub response. Usage is left out where Google does not tell it. */
export function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  const given = isJsonObject(body) ? (body.embeddings ?? [body.embedding]) : undefined
  const list: unknown[] = Array.isArray(given) ? given : []
  const usage = isJsonObject(body) ? decodeUsage(body.usageMetadata) : undefined
  if (list.length === 0) throw brokenReply(info)
  return {
    object: 'list',
    model: info.model,
    data: list.map((embedding, index) => {
      if (!isJsonObject(embedding) || !Array.isArray(embedding.values)) throw brokenReply(info)
      return { object: 'embedding', index, embedding: embedding.values as number[] }
    }),
    ...(usage && { usage }),
  }
}

function decodeUsage(value: unknown): EmbeddingUsage | undefined {
  if (!isJsonObject(value)) return undefined
  const prompt = value.promptTokenCount ?? value.totalTokenCount
  return typeof prompt === 'number' ? { prompt_tokens: prompt, total_tokens: prompt } : undefined
}

function brokenReply(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider answered an embedding request without "embeddings".',
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Hub response → the answer to what was asked: a lone `embedding` for `:embedContent`, `embeddings` for a batch. */
export function encodeResponse(response: EmbeddingResponse, request: EmbeddingRequest): JsonObject {
  const embeddings = response.data.map(({ embedding }) => ({ values: decodeVector(embedding) }))
  return {
    ...(Array.isArray(request.input) ? { embeddings } : { embedding: embeddings[0] }),
    ...(response.usage && { usageMetadata: { promptTokenCount: response.usage.prompt_tokens } }),
  }
}
