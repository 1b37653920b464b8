import { badRequest, createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, wordOf } from '../../types/json.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { without } from '../gemini/request/fields.ts'
import { decodeError } from '../openai-chat/errors/errors.ts'

const OWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'metadata', 'input_type'])

/**
 * Hugging Face's feature extraction: texts in, vectors out, nothing else. Options (`normalize`, `truncate`,
 * `prompt_name`) are copied as they are. Source: https://huggingface.co/docs/inference-providers/tasks/feature-extraction
 */
export const featureExtraction: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'feature-extraction',
  framing: 'sse',
  upstream: {
    params: new Set(['encoding_format', 'dimensions']),
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}

function encodeRequest(request: EmbeddingRequest): WireRequest {
  const inputs: unknown[] = Array.isArray(request.input) ? request.input : [request.input]
  for (const [index, text] of inputs.entries())
    if (typeof text !== 'string') {
      const path = Array.isArray(request.input) ? `input[${index}]` : 'input'
      throw badRequest(`${path}: Hugging Face embeds text, not tokens. Send the text itself.`, path)
    }
  const type = request.input_type
  if (type != null && type !== 'feature-extraction')
    throw badRequest(
      `input_type: "${wordOf(type)}" answers something else than embeddings. Leave it out, or use feature-extraction.`,
      'input_type',
    )
  const { dimensions } = request
  return { body: { inputs, ...(dimensions != null && { dimensions }), ...without(request, OWN) } }
}

/** One vector a text; models without pooling answer one a token, of which the first stands for the text. */
function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  if (!isJsonArray(body) || body.length === 0) throw brokenReply(info)
  const vectors = typeof body[0] === 'number' ? [body] : body
  return {
    object: 'list',
    model: info.model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: pooled(vector, index, info),
    })),
  }
}

function pooled(vector: unknown, index: number, info: CallInfo): number[] {
  if (!isJsonArray(vector)) throw brokenReply(info)
  const [first] = vector
  if (typeof first === 'number') return vector as number[]
  if (index === 0)
    info.warn({
      action: 'approximated',
      param: 'input',
      reason: 'this model answers a vector for each token; the first stands for the text',
    })
  return pooled(first, 1, info)
}

function brokenReply(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider answered an embedding request without vectors.',
    provider: info.deployment.provider,
    model: info.model,
  })
}
