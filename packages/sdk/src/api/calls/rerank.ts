import { completed } from '../../codecs/rerank/response.ts'
import type { RerankRequest, RerankResponse } from '../../types/rerank.ts'
import { type WithFacts, withFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

/**
 * Sorts documents by how well they answer a query, in Cohere's shape.
 *
 * @example
 * const { results } = await rerank({ model: 'cohere/rerank-v3.5', query: 'capital of France', documents: ['Paris', 'Rome'] })
 * console.log(results[0]?.index, results[0]?.relevance_score)
 */
export async function rerank(
  request: RerankRequest,
  options: RunOptions = {},
): Promise<WithFacts<RerankResponse>> {
  const reply = (await run('rerank', request, options, 'rerank')) as WithFacts<RerankResponse>
  return withFacts(completed(reply, request), reply.sluice)
}
