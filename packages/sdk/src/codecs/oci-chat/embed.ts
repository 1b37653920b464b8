import { createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { isDataUri } from '../media/data-uri.ts'
import { addressed } from './body.ts'
import { decodeError } from './errors.ts'
import { settleUsage } from './reply.ts'

const OWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'metadata', 'input_type'])

/** Texts as vectors. Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/EmbedTextResult/EmbedText */
export const ociEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'oci-embed-text',
  framing: 'sse',
  upstream: {
    params: new Set(['dimensions', 'encoding_format']),
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}

function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  const inputs: unknown[] = Array.isArray(request.input) ? request.input : [request.input]
  if (!inputs.every(input => typeof input === 'string'))
    throw createError({
      kind: 'unsupported_params',
      message: 'input: Oracle embeds texts, not tokens. Send a string or a list of strings.',
      param: 'input',
    })
  const { dimensions, input_type: asked } = request
  // Pictures must be said to be such: https://docs.oracle.com/en-us/iaas/Content/generative-ai/use-playground-embed.htm
  const use = asked ?? (inputs.length > 0 && inputs.every(isDataUri) ? 'IMAGE' : undefined)
  const details = {
    inputs,
    ...(dimensions != null && { outputDimensions: dimensions }),
    ...(typeof use === 'string' && { inputType: use.toUpperCase() }),
    ...without(request, OWN),
  }
  return { body: addressed(details, info) }
}

function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonObject(body) || !isJsonArray(body.embeddings))
    throw createError({
      kind: 'bad_gateway',
      message: 'The provider answered an embedding request without "embeddings".',
      provider: info.deployment.provider,
      model: info.model,
    })
  const prompt = settleUsage(body.usage)?.prompt_tokens
  return {
    object: 'list',
    model: info.model,
    data: body.embeddings.map((embedding, index) => ({
      object: 'embedding',
      index,
      embedding: embedding as number[],
    })),
    ...(typeof prompt === 'number' && { usage: { prompt_tokens: prompt, total_tokens: prompt } }),
  }
}
