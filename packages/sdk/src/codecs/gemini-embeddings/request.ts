import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import type { JsonObject } from '../../types/json.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import {
  expectArray,
  expectObject,
  expectString,
  fieldNames,
  readFields,
  without,
} from '../gemini/request/fields.ts'
import { resourceName } from '../gemini/request/model-family.ts'
import { embeddedPart, fileInPart } from './part.ts'
import { EMBEDDING_TASKS } from './tasks.ts'

const OWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'metadata', 'input_type'])
const FIELDS = fieldNames('taskType', 'title', 'outputDimensionality')

/** Hub request → `:batchEmbedContents`, one request per text. */
export function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  const type = request.input_type
  const settings = {
    ...(request.dimensions != null && { outputDimensionality: request.dimensions }),
    ...(typeof type === 'string' && { taskType: EMBEDDING_TASKS.get(type) ?? type }),
    ...readFields(without(request, OWN), FIELDS),
  }
  const requests = textsOf(request.input).map(text => ({
    model: resourceName(info.model),
    content: { parts: [embeddedPart(text)] },
    ...settings,
  }))
  return { body: { requests } }
}

function textsOf(input: unknown): string[] {
  const list: unknown[] = Array.isArray(input) ? input : [input]
  if (list.length === 0) throw badRequest('input: must hold at least one text.', 'input')
  return list.map((text, index) => {
    if (typeof text === 'string') return text
    const path = Array.isArray(input) ? `input[${index}]` : 'input'
    throw badRequest(`${path}: Gemini embeds text, not tokens. Send the text itself.`, path)
  })
}

const BODY_FIELDS = fieldNames('content', 'requests', 'taskType', 'title', 'outputDimensionality')

/** `:batchEmbedContents` (`requests`) or `:embedContent` (`content`) → hub request. */
export function decodeRequest(given: unknown, info: InboundInfo): EmbeddingRequest {
  const body = readFields(expectObject(given, 'body'), BODY_FIELDS)
  if (body.requests === undefined) {
    const { input, settings } = decodeOne(body, '')
    return { ...settings, model: modelOf(info, body.model), input }
  }
  const list = expectArray(body.requests, 'requests')
  const requests = list.map((entry, index) => {
    const path = `requests[${index}]`
    return decodeOne(readFields(expectObject(entry, path), BODY_FIELDS), `${path}.`)
  })
  const [first] = requests
  if (first === undefined) throw badRequest('requests: must hold at least one request.', 'requests')
  const wanted = JSON.stringify(first.settings)
  const odd = requests.findIndex(({ settings }) => JSON.stringify(settings) !== wanted)
  if (odd !== -1)
    throw badRequest(
      `requests[${odd}]: must have the same taskType, title and outputDimensionality as requests[0]. Send requests that differ one batch each.`,
      `requests[${odd}]`,
    )
  return { ...first.settings, model: modelOf(info, first.model), input: requests.map(({ input }) => input) }
}

function decodeOne(
  request: JsonObject,
  prefix: string,
): { input: string; model: unknown; settings: JsonObject } {
  const { model, content, outputDimensionality, ...rest } = request
  const path = `${prefix}content`
  const parts = expectArray(expectObject(content, path).parts, `${path}.parts`)
  const texts = parts.map((part, index) => {
    const at = `${path}.parts[${index}]`
    const given = expectObject(part, at)
    const file = fileInPart(given, at)
    if (file !== undefined && parts.length > 1)
      throw badRequest(`${at}: a file must be the only part here. Send one request for each.`, at)
    return file ?? expectString(given.text, `${at}.text`)
  })
  if (texts.length === 0) throw badRequest(`${path}.parts: must hold at least one part.`, `${path}.parts`)
  return {
    input: texts.join('\n'),
    model,
    settings: {
      ...rest,
      ...(typeof outputDimensionality === 'number' && { dimensions: outputDimensionality }),
    },
  }
}

function modelOf(info: InboundInfo, given: unknown): string {
  const model = info.model ?? given
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be named in the path: models/{model}:embedContent.', 'model')
  return model
}
