import { createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { embeddedTexts, warnOfInputType } from '../openai-embeddings/embedded-texts.ts'
import { addressed } from './body.ts'
import { decodeError } from './errors.ts'

const OWN = new Set([
  ...['model', 'input', 'encoding_format', 'user', 'metadata', 'input_type', 'parameters'],
  ...['project_id', 'space_id'],
])

/** IBM's embeddings. Source: https://cloud.ibm.com/apidocs/watsonx-ai#text-embeddings */
export const watsonxEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'watsonx-embeddings',
  framing: 'sse',
  upstream: { params: new Set(['encoding_format']), encodeRequest, decodeResponse, decodeError },
}

function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  warnOfInputType(request, info)
  const inputs = embeddedTexts(request.input, 'watsonx')
  const { project_id, space_id } = request
  const parameters = {
    ...without(request, OWN),
    ...(isJsonObject(request.parameters) && request.parameters),
  }
  const body = {
    inputs,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(project_id !== undefined && { project_id }),
    ...(space_id !== undefined && { space_id }),
  }
  return { body: addressed(body, info) }
}

function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonObject(body) || !isJsonArray(body.results))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "results".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { input_token_count: tokens } = body
  return {
    object: 'list',
    model: info.model,
    data: body.results.filter(isJsonObject).map(({ embedding }, index) => ({
      object: 'embedding',
      index,
      embedding: embedding as number[],
    })),
    ...(typeof tokens === 'number' && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}
