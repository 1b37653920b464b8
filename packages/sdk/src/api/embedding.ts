import type { EmbeddingRequest, EmbeddingResponse } from '../types/embedding.ts'
import type { WithFacts } from './result.ts'
import { type RunOptions, run } from './run.ts'

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
  return (await run('embedding', request, options, 'openai-embeddings')) as WithFacts<EmbeddingResponse>
}
