import { badRequest } from '../../../errors.ts'
import type { ChatMessage, ChatRequest, ThinkingBlock } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import { EFFORT_BUDGETS } from '../../reasoning-effort.ts'
import type { Block, EncodeContext } from './context.ts'

/** Anthropic's least thinking budget, in tokens. */
const LEAST_BUDGET = 1024

export interface ThinkingPlan {
  readonly thinking?: JsonObject
  /** `output_config.effort`. */
  readonly effort?: string
}

/**
 * `thinking` verbatim, or what `reasoning_effort` means on this model: a budget, or adaptive thinking and an effort.
 * Source: https://platform.claude.com/docs/en/build-with-claude/thinking#configuring-thinking
 */
export function encodeThinking(
  request: ChatRequest,
  forcesTool: boolean,
  context: EncodeContext,
): ThinkingPlan {
  const { traits } = context
  const effort = request.reasoning_effort
  if (request.thinking) {
    if (!isJsonObject(request.thinking) || typeof request.thinking.type !== 'string')
      throw badRequest(
        'thinking: must be an object with a type, for example {"type":"adaptive"}.',
        'thinking',
      )
    if (context.info.modifyParams && isThinking(request.thinking) && hasNoThinking(request.messages)) {
      context.info.warn({
        action: 'dropped',
        param: 'thinking',
        reason: 'the tool calls being answered came without thinking_blocks, which Anthropic wants back',
      })
      return {}
    }
    const level = effort == null || effort === 'none' ? undefined : levelOf(effort, context)
    return { thinking: request.thinking, ...(level !== undefined && { effort: level }) }
  }
  if (effort == null) return {}
  if (effort === 'none') return thinkingOff(context)
  const budget = Object.hasOwn(EFFORT_BUDGETS, effort) ? EFFORT_BUDGETS[effort] : undefined
  if (budget === undefined)
    throw badRequest(
      `reasoning_effort: must be one of none, ${Object.keys(EFFORT_BUDGETS).join(', ')}.`,
      'reasoning_effort',
    )
  if (traits.thinking === 'none') return drop(context, 'this model cannot think')
  const level = traits.thinking === 'manual' ? undefined : levelOf(effort, context)
  const plan: ThinkingPlan = level === undefined ? {} : { effort: level }
  if (forcesTool) return drop(context, 'Anthropic does not think when tool_choice forces a tool call', plan)
  if (traits.thinking === 'manual') {
    if (lacksThinking(request.messages))
      return drop(
        context,
        'the tool calls being answered came without thinking_blocks, which Anthropic wants back',
      )
    return { thinking: { type: 'enabled', budget_tokens: Math.max(LEAST_BUDGET, budget) } }
  }
  // From 4.7 on thinking text is left out unless asked for; `reasoning_content` needs it.
  const display = traits.thinking === 'adaptive' ? { display: 'summarized' } : undefined
  return { ...plan, thinking: { type: 'adaptive', ...display } }
}

function drop({ info }: EncodeContext, reason: string, plan: ThinkingPlan = {}): ThinkingPlan {
  info.warn({ action: plan.effort ? 'approximated' : 'dropped', param: 'reasoning_effort', reason })
  return plan
}

function thinkingOff({ traits, info }: EncodeContext): ThinkingPlan {
  if (traits.thinkingOff === 'omit') return {}
  if (traits.thinkingOff !== 'never') return { thinking: { type: traits.thinkingOff } }
  info.warn({
    action: 'approximated',
    param: 'reasoning_effort',
    reason: 'this model always thinks; sent as the lowest effort',
  })
  return { effort: 'low' }
}

/** The effort itself, or the nearest weaker one the model knows. */
function levelOf(effort: string, { traits, info }: EncodeContext): string | undefined {
  const { efforts } = traits
  if (efforts.includes(effort)) return effort
  if (efforts.length === 0) return undefined
  const level = effort === 'minimal' ? efforts[0] : efforts.includes('high') ? 'high' : efforts.at(-1)
  info.warn({
    action: 'approximated',
    param: 'reasoning_effort',
    reason: `this model has no effort ${JSON.stringify(effort)}; sent as "${level}"`,
  })
  return level
}

