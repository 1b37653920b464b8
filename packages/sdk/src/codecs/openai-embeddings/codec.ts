import { createError } from '../../errors.ts'
import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import type { OpenaiEmbeddingsOptions } from './options.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeResponse, encodeResponse, usageOfReply } from './response.ts'

/** OpenAI's embeddings at a provider that differs as `options` say: replies are read, whatever it made of `encoding_format`. */
export function openaiEmbeddingsWith(options: OpenaiEmbeddingsOptions): Codec<'embedding'> {
  return {
    endpoint: 'embedding',
    format: 'openai-embeddings',
    framing: 'sse',
    upstream: {
      params: new Set([
        ...(options.dimensions === false ? [] : ['dimensions']),
        ...['encoding_format', 'user'],
      ]),
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse: (body, info) => decodeResponse(body, info, options),
      decodeError,
    },
    inbound: { decodeRequest, encodeResponse, encodeError },
  }
}

const relay = {
  sameHub: true,
  modelKey: 'model',
  tap() {
    throw createError({ kind: 'internal', message: 'Embeddings do not stream.' })
  },
  usage: usageOfReply,
} as const satisfies Codec['relay']

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create */
export const openaiEmbeddings: Codec<'embedding'> = { ...openaiEmbeddingsWith({}), relay }

/** As most compatible servers have them: of texts, not of tokens. */
export const textEmbeddings: Codec<'embedding'> = openaiEmbeddingsWith({ tokens: false })
