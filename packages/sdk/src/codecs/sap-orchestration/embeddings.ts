import { createError } from '../../errors.ts'
import type { EmbeddingRequest } from '../../types/embedding.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { openaiEmbeddings } from '../openai-embeddings/codec.ts'
import { decodeError } from './errors.ts'

const OWN = new Set([
  ...[
    'model',
    'input',
    'dimensions',
    'encoding_format',
    'user',
    'metadata',
    'input_type',
    'masking',
    'model_version',
  ],
])

/** Embeddings through the orchestration. Source: https://help.sap.com/docs/sap-ai-core/generative-ai/embeddings */
export const sapEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'sap-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format']),
    encodeRequest,
    decodeResponse: (body, info) =>
      openaiEmbeddings.upstream.decodeResponse(isJsonObject(body) ? (body.final_result ?? body) : body, info),
    decodeError: (status, body) =>
      decodeError(status, body) ?? openaiEmbeddings.upstream.decodeError?.(status, body),
  },
}

function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  const {
    input,
    dimensions,
    encoding_format: format,
    input_type: use,
    masking,
    model_version: version,
  } = request
  const texts: unknown[] = Array.isArray(input) ? input : [input]
  if (!texts.every(text => typeof text === 'string'))
    throw createError({
      kind: 'unsupported_params',
      message: 'input: SAP AI Core embeds texts, not tokens. Send a string or a list of strings.',
      param: 'input',
    })
  const params = {
    ...(dimensions != null && { dimensions }),
    ...(format != null && { encoding_format: format }),
    ...without(request, OWN),
  }
  const model = {
    name: info.model,
    ...(typeof version === 'string' && { version }),
    ...(Object.keys(params).length > 0 && { params }),
  }
  return {
    body: {
      config: { modules: { embeddings: { model }, ...(masking !== undefined && { masking }) } },
      input: { text: input, ...(typeof use === 'string' && { type: use }) },
    },
  }
}
