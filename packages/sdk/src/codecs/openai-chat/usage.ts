import { isJsonObject } from '../../types/json.ts'
import type { Usage } from '../../types/usage.ts'

/** Reads usage as OpenAI and its dialects report it; `undefined` when absent or not numbers. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isJsonObject(value) || typeof value.prompt_tokens !== 'number') return undefined
  const usage = value as Usage
  usage.completion_tokens ??= 0
  usage.total_tokens ??= usage.prompt_tokens + usage.completion_tokens
  // DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
  readCacheReads(usage, value.prompt_cache_hit_tokens)
  // Moonshot and Together: https://platform.moonshot.ai/docs/api/chat
  readCacheReads(usage, value.cached_tokens)
  return usage
}

function readCacheReads(usage: Usage, tokens: unknown): void {
  if (typeof tokens !== 'number' || typeof usage.prompt_tokens_details?.cached_tokens === 'number') return
  usage.prompt_tokens_details = { ...usage.prompt_tokens_details, cached_tokens: tokens }
}
