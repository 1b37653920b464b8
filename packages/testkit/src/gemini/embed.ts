import { embeddingOf } from '../answer/embedding.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { PlainOperation } from '../wire/wire.ts'
import { camelCase } from './camel-case.ts'
import { batchEmbedShape, embedShape } from './generate-shape.ts'

/** `:embedContent`, https://ai.google.dev/api/embeddings. */
export const embed: PlainOperation = {
  kind: 'plain',
  reply(raw) {
    const body = asObject(camelCase(raw))
    embedShape(body, [])
    return { embedding: embeddingFor(body) }
  },
}

/** `:batchEmbedContents`. */
export const batchEmbed: PlainOperation = {
  kind: 'plain',
  reply(raw, route) {
    const body = asObject(camelCase(raw))
    batchEmbedShape(body, [])
    const requests = asObjects(body.requests)
    const wanted = `models/${route.model}`
    if (requests.some(request => request.model !== wanted)) {
      throw new Failure('invalid', {
        message: `The model of every request must be ${wanted}, as in the URL.`,
      })
    }
    return { embeddings: requests.map(embeddingFor) }
  },
}

function embeddingFor(request: JsonObject): { values: number[] } {
  const parts = asObjects(asObject(request.content).parts)
  const size = typeof request.outputDimensionality === 'number' ? request.outputDimensionality : 3072
  return { values: embeddingOf(parts.map(part => asText(part.text)).join(' '), size) }
}
