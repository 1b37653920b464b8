import { embeddingOf } from '../answer/embedding.ts'
import { countTokens } from '../answer/tokens.ts'
import { asObject, asText, asTexts, type JsonObject } from '../json.ts'
import {
  filledText,
  flag,
  integer,
  list,
  oneOf,
  openRecord,
  record,
  type Shape,
  text,
} from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const titanV1 = record({ inputText: filledText })
const titanV2 = record(
  { inputText: filledText },
  { dimensions: integer(256, 1024), normalize: flag, embeddingTypes: list(oneOf('float', 'binary')) },
)
const titanImage = record(
  {},
  {
    inputText: text,
    inputImage: text,
    embeddingConfig: record({ outputEmbeddingLength: integer(256, 1024) }),
  },
)
const cohere = record(
  { input_type: oneOf('search_document', 'search_query', 'classification', 'clustering', 'image') },
  {
    texts: list(filledText, 1),
    images: list(text),
    truncate: oneOf('NONE', 'START', 'END', 'LEFT', 'RIGHT'),
    embedding_types: list(oneOf('float', 'int8', 'uint8', 'binary', 'ubinary')),
    output_dimension: integer(256, 1536),
  },
)
const nova = record(
  {
    taskType: oneOf('SINGLE_EMBEDDING'),
    singleEmbeddingParams: record(
      { embeddingPurpose: filledText },
      { embeddingDimension: integer(256, 3072), text: openRecord, image: openRecord },
    ),
  },
  { schemaVersion: text },
)

/** The embedding model of a body, if it is one; `undefined` for models that chat. */
export function embedOperation(model: string): CallOperation | undefined {
  if (model.includes('titan-embed-text-v2')) return operation(titanV2, titanReply)
  if (model.includes('titan-embed-image')) return operation(titanImage, titanReply)
  if (model.includes('titan-embed')) return operation(titanV1, titanReply)
  if (model.includes('cohere.embed')) return operation(cohere, cohereReply)
  if (model.includes('embeddings')) return operation(nova, novaReply)
  return undefined
}

interface Embedded {
  readonly json: JsonObject
  readonly tokens: number
}

function operation(shape: Shape, reply: (body: JsonObject) => Embedded): CallOperation {
  return {
    kind: 'call',
    answer({ body }) {
      shape(body, [])
      const { json, tokens } = reply(body)
      return { json, headers: { 'x-amzn-bedrock-input-token-count': String(tokens) } }
    },
  }
}

function titanReply(body: JsonObject): Embedded {
  const said = asText(body.inputText) || asText(body.inputImage)
  const length = body.dimensions ?? asObject(body.embeddingConfig).outputEmbeddingLength ?? 8
  const tokens = countTokens(said)
  const embedding = embeddingOf(said, Number(length))
  return { tokens, json: { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: tokens } }
}

function cohereReply(body: JsonObject): Embedded {
  const texts = [...asTexts(body.texts), ...asTexts(body.images)]
  const vectors = texts.map(one => embeddingOf(one, Number(body.output_dimension ?? 8)))
  const byType = body.embedding_types !== undefined
  return {
    tokens: texts.reduce((sum, one) => sum + countTokens(one), 0),
    json: {
      id: 'testkit',
      texts,
      embeddings: byType ? { float: vectors } : vectors,
      response_type: byType ? 'embeddings_by_type' : 'embeddings_floats',
    },
  }
}

function novaReply(body: JsonObject): Embedded {
  const params = asObject(body.singleEmbeddingParams)
  const said = asText(asObject(params.text).value)
  const embedding = embeddingOf(said, Number(params.embeddingDimension ?? 3072))
  return { tokens: countTokens(said), json: { embeddings: [{ embeddingType: 'TEXT', embedding }] } }
}
