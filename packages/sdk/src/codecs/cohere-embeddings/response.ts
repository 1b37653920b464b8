import { createError } from '../../errors.ts'
import type { EmbeddingItem, EmbeddingResponse, EmbeddingUsage } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Which of several kinds of vector is the answer; the others stay beside it. */
const TYPES = ['float', 'base64', 'int8', 'uint8', 'binary', 'ubinary'] as const

/** `embeddings` by type, or a plain list as v1 models answer → hub response. */
export function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  const given = isJsonObject(body) ? body.embeddings : undefined
  const byType: JsonObject = isJsonArray(given) ? { float: given } : isJsonObject(given) ? given : {}
  const [type, ...others] = TYPES.filter(each => isJsonArray(byType[each]) && byType[each].length > 0)
  if (type === undefined || !isJsonObject(body))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "embeddings".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const usage = decodeUsage(body.meta)
  return {
    object: 'list',
    model: info.model,
    data: (byType[type] as EmbeddingItem['embedding'][]).map((embedding, index) => ({
      object: 'embedding',
      index,
      embedding,
      ...(others.length > 0 && {
        provider_specific_fields: Object.fromEntries(
          others.map(other => [other, (byType[other] as unknown[])[index]]),
        ),
      }),
    })),
    ...(usage && { usage }),
  }
}

/** Images are billed by the piece, or in tokens of their own. Source: https://docs.cohere.com/reference/embed */
function decodeUsage(meta: unknown): EmbeddingUsage | undefined {
  const billed = isJsonObject(meta) ? meta.billed_units : undefined
  if (!isJsonObject(billed)) return undefined
  const { input_tokens: text, image_tokens: image, images } = billed
  if (![text, image, images].some(count => typeof count === 'number')) return undefined
  const tokens = numberOf(text) + numberOf(image)
  return {
    prompt_tokens: tokens,
    total_tokens: tokens,
    ...(typeof image === 'number' && {
      prompt_tokens_details: { text_tokens: numberOf(text), image_tokens: image },
    }),
    billed_units: billed,
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
