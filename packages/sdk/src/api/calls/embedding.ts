import { encodeResponse } from '../../codecs/openai-embeddings/response.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../types/embedding.ts'
import { type WithFacts, withFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

/**
 * Turns texts into vectors, in OpenAI's shape.
 *
 * @example
 * const { data } = await embedding({ model: 'openai/text-embedding-3-small', input: ['hello', 'world'] })
 */
export async function embedding(
  request: EmbeddingRequest,
  options: RunOptions = {},
): Promise<WithFacts<EmbeddingResponse>> {
  const reply = await run('embedding', request, options, 'openai-embeddings')
  return asAsked(reply as WithFacts<EmbeddingResponse>, request)
}

/** Base64 where it was asked for, though many providers answer numbers. */
function asAsked(
  reply: WithFacts<EmbeddingResponse>,
  request: EmbeddingRequest,
): WithFacts<EmbeddingResponse> {
  if (request.encoding_format !== 'base64') return reply
  return withFacts({ ...reply, data: encodeResponse(reply, request).data }, reply.sluice)
}
