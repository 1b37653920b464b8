import { badRequest, createError } from '../../errors.ts'
import type { ChatRequest } from '../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { fieldNames, readFields } from './request/fields.ts'
import { resourceName } from './request/model-family.ts'
import { decodeRequest, encodeRequest } from './request/request.ts'

const COUNT_FIELDS = fieldNames('generateContentRequest')

/** Hub request → the body of `:countTokens`. Source: https://ai.google.dev/api/tokens#method:-models.counttokens */
export function encodeCountTokens(request: ChatRequest, info: CallInfo): JsonObject {
  const { body } = encodeRequest(request, info)
  return { generateContentRequest: { model: resourceName(info.model), ...body } }
}

/** The answer of `:countTokens` → tokens of the prompt. Throws `BadGatewayError` when it names none. */
export function decodeCountTokens(body: unknown): number {
  if (isJsonObject(body) && typeof body.totalTokens === 'number') return body.totalTokens
  throw createError({ kind: 'bad_gateway', message: 'The provider counted tokens without "totalTokens".' })
}

/** The body of a client's `:countTokens` → the hub request to count. Throws `BadRequestError`. */
export function decodeCountTokensRequest(body: unknown, info: InboundInfo): ChatRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const { generateContentRequest, ...plain } = readFields(body, COUNT_FIELDS)
  return decodeRequest(generateContentRequest ?? plain, info)
}

/** Tokens → the answer a Gemini client expects. */
export function encodeCountTokensResponse(totalTokens: number): JsonObject {
  return { totalTokens }
}
