import { badRequest } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import { isJsonObject, type JsonObject, wordOf } from '../../types/json.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import type { OpenaiEmbeddingsOptions } from './options.ts'

/** `encoding_format: null` broke a server that checks strictly; OpenAI treats null as absent. */
export function encodeRequest(
  request: EmbeddingRequest,
  info: CallInfo,
  options: OpenaiEmbeddingsOptions,
): WireRequest {
  if (options.tokens === false) refuseTokens(request.input, info)
  const body: JsonObject = {}
  for (const key in request) if (request[key] !== null) body[nameOf(key, options) ?? key] = request[key]
  body.model = info.model
  // Without the parameter numbers come, and a client that asked for base64 gets it from us.
  if (options.encodingFormat === false) dropFormat(body, info)
  const { image } = options
  if (image && Array.isArray(body.input))
    body.input = (body.input as unknown[]).map(item =>
      typeof item === 'string' && isImage(item) ? image(item) : item,
    )
  else if (image && typeof body.input === 'string' && isImage(body.input)) body.input = [image(body.input)]
  return { body }
}

function dropFormat(body: JsonObject, info: CallInfo): void {
  const { encoding_format: format } = body
  delete body.encoding_format
  if (format === undefined || format === 'float' || format === 'base64') return
  info.warn({
    action: 'dropped',
    param: 'encoding_format',
    reason: `this provider has no "${wordOf(format)}"`,
  })
}

function nameOf(key: string, { dimensions, encodingFormat }: OpenaiEmbeddingsOptions): string | undefined {
  const name = key === 'dimensions' ? dimensions : key === 'encoding_format' ? encodingFormat : undefined
  return name || undefined
}

/** A text that is the address of a picture, or the picture itself. */
function isImage(text: string): boolean {
  return text.startsWith('data:image/')
}

function refuseTokens(input: unknown, { deployment }: CallInfo): void {
  const [first] = Array.isArray(input) ? (input as unknown[]) : []
  if (typeof first !== 'number' && !Array.isArray(first)) return
  throw badRequest(
    `input: ${deployment.provider} takes texts, not tokens. Send the texts; clients that cut texts into tokens by ` +
      'themselves have a switch for it (LangChain: check_embedding_ctx_length=False).',
    'input',
  )
}

export function decodeRequest(body: unknown, info: InboundInfo): EmbeddingRequest {
  if (!isJsonObject(body)) throw badRequest('The request body must be a JSON object.')
  const model = info.model ?? body.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  const { input } = body
  const filled = typeof input === 'string' ? input !== '' : Array.isArray(input) && input.length > 0
  if (!filled)
    throw badRequest('input: must be a non-empty string, or a non-empty array of strings or tokens.', 'input')
  return info.model === undefined ? (body as EmbeddingRequest) : ({ ...body, model } as EmbeddingRequest)
}