/** True inside a tool loop whose assistant turn cannot show the thinking that manual mode demands back. */
function lacksThinking(messages: readonly ChatMessage[]): boolean {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]
    if (message?.role === 'user') return false
    if (message?.role === 'assistant') return !!message.tool_calls?.length && !message.thinking_blocks?.length
  }
  return false
}

/** As `lacksThinking`, of a history that shows no thinking at all. */
function hasNoThinking(messages: readonly ChatMessage[]): boolean {
  const thinks = messages.some(({ thinking_blocks: blocks }) => Array.isArray(blocks) && blocks.length > 0)
  return !thinks && lacksThinking(messages)
}

/** True when the model is told to think, which rules some other parameters out. */
export function isThinking(thinking: JsonObject | undefined): boolean {
  return thinking?.type === 'enabled' || thinking?.type === 'adaptive'
}

/**
 * `max_tokens`, which Anthropic demands and which includes thinking: above the budget, else the model's own limit.
 */
export function encodeMaxTokens(
  request: ChatRequest,
  thinking: JsonObject | undefined,
  { info }: EncodeContext,
): number {
  const param = request.max_completion_tokens != null ? 'max_completion_tokens' : 'max_tokens'
  const asked = request[param]
  const budget =
    thinking?.type === 'enabled' && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : 0
  if (asked == null) {
    if (info.maxOutputTokens !== undefined) return info.maxOutputTokens
    const assumed = budget + DEFAULT_MAX_TOKENS
    info.warn({
      action: 'approximated',
      param: 'max_tokens',
      reason: `Anthropic requires it and this model's limit is unknown; ${assumed} was sent`,
    })
    return assumed
  }
  if (typeof asked !== 'number' || !Number.isFinite(asked) || asked < 0)
    throw badRequest(`${param}: must be a whole number of at least 0.`, param)
  const whole = Math.round(asked)
  if (budget === 0 || whole > budget) return whole
  const raised = Math.min(budget + whole, info.maxOutputTokens ?? Number.POSITIVE_INFINITY)
  info.warn({
    action: 'approximated',
    param,
    reason: `it must exceed the thinking budget of ${budget}; ${raised} was sent`,
  })
  return raised
}

/** LiteLLM's DEFAULT_ANTHROPIC_CHAT_MAX_TOKENS. */
const DEFAULT_MAX_TOKENS = 4096

/** Anthropic's signatures are base64. What other formats sign for us has a mark and a colon before it. */
const SIGNATURE = /^[\w+/=-]+$/

/** Thinking of an earlier turn, unchanged; blocks that Anthropic has not signed cannot be sent. */
export function encodeHistoryThinking(
  blocks: readonly ThinkingBlock[],
  at: string,
  { info }: EncodeContext,
): Block[] {
  return blocks.filter((block, index) => {
    if (block.type !== 'thinking' || (block.signature && SIGNATURE.test(block.signature))) return true
    const why = block.signature ? 'another vendor signed it' : 'it has no signature'
    info.warn({
      action: 'dropped',
      param: `${at}.thinking_blocks[${index}]`,
      reason: `${why}, so Anthropic would refuse it`,
    })
    return false
  }) as Block[]
}

/** Thinking of a reply for a client of Anthropic's: every block has a signature there, empty when none exists. */
export function encodeReplyThinking(message: {
  reasoning_content?: string | null
  thinking_blocks?: ThinkingBlock[] | null
}): Block[] {
  if (message.thinking_blocks?.length)
    return message.thinking_blocks.map(block =>
      block.type === 'thinking' ? { ...block, signature: block.signature ?? '' } : block,
    ) as Block[]
  return message.reasoning_content
    ? [{ type: 'thinking', thinking: message.reasoning_content, signature: '' }]
    : []
}

export function isThinkingBlock(block: Block): block is Block & ThinkingBlock {
  return block.type === 'thinking' || block.type === 'redacted_thinking'
}

/** The thinking text of `blocks`, for `reasoning_content`. */
export function thinkingText(blocks: readonly ThinkingBlock[]): string {
  return blocks.map(block => (block.type === 'thinking' ? String(block.thinking ?? '') : '')).join('')
}
