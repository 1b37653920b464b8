import { isJsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'

/** Reads usage as OpenAI and its dialects report it; `undefined` when absent or not numbers. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value) || typeof value.prompt_tokens !== 'number') return undefined
  const usage = value as Usage
  usage.completion_tokens ??= 0
  usage.total_tokens ??= usage.prompt_tokens + usage.completion_tokens
  // DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
  const hit = value.prompt_cache_hit_tokens
  if (typeof hit === 'number' && usage.prompt_tokens_details?.cached_tokens === undefined)
    usage.prompt_tokens_details = { ...usage.prompt_tokens_details, cached_tokens: hit }
  return usage
}
