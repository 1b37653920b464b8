import { badRequest } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { geminiCountTokens } from '../gemini-count-tokens/codec.ts'
import { gemini } from './codec.ts'
import { isFetchedByGoogle } from './request/fetched.ts'
import { FILES_BASE } from './request/media.ts'
import { encodeRequest } from './request/request.ts'

/** Fields that the Gemini API alone has, by where they stand. Source: the vendor's client, `js-genai`. */
const NOT_AT_TOP = ['store']
const NOT_IN_CONFIG = ['enableEnhancedCivicAnswers']
const NOT_IN_TOOL_CONFIG = ['includeServerSideToolInvocations']
const NOT_IN_PARTS = ['toolCall', 'toolResponse', 'partMetadata', 'mediaProcessing']

/** Gemini on Vertex AI: the same format but for a few fields that the Gemini API has for itself. */
export const vertexGemini: Codec<'chat'> = {
  ...gemini,
  upstream: {
    ...gemini.upstream,
    encodeRequest: (request, info) => ({ body: forVertex(encodeRequest(request, info).body, info) }),
    inlines: url => !isFetchedByGoogle(url),
  },
}

/** `:countTokens` takes the request's own fields there. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens */
export const vertexGeminiCountTokens: Codec<'count_tokens'> = {
  ...geminiCountTokens,
  upstream: {
    ...geminiCountTokens.upstream,
    encodeRequest(request, info) {
      const body = forVertex(encodeRequest(request, info).body, info)
      const { contents, systemInstruction, tools, generationConfig } = body
      return {
        body: {
          contents,
          ...(systemInstruction !== undefined && { systemInstruction }),
          ...(tools !== undefined && { tools }),
          ...(generationConfig !== undefined && { generationConfig }),
        },
      }
    },
  },
}

function forVertex(body: JsonObject, info: CallInfo): JsonObject {
  const out = without(body, NOT_AT_TOP, '', info)
  if (isJsonObject(out.toolConfig))
    out.toolConfig = without(out.toolConfig, NOT_IN_TOOL_CONFIG, 'toolConfig.', info)
  if (isJsonObject(out.generationConfig)) {
    const { modelSelectionConfig, ...config } = without(
      out.generationConfig,
      NOT_IN_CONFIG,
      'generationConfig.',
      info,
    )
    out.generationConfig = {
      ...config,
      ...(modelSelectionConfig !== undefined && { modelConfig: modelSelectionConfig }),
    }
  }
  if (isJsonArray(out.contents)) out.contents = out.contents.map((turn, at) => turnFor(turn, at, info))
  return out
}

function turnFor(turn: unknown, at: number, info: CallInfo): unknown {
  if (!isJsonObject(turn) || !isJsonArray(turn.parts)) return turn
  const parts = turn.parts
    .filter(isJsonObject)
    .map((part, index) => checked(part, `contents[${at}].parts[${index}].fileData.fileUri`))
    .map((part, index) => without(part, NOT_IN_PARTS, `contents[${at}].parts[${index}].`, info))
    .filter(part => Object.keys(part).length > 0)
  return { ...turn, parts }
}

function checked(part: JsonObject, path: string): JsonObject {
  const uri = isJsonObject(part.fileData) ? part.fileData.fileUri : undefined
  if (typeof uri !== 'string' || !uri.startsWith(FILES_BASE)) return part
  throw badRequest(
    `${path}: files of the Gemini API cannot be read by Vertex AI. Send a gs:// or https:// address, or the file itself.`,
    path,
  )
}

function without(object: JsonObject, names: readonly string[], path: string, info: CallInfo): JsonObject {
  const out = { ...object }
  for (const name of names)
    if (out[name] !== undefined) {
      info.warn({ action: 'dropped', param: `${path}${name}`, reason: 'Vertex AI has no such field' })
      delete out[name]
    }
  return out
}
