import { badRequest } from '../../../errors.ts'
import type { ChatRequest, ResponseFormat } from '../../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { stopTexts } from '../../stop-texts.ts'
import { expectArray, expectObject, expectString, fieldNames, readFields, without } from './fields.ts'
import { takesJsonSchema } from './model-family.ts'
import { decodeSchema, encodeSchema } from './schema.ts'
import { decodeThinking, encodeThinking } from './thinking.ts'

/** Numbers with the same meaning on both sides: hub name → Gemini name. */
const NUMBERS: readonly (readonly [string, string])[] = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['n', 'candidateCount'],
  ['seed', 'seed'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['top_logprobs', 'logprobs'],
]
/** Source: https://ai.google.dev/api/generate-content#generationconfig */
export const CONFIG_FIELDS = fieldNames(
  ...NUMBERS.map(([, name]) => name),
  'maxOutputTokens',
  'stopSequences',
  'responseLogprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
  'speechConfig',
  'imageConfig',
  'mediaResolution',
  'audioTimestamp',
  'audioTranscriptionConfig',
  'enableAffectiveDialog',
  'enableEnhancedCivicAnswers',
  'routingConfig',
  'modelSelectionConfig',
  'responseFormat',
  'translationConfig',
)
/** What the hub says in its own words; the rest of a config travels under its own name. */
const SPOKEN = new Set([
  ...NUMBERS.map(([, name]) => name),
  'maxOutputTokens',
  'stopSequences',
  'responseLogprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
])

/**
 * Hub parameters → `generationConfig`. `native`: fields the caller already wrote in Gemini's words; they win, but for
 * what bounds the price: budgets were reserved by the hub's limit.
 */
export function encodeGenerationConfig(
  request: ChatRequest,
  native: JsonObject,
  info: CallInfo,
): JsonObject | undefined {
  const config: JsonObject = {}
  for (const [key, name] of NUMBERS) if (request[key] != null) config[name] = request[key]
  const limit = request.max_completion_tokens ?? request.max_tokens
  if (limit != null) config.maxOutputTokens = limit
  const stops = stopTexts(request.stop, info)
  if (stops) config.stopSequences = stops
  if (request.logprobs != null) config.responseLogprobs = request.logprobs
  if (request.modalities != null)
    config.responseModalities = request.modalities.map(modality => String(modality).toUpperCase())
  if (isJsonObject(request.audio)) encodeAudio(request.audio, config, info)
  if (request.response_format != null) encodeResponseFormat(request.response_format, config, info)
  const thinking = encodeThinking(request, info)
  if (thinking) config.thinkingConfig = thinking
  const joined = { ...config, ...native }
  if (limit != null) joined.maxOutputTokens = limit
  if (native.candidateCount !== undefined && native.candidateCount !== config.candidateCount) {
    info.warn({ action: 'ignored', param: 'generationConfig.candidateCount', reason: 'it is written as n' })
    if (config.candidateCount === undefined) delete joined.candidateCount
    else joined.candidateCount = config.candidateCount
  }
  return Object.keys(joined).length > 0 ? joined : undefined
}

/** OpenAI's audio output. Source: https://ai.google.dev/gemini-api/docs/speech-generation */
function encodeAudio(audio: JsonObject, config: JsonObject, info: CallInfo): void {
  if (typeof audio.voice === 'string')
    config.speechConfig = { voiceConfig: { prebuiltVoiceConfig: { voiceName: audio.voice } } }
  if (audio.format != null && audio.format !== 'pcm16')
    info.warn({ action: 'ignored', param: 'audio.format', reason: 'Gemini answers 16 bit PCM' })
  const modalities = isJsonArray(config.responseModalities) ? config.responseModalities : []
  if (!modalities.includes('AUDIO')) config.responseModalities = [...modalities, 'AUDIO']
}

function encodeResponseFormat(format: ResponseFormat, config: JsonObject, info: CallInfo): void {
  if (format.type === 'text') return
  if (format.type !== 'json_object' && format.type !== 'json_schema')
    throw badRequest(
      'response_format.type: must be "text", "json_object" or "json_schema".',
      'response_format.type',
    )
  config.responseMimeType = 'application/json'
  if (format.type === 'json_object') return
  const path = 'response_format.json_schema'
  const given = expectObject(format.json_schema, path)
  if (given.schema == null) return
  const schema = expectObject(given.schema, `${path}.schema`)
  const described =
    typeof given.description === 'string' ? { description: given.description, ...schema } : schema
  if (takesJsonSchema(info.model)) config.responseJsonSchema = described
  else config.responseSchema = encodeSchema(described, `${path}.schema`, info.warn)
}

/** `generationConfig` → hub parameters; what only Gemini knows stays under its own name. */
export function decodeGenerationConfig(value: unknown): JsonObject {
  if (value == null) return {}
  const path = 'generationConfig'
  const config = readFields(expectObject(value, path), CONFIG_FIELDS)
  const out: JsonObject = {}
  for (const [key, name] of NUMBERS)
    if (config[name] != null) out[key] = expectNumber(config[name], `${path}.${name}`)
  if (config.maxOutputTokens != null)
    out.max_tokens = expectNumber(config.maxOutputTokens, `${path}.maxOutputTokens`)
  if (config.stopSequences != null)
    out.stop = expectArray(config.stopSequences, `${path}.stopSequences`).map((stop, index) =>
      expectString(stop, `${path}.stopSequences[${index}]`),
    )
  if (config.responseLogprobs != null) out.logprobs = config.responseLogprobs === true
  if (config.responseModalities != null)
    out.modalities = expectArray(config.responseModalities, `${path}.responseModalities`).map(modality =>
      String(modality).toLowerCase(),
    )
  Object.assign(
    out,
    decodeResponseFormat(config, path),
    decodeThinking(config.thinkingConfig, `${path}.thinkingConfig`),
  )
  const extras = Object.entries(without(config, SPOKEN))
  const known = extras.filter(([key]) => CONFIG_FIELDS.has(key))
  const unknown = extras.filter(([key]) => !CONFIG_FIELDS.has(key))
  return {
    ...out,
    ...Object.fromEntries(known),
    ...(unknown.length > 0 && { generationConfig: Object.fromEntries(unknown) }),
  }
}

function decodeResponseFormat(config: JsonObject, path: string): JsonObject {
  const type = config.responseMimeType
  const json = config.responseJsonSchema
  const dialect = config.responseSchema
  const schema = isJsonObject(json)
    ? json
    : dialect == null
      ? undefined
      : decodeSchema(expectObject(dialect, `${path}.responseSchema`))
  if (type != null && type !== 'application/json')
    return type === 'text/plain'
      ? {}
      : { responseMimeType: type, ...(dialect != null && { responseSchema: dialect }) }
  if (schema !== undefined)
    return { response_format: { type: 'json_schema', json_schema: { name: 'response', schema } } }
  return type == null ? {} : { response_format: { type: 'json_object' } }
}

function expectNumber(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw badRequest(`${path}: must be a number.`, path)
}
