import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { embed } from '../gemini/embed.ts'
import { png } from '../gemini/generate.ts'
import { asObject, asObjects, asText, type JsonObject } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import type { PlainOperation } from '../wire/wire.ts'

/** `:predict`: embeddings of texts and of media, tuned endpoints, Imagen; the model's name says which. */
export const predict: PlainOperation = {
  kind: 'plain',
  reply(body, route) {
    const instances = asObjects(body.instances)
    if (instances.length === 0) refuse('Invalid instances: must not be empty.')
    const parameters = asObject(body.parameters)
    const model = route.model ?? ''
    if (model.startsWith('imagen')) return pictures(instances, parameters)
    if (model.startsWith('multimodalembedding')) {
      return { predictions: instances.map(instance => mediaEmbedding(instance, parameters)) }
    }
    if (/^\d+$/.test(model)) return { predictions: instances.map(({ inputs }) => [vector(inputs, 8)]) }
    return { predictions: instances.map(instance => textEmbedding(instance, parameters)), metadata: {} }
  },
}

function textEmbedding({ content }: JsonObject, parameters: JsonObject): JsonObject {
  if (typeof content !== 'string') refuse('Invalid text embedding instance: content is missing.')
  const values = vector(content, sizeOf(parameters.outputDimensionality, 768))
  return {
    embeddings: { values, statistics: { truncated: false, token_count: countTokens(asText(content)) } },
  }
}

function mediaEmbedding({ text, image, video }: JsonObject, parameters: JsonObject): JsonObject {
  if (text === undefined && image === undefined && video === undefined) {
    refuse('Invalid instance: one of text, image or video is needed.')
  }
  const size = sizeOf(parameters.dimension, 1_408)
  const stretch = { startOffsetSec: 0, endOffsetSec: 16, embedding: vector(JSON.stringify(video), size) }
  return {
    ...(text !== undefined && { textEmbedding: vector(text, size) }),
    ...(image !== undefined && { imageEmbedding: vector(JSON.stringify(image), size) }),
    ...(video !== undefined && { videoEmbeddings: [stretch] }),
  }
}

function pictures(instances: readonly JsonObject[], parameters: JsonObject): JsonObject {
  if (asText(instances[0]?.prompt) === '') refuse('Text prompt must be provided.')
  const count = sizeOf(parameters.sampleCount, 1)
  return {
    predictions: Array.from({ length: count }, () => ({ mimeType: 'image/png', bytesBase64Encoded: png })),
  }
}

/** `:embedContent` of Vertex AI: one text, its settings in a field of their own. */
export const embedContent: PlainOperation = {
  kind: 'plain',
  reply(body, route) {
    const config = asObject(body.embedContentConfig)
    const { outputDimensionality } = config
    const plain = {
      content: body.content,
      ...(outputDimensionality !== undefined && { outputDimensionality }),
    }
    const parts = asObjects(asObject(body.content).parts)
    const promptTokenCount = countTokens(parts.map(part => asText(part.text)).join(' '))
    return { ...embed.reply(plain, route), usageMetadata: { promptTokenCount } }
  },
}

function vector(text: unknown, size: number): number[] {
  return embeddingOf(asText(text), size)
}

function sizeOf(given: unknown, usual: number): number {
  return typeof given === 'number' ? given : usual
}

function refuse(message: string): never {
  throw new Failure('invalid', { message })
}
