import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { isDataUri, parseDataUri } from '../media/data-uri.ts'

/** How a maker's embedding models are asked. */
export interface EmbeddingFamily {
  /** Most inputs of one request. */
  readonly batch: number
  /** The body for a batch of texts and `data:` URIs. */
  readonly encode: (inputs: readonly string[], request: EmbeddingRequest) => JsonObject
  /** The vectors of a reply, in order; `undefined` when it is no such reply. */
  readonly decode: (body: JsonObject) => readonly unknown[] | undefined
  /** Tokens, where the body tells them. */
  readonly tokens?: (body: JsonObject) => unknown
}

const HANDLED = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'metadata'])

/** What the caller says beyond OpenAI's parameters, in the maker's own words. */
function extras(request: EmbeddingRequest, ...handled: string[]): JsonObject {
  return extrasOf(request, new Set([...HANDLED, ...handled]))
}

function onlyText(input: string): string {
  if (isDataUri(input))
    throw badRequest('input: this model embeds text only; choose a multimodal model for images.', 'input')
  return input
}

function base64Of(input: string): string {
  return parseDataUri(input, 'input').data
}

function lone(vector: unknown): readonly unknown[] | undefined {
  return isJsonArray(vector) ? [vector] : undefined
}

const titanV1: EmbeddingFamily = {
  batch: 1,
  encode: ([input = ''], request) => ({ inputText: onlyText(input), ...extras(request) }),
  decode: body => lone(body.embedding),
  tokens: body => body.inputTextTokenCount,
}

const titanV2: EmbeddingFamily = {
  batch: 1,
  encode: ([input = ''], request) => ({
    inputText: onlyText(input),
    ...(request.dimensions != null && { dimensions: request.dimensions }),
    ...extras(request),
  }),
  decode: ({ embedding, embeddingsByType }) =>
    lone(embedding ?? (isJsonObject(embeddingsByType) ? Object.values(embeddingsByType)[0] : undefined)),
  tokens: body => body.inputTextTokenCount,
}

const titanImage: EmbeddingFamily = {
  batch: 1,
  encode: ([input = ''], request) => ({
    ...(isDataUri(input) ? { inputImage: base64Of(input) } : { inputText: input }),
    ...(request.dimensions != null && { embeddingConfig: { outputEmbeddingLength: request.dimensions } }),
    ...extras(request),
  }),
  decode: body => lone(body.embedding),
  tokens: body => body.inputTextTokenCount,
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: EmbeddingFamily = {
  batch: 96,
  encode(inputs, request) {
    const images = inputs.filter(isDataUri)
    if (images.length > 0 && images.length < inputs.length)
      throw badRequest(
        'input: this model embeds texts or images, not both at once; send them apart.',
        'input',
      )
    const type = images.length > 0 ? 'image' : 'search_document'
    return {
      ...(images.length > 0 ? { images } : { texts: inputs }),
      input_type: typeof request.input_type === 'string' ? request.input_type : type,
      ...(request.dimensions != null && { output_dimension: request.dimensions }),
      ...extras(request, 'input_type'),
    }
  },
  decode({ embeddings }) {
    if (isJsonArray(embeddings)) return embeddings
    const byType = isJsonObject(embeddings) ? Object.values(embeddings).find(isJsonArray) : undefined
    return isJsonArray(byType) ? byType : undefined
  },
}

const DEFAULT_NOVA_DIMENSION = 3072

/** Source: https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
const nova: EmbeddingFamily = {
  batch: 1,
  encode([input = ''], request) {
    const { embeddingPurpose = 'GENERIC_INDEX', ...more } = extras(request)
    return {
      schemaVersion: 'nova-multimodal-embed-v1',
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose,
        embeddingDimension: request.dimensions ?? DEFAULT_NOVA_DIMENSION,
        ...(isDataUri(input)
          ? { image: { format: novaFormat(input), source: { bytes: base64Of(input) } } }
          : { text: { truncationMode: 'END', value: input } }),
        ...more,
      },
    }
  },
  decode: ({ embeddings }) =>
    isJsonArray(embeddings)
      ? embeddings.flatMap(item => (isJsonObject(item) ? [item.embedding] : []))
      : undefined,
}

function novaFormat(uri: string): string {
  const format = parseDataUri(uri, 'input').mime.split('/')[1] ?? ''
  return format === 'jpg' ? 'jpeg' : format
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-marengo.html */
const marengo: EmbeddingFamily = {
  batch: 1,
  encode: ([input = ''], request) => ({
    ...(isDataUri(input)
      ? { inputType: 'image', mediaSource: { base64String: base64Of(input) } }
      : { inputType: 'text', inputText: input }),
    ...extras(request),
  }),
  decode({ data, embedding }) {
    const items: readonly unknown[] = isJsonArray(data) ? data : [{ embedding }]
    return items.flatMap(item => (isJsonObject(item) && isJsonArray(item.embedding) ? [item.embedding] : []))
  },
}

const FAMILIES: readonly (readonly [RegExp, EmbeddingFamily])[] = [
  [/titan-embed-text-v2/, titanV2],
  [/titan-embed-image/, titanImage],
  [/titan-embed/, titanV1],
  [/cohere\.embed/, cohere],
  [/nova-.*embed/, nova],
  [/marengo/, marengo],
]

/** Throws `BadRequestError` for a model that is none of the known ones. */
export function embeddingFamily(model: string): EmbeddingFamily {
  const found = FAMILIES.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1]
  if (found) return found
  throw badRequest(
    `model: "${model}" is no embedding model known here. Use one of amazon.titan-embed-*, cohere.embed-*, ` +
      'amazon.nova-*-embeddings-* or twelvelabs.marengo-embed-*; with model_id, name the model it stands for.',
    'model',
  )
}

/** True when parameter `dimensions` means something to the model. */
export function takesDimensions(model: string): boolean {
  return /titan-embed-(text-v2|image)|cohere\.embed-v4|nova-.*embed/.test(model)
}
