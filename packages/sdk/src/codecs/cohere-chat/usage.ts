import { isJsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'

/**
 * Cohere's usage → the hub's. `tokens` counts what the model read and wrote; `billed_units`, which leaves out Cohere's
 * own prompt, is kept beside it. Source: https://docs.cohere.com/docs/how-does-cohere-pricing-work
 */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value)) return undefined
  const { billed_units: billed, tokens, cached_tokens: cached, ...others } = value
  const counted = isJsonObject(tokens) ? tokens : isJsonObject(billed) ? billed : undefined
  if (counted === undefined) return undefined
  const { input_tokens: input, output_tokens: output } = counted
  if (typeof input !== 'number' && typeof output !== 'number') return undefined
  const prompt = typeof input === 'number' ? input : 0
  const completion = typeof output === 'number' ? output : 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(typeof cached === 'number' && cached > 0 && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(isJsonObject(billed) && { billed_units: billed }),
    ...others,
  }
}
