import type { CallInfo } from '../../codecs/codec.ts'
import { EFFORT_BUDGETS } from '../../codecs/reasoning-effort.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'

/** Whether and how much to think, as the caller said it in either of the hub's two ways; `undefined` for not at all. */
export interface ThinkingWish {
  readonly on: boolean
  /** Tokens. */
  readonly budget?: number | undefined
  readonly effort?: string | undefined
}

/** `thinking` wins over `reasoning_effort`. */
export function thinkingWish({ thinking, reasoning_effort: effort }: JsonObject): ThinkingWish | undefined {
  const said = typeof effort === 'string' ? effort : undefined
  if (isJsonObject(thinking)) {
    const budget = typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : undefined
    return { on: thinking.type !== 'disabled', budget, effort: said }
  }
  if (said === undefined) return undefined
  return said === 'none' ? { on: false } : { on: true, budget: EFFORT_BUDGETS[said], effort: said }
}

interface SwitchOptions {
  /** They have a `reasoning_effort` besides; else an effort above `none` is the switch. */
  readonly takesEffort: boolean
  /** Their word for leaving it to the model, if they have one. */
  readonly auto?: string
}

/** For vendors whose `thinking` is `{ type: 'enabled' | 'disabled' }` and no more. */
export function thinkingSwitch({ takesEffort, auto = 'enabled' }: SwitchOptions) {
  return (body: JsonObject, info: CallInfo): void => {
    const wish = thinkingWish(body)
    if (wish === undefined) return
    const given = body.thinking
    const open = isJsonObject(given) && (given.type === 'adaptive' || given.type === 'auto')
    body.thinking = { type: wish.on ? (open ? auto : 'enabled') : 'disabled' }
    if (isJsonObject(given) && given.budget_tokens !== undefined)
      info.warn({
        action: 'dropped',
        param: 'thinking.budget_tokens',
        reason: 'this provider’s thinking has no budget',
      })
    if (takesEffort && wish.on) return
    delete body.reasoning_effort
    if (wish.effort !== undefined && wish.effort !== 'none')
      info.warn({
        action: 'approximated',
        param: 'reasoning_effort',
        reason: 'sent as a switch: this provider thinks or does not',
      })
  }
}
