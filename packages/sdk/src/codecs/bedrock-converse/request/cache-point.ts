import type { CacheControl } from '../../../types/chat.ts'
import { isJsonObject } from '../../../types/json.ts'
import type { Block, EncodeContext } from './context.ts'

/**
 * A mark that the prompt up to here may be cached; none where the model has no cache.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function encodeCachePoint(
  control: CacheControl | null | undefined,
  place: 'prompt' | 'tools',
  at: string,
  { traits, claude, info }: EncodeContext,
): Block[] {
  if (control == null) return []
  const param = `${at}.cache_control`
  if (traits.caching === 'none' || (place === 'tools' && traits.caching === 'prompts')) {
    const what = place === 'tools' ? 'tools' : 'prompts'
    info.warn({ action: 'dropped', param, reason: `this model has no cache for ${what}` })
    return []
  }
  const { ttl } = control
  if (ttl === undefined || ttl === '5m') return [{ cachePoint: { type: 'default' } }]
  // The hour came with the generation that has structured output.
  if (traits.reasoning === 'claude' && claude.traits.jsonSchema === 'native')
    return [{ cachePoint: { type: 'default', ttl } }]
  info.warn({
    action: 'approximated',
    param: `${param}.ttl`,
    reason: 'this model keeps prompts for five minutes',
  })
  return [{ cachePoint: { type: 'default' } }]
}

/** `cachePoint` → the hub's mark; `undefined` for other blocks. */
export function decodeCachePoint(block: Block): CacheControl | undefined {
  const point = block.cachePoint
  if (!isJsonObject(point)) return undefined
  return { type: 'ephemeral', ...(typeof point.ttl === 'string' && { ttl: point.ttl }) }
}
