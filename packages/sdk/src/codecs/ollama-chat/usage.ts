import type { JsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'

/** Counts of a finished answer; `undefined` when one is missing: a prompt that was cached whole is not counted. */
export function decodeUsage({
  prompt_eval_count: prompt,
  eval_count: completion,
}: JsonObject): Usage | undefined {
  if (typeof prompt !== 'number' || typeof completion !== 'number') return undefined
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}
