import { createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../ollama-chat/errors.ts'
import { withOptions } from '../ollama-chat/request.ts'
import { embeddedTexts, warnOfInputType } from '../openai-embeddings/embedded-texts.ts'

const OWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'metadata', 'input_type'])

/** Ollama's own embeddings. Source: https://docs.ollama.com/api/embed */
export const ollamaEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'ollama-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format']),
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}

function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  warnOfInputType(request, info)
  const list = embeddedTexts(request.input, 'Ollama')
  const body = {
    model: info.model,
    input: list,
    ...(request.dimensions != null && { dimensions: request.dimensions }),
  }
  return { body: withOptions(body, request, OWN, info) }
}

function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  const vectors = isJsonObject(body) ? body.embeddings : undefined
  if (!isJsonObject(body) || !isJsonArray(vectors))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "embeddings".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const { prompt_eval_count: tokens } = body
  return {
    object: 'list',
    model: info.model,
    data: vectors.map((embedding, index) => ({
      object: 'embedding',
      index,
      embedding: embedding as number[],
    })),
    ...(typeof tokens === 'number' && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}
