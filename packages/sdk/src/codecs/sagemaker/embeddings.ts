import { badRequest, createError } from '../../errors.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'
import { extrasOf } from '../anthropic-messages/request/context.ts'
import { decodeAwsError } from '../aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { withComponent } from './parts.ts'

const HANDLED = new Set([
  'model',
  'input',
  'encoding_format',
  'dimensions',
  'user',
  'metadata',
  'hf_model_name',
])

/** JumpStart's containers take `text_inputs`; Hugging Face's and Voyage's, which say so in their names, other keys. */
export const sagemakerEmbeddings: Codec<'embedding'> = {
  endpoint: 'embedding',
  format: 'sagemaker-embeddings',
  framing: 'sse',
  upstream: {
    params: new Set(['encoding_format', 'metadata']),
    encodeRequest: (request, info) => withComponent(encodeRequest(request, info), info),
    decodeResponse,
    decodeError: decodeAwsError,
  },
}

function encodeRequest(request: EmbeddingRequest, info: CallInfo): WireRequest {
  const inputs: unknown[] = isJsonArray(request.input) ? request.input : [request.input]
  for (const [index, text] of inputs.entries())
    if (typeof text !== 'string')
      throw badRequest(
        `input[${index}]: this provider embeds text, not tokens. Send the text itself.`,
        'input',
      )
  const name = info.model.toLowerCase()
  const key = name.includes('voyage') ? 'input' : /huggingface|hf-|tei/.test(name) ? 'inputs' : 'text_inputs'
  return { body: { [key]: inputs, ...extrasOf(request, HANDLED) } }
}

function decodeResponse(body: unknown, info: CallInfo): EmbeddingResponse {
  const vectors = vectorsOf(body)
  const tokens = tokensOf(body)
  if (vectors === undefined || vectors.length === 0 || !vectors.every(isJsonArray))
    throw createError({
      kind: 'bad_gateway',
      message: 'The endpoint answered an embedding request without vectors.',
      provider: info.deployment.provider,
      model: info.model,
    })
  return {
    object: 'list',
    model: info.model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: vector as number[],
    })),
    ...(tokens !== undefined && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

/** Told by containers of OpenAI's shape only. */
function tokensOf(body: unknown): number | undefined {
  const { total_tokens: tokens } = isJsonObject(body) && isJsonObject(body.usage) ? body.usage : {}
  return typeof tokens === 'number' ? tokens : undefined
}

function vectorsOf(body: unknown): readonly unknown[] | undefined {
  if (isJsonArray(body)) return typeof body[0] === 'number' ? [body] : body
  if (!isJsonObject(body)) return undefined
  const { embedding, embeddings, data } = body
  if (isJsonArray(embeddings)) return embeddings
  if (isJsonArray(embedding)) return typeof embedding[0] === 'number' ? [embedding] : embedding
  return isJsonArray(data) ? data.flatMap(item => (isJsonObject(item) ? [item.embedding] : [])) : undefined
}
