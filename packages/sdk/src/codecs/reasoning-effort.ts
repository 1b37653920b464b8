import type { ReasoningEffort, Thinking } from '../types/chat.ts'

/**
 * LiteLLM's thinking budgets per reasoning effort, in tokens: how "effort" (OpenAI) and "budget" (Anthropic, Gemini)
 * stand for each other.
 */
export const EFFORT_BUDGETS: Readonly<Record<string, number>> = {
  minimal: 128,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16384,
}

/** The effort whose budget is nearest below `thinking`'s; `undefined` when thinking is off or leaves it open. */
export function effortOfThinking(thinking: Thinking): ReasoningEffort | undefined {
  if (thinking.type === 'disabled') return undefined
  const budget = thinking.budget_tokens
  if (typeof budget !== 'number') return 'medium'
  if (budget >= 4096) return 'high'
  if (budget >= 2048) return 'medium'
  return budget >= 1024 ? 'low' : 'minimal'
}
