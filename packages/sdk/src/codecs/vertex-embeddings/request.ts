import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, WireRequest } from '../codec.ts'
import { fieldNames, readFields, without } from '../gemini/request/fields.ts'
import { embeddedPart } from '../gemini-embeddings/part.ts'
import { EMBEDDING_TASKS } from '../gemini-embeddings/tasks.ts'
import { warnOfInputType } from '../openai-embeddings/embedded-texts.ts'

const OWN = new Set([
  'model',
  'input',
  'dimensions',
  'encoding_format',
  'user',
  'metadata',
  'input_type',
  'task_type',
  'title',
])
/** What goes under `parameters`, in LiteLLM's spelling and Google's. */
const PARAMETERS = fieldNames('autoTruncate', 'outputDimensionality', 'dimension')

/** Settings every text of a request shares. */
interface Settings {
  readonly task: string | undefined
  readonly title: string | undefined
  readonly parameters: JsonObject
  /** Whatever else was asked for, as it was. */
  readonly rest: JsonObject
}

/** Texts → `:predict`. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
export function encodeTexts(request: EmbeddingRequest): WireRequest {
  const { task, title, parameters, rest } = settingsOf(request, 'outputDimensionality')
  const instances = textsOf(request.input).map(content => ({
    content,
    ...(task !== undefined && { task_type: task }),
    ...(title !== undefined && { title }),
  }))
  return { body: { instances, ...(Object.keys(parameters).length > 0 && { parameters }), ...rest } }
}

/** Texts → `:predict` of a tuned model's endpoint. */
export function encodeTunedTexts(request: EmbeddingRequest, info: CallInfo): WireRequest {
  warnOfInputType(request, info)
  const { parameters, rest } = settingsOf(request, 'outputDimensionality')
  const instances = textsOf(request.input).map(inputs => ({ inputs }))
  return { body: { instances, ...(Object.keys(parameters).length > 0 && { parameters }), ...rest } }
}

/** One text or file → `:embedContent`, which takes one. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini-embeddings-api */
export function encodeContent(request: EmbeddingRequest, index = 0): WireRequest {
  const part = embeddedPart(textsOf(request.input)[index] as string)
  const { task, title, parameters, rest } = settingsOf(request, 'outputDimensionality')
  const config = {
    ...(task !== undefined && { taskType: task }),
    ...(title !== undefined && { title }),
    ...parameters,
  }
  return {
    body: {
      content: { parts: [part] },
      ...(Object.keys(config).length > 0 && { embedContentConfig: config }),
      ...rest,
    },
  }
}

/**
 * Texts, pictures and videos → `:predict`, one instance each. A text is a picture when it is a `data:` URI, and a file
 * of Google Cloud Storage when it begins with `gs://`; objects are instances already.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/multimodal-embeddings-api
 */
export function encodeMedia(request: EmbeddingRequest, info: CallInfo): WireRequest {
  warnOfInputType(request, info)
  const { parameters, rest } = settingsOf(request, 'dimension')
  const input: unknown = request.input
  const list: unknown[] = Array.isArray(input) ? (input as unknown[]) : [input]
  const instances = list.map((item, index) => instanceOf(item, index))
  return { body: { instances, ...(Object.keys(parameters).length > 0 && { parameters }), ...rest } }
}

function instanceOf(item: unknown, index: number): JsonObject {
  if (isJsonObject(item)) return item
  const path = `input[${index}]`
  if (typeof item !== 'string' || item === '')
    throw badRequest(
      `${path}: must be a text, a gs:// address, a data: URI of a picture or an instance.`,
      path,
    )
  if (item.startsWith('gs://')) {
    const isVideo = /\.(mp4|mov|avi|mpeg|mpg|webm|wmv|flv|mkv)$/i.test(item)
    return isVideo ? { video: { gcsUri: item } } : { image: { gcsUri: item } }
  }
  if (!item.startsWith('data:image/')) return { text: item }
  const mark = item.indexOf(';base64,')
  if (mark < 0) throw badRequest(`${path}: a picture's data: URI must be in base64.`, path)
  return { image: { bytesBase64Encoded: item.slice(mark + 8), mimeType: item.slice(5, mark) } }
}

function settingsOf(request: EmbeddingRequest, dimensions: string): Settings {
  const extras = readFields(without(request, OWN), PARAMETERS)
  const given = isJsonObject(extras.parameters) ? extras.parameters : {}
  const named = Object.entries(extras).filter(([key]) => PARAMETERS.has(key))
  const rest = Object.entries(extras).filter(([key]) => !PARAMETERS.has(key) && key !== 'parameters')
  const type = request.task_type ?? request.input_type
  return {
    task: typeof type === 'string' ? (EMBEDDING_TASKS.get(type) ?? type) : undefined,
    title: typeof request.title === 'string' ? request.title : undefined,
    parameters: {
      ...(request.dimensions != null && { [dimensions]: request.dimensions }),
      ...Object.fromEntries(named),
      ...given,
    },
    rest: Object.fromEntries(rest),
  }
}

function textsOf(input: unknown): string[] {
  const list: unknown[] = Array.isArray(input) ? (input as unknown[]) : [input]
  if (list.length === 0) throw badRequest('input: must hold at least one text.', 'input')
  return list.map((text, index) => {
    if (typeof text === 'string') return text
    const path = Array.isArray(input) ? `input[${index}]` : 'input'
    throw badRequest(`${path}: Vertex AI embeds text, not tokens. Send the text itself.`, path)
  })
}
