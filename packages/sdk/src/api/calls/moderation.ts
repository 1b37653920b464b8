import type { ModerationRequest, ModerationResponse } from '../../types/moderation.ts'
import type { WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'

/**
 * Judges texts and images by categories of harm, in OpenAI's shape.
 *
 * @param request `model` may be left out: OpenAI's `omni-moderation-latest`.
 *
 * @example
 * const { results } = await moderation({ input: 'I will find you' })
 * console.log(results[0]?.flagged)
 */
export async function moderation(
  request: Omit<ModerationRequest, 'model'> & Partial<Pick<ModerationRequest, 'model'>>,
  options: RunOptions = {},
): Promise<WithFacts<ModerationResponse>> {
  const asked = { ...request, model: request.model ?? 'openai/omni-moderation-latest' } as ModerationRequest
  return (await run('moderation', asked, options, 'openai-moderations')) as WithFacts<ModerationResponse>
}
