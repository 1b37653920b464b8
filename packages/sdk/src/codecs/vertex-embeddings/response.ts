import { createError } from '../../errors.ts'
import type { EmbeddingItem, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** The answer of any of Vertex AI's embedding models → hub response. */
export function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonObject(body)) throw brokenReply(info)
  const predictions = isJsonArray(body.predictions) ? body.predictions : undefined
  const vectors = predictions?.flatMap(vectorsOf) ?? vectorsOf(body.embedding)
  if (vectors.length === 0) throw brokenReply(info)
  const data = vectors.map((embedding, index): EmbeddingItem => ({ object: 'embedding', index, embedding }))
  const tokens = tokensOf(body, predictions ?? [])
  return {
    object: 'list',
    model: info.model,
    data,
    ...(tokens !== undefined && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

/** Text models nest one vector; multimodal ones name one per kind, a video one per stretch; tuned ones are bare. */
function vectorsOf(prediction: unknown): number[][] {
  if (isVector(prediction)) return [prediction]
  if (isJsonArray(prediction)) return prediction.filter(isVector)
  if (!isJsonObject(prediction)) return []
  const { embeddings, values, textEmbedding, imageEmbedding, videoEmbeddings } = prediction
  if (isJsonObject(embeddings) && isVector(embeddings.values)) return [embeddings.values]
  const stretches = isJsonArray(videoEmbeddings)
    ? videoEmbeddings.map(stretch => (isJsonObject(stretch) ? stretch.embedding : undefined))
    : []
  return [values, textEmbedding, imageEmbedding, ...stretches].filter(isVector)
}

function isVector(value: unknown): value is number[] {
  return isJsonArray(value) && value.length > 0 && typeof value[0] === 'number'
}

function tokensOf(body: JsonObject, predictions: readonly unknown[]): number | undefined {
  if (isJsonObject(body.usageMetadata) && typeof body.usageMetadata.promptTokenCount === 'number')
    return body.usageMetadata.promptTokenCount
  const counts = predictions.flatMap(prediction => {
    const embeddings = isJsonObject(prediction) ? prediction.embeddings : undefined
    const statistics = isJsonObject(embeddings) ? embeddings.statistics : undefined
    const count = isJsonObject(statistics) ? statistics.token_count : undefined
    return typeof count === 'number' ? [count] : []
  })
  return counts.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : undefined
}

function brokenReply(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider answered an embedding request without embeddings.',
    provider: info.deployment.provider,
    model: info.model,
  })
}
