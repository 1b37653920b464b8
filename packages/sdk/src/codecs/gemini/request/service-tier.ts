import type { ChatRequest } from '../../../types/chat.ts'
import type { CallInfo } from '../../codec.ts'

/** OpenAI's service tiers ↔ Gemini's. Source: https://ai.google.dev/gemini-api/docs/flex-inference */
const TIERS: ReadonlyMap<unknown, string> = new Map([
  ['default', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

/** `service_tier` → `serviceTier`; `auto` leaves it to Google. */
export function encodeServiceTier({ service_tier: asked }: ChatRequest, info: CallInfo): string | undefined {
  const tier = TIERS.get(asked)
  if (tier === undefined && asked != null && asked !== 'auto')
    info.warn({ action: 'dropped', param: 'service_tier', reason: 'Gemini has default, flex and priority' })
  return tier
}

/** Gemini's tier in OpenAI's word. */
export function decodeServiceTier(tier: unknown): string | undefined {
  const [known] = [...TIERS].find(([, name]) => name === tier) ?? []
  return typeof known === 'string' ? known : undefined
}
