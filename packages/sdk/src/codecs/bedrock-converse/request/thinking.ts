import { badRequest } from '../../../errors.ts'
import type { ChatRequest, ThinkingBlock } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'
import {
  encodeThinking as encodeClaudeThinking,
  encodeHistoryThinking,
} from '../../anthropic-messages/request/thinking.ts'
import { effortOfThinking } from '../../reasoning-effort.ts'
import type { Block, EncodeContext } from './context.ts'

export interface ThinkingPlan {
  /** Goes among the model's own fields. */
  readonly fields: JsonObject
  /** True when Claude is told to think, which rules some other parameters out. */
  readonly thinks: boolean
  /** Tokens of thinking that the output limit must leave room for. */
  readonly budget: number
  /** True when the model wants to choose limit and sampling itself. */
  readonly free: boolean
}

const SILENT: ThinkingPlan = { fields: {}, thinks: false, budget: 0, free: false }

/** `thinking` and `reasoning_effort` in the words of the model's maker. */
export function encodeThinking(request: ChatRequest, forces: boolean, context: EncodeContext): ThinkingPlan {
  switch (context.traits.reasoning) {
    case 'claude':
      return encodeForClaude(request, forces, context)
    case 'nova':
      return encodeForNova(request, context)
    case 'effort':
      return encodeEffort(request, context)
    case 'none':
      return untold(request, context)
  }
}

/** Where nothing is known of the model (an ARN), its name would tell. */
function untold(request: ChatRequest, { info }: EncodeContext): ThinkingPlan {
  for (const param of ['thinking', 'reasoning_effort'] as const)
    if (request[param] != null)
      info.warn({
        action: 'dropped',
        param,
        reason: 'this model is not known to think; name the model it stands for as base_model',
      })
  return SILENT
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
function encodeForClaude(request: ChatRequest, forces: boolean, { claude }: EncodeContext): ThinkingPlan {
  const { thinking, effort } = encodeClaudeThinking(request, forces, claude)
  const given = isJsonObject(request.output_config) ? request.output_config : undefined
  const output = { ...given, ...(effort !== undefined && { effort }) }
  const budget = thinking?.type === 'enabled' ? thinking.budget_tokens : undefined
  return {
    fields: {
      ...(thinking && { thinking }),
      ...(Object.keys(output).length > 0 && { output_config: output }),
    },
    thinks: thinking?.type === 'enabled' || thinking?.type === 'adaptive',
    budget: typeof budget === 'number' ? budget : 0,
    free: false,
  }
}

/** Source: https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html */
function encodeForNova(request: ChatRequest, context: EncodeContext): ThinkingPlan {
  const effort = effortOf(request)
  if (effort === undefined) return SILENT
  if (effort === 'none') return { ...SILENT, fields: { reasoningConfig: { type: 'disabled' } } }
  const level = levelOf(effort, context)
  const fields = { reasoningConfig: { type: 'enabled', maxReasoningEffort: level } }
  return { ...SILENT, fields, free: level === 'high' }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html */
function encodeEffort(request: ChatRequest, context: EncodeContext): ThinkingPlan {
  const effort = effortOf(request)
  return effort === undefined ? SILENT : { ...SILENT, fields: { reasoning_effort: levelOf(effort, context) } }
}

function effortOf({ thinking, reasoning_effort: effort }: ChatRequest): string | undefined {
  if (effort != null) return effort
  if (!thinking) return undefined
  return effortOfThinking(thinking) ?? 'none'
}

const LEVELS = ['low', 'medium', 'high']
const NEAREST = new Map([
  ['none', 'low'],
  ['minimal', 'low'],
  ['xhigh', 'high'],
  ['max', 'high'],
])

function levelOf(effort: string, { info }: EncodeContext): string {
  if (LEVELS.includes(effort)) return effort
  const nearest = NEAREST.get(effort)
  if (nearest === undefined)
    throw badRequest(
      'reasoning_effort: must be one of none, minimal, low, medium, high, xhigh, max.',
      'reasoning_effort',
    )
  info.warn({
    action: 'approximated',
    param: 'reasoning_effort',
    reason: `this model has no effort "${effort}"; sent as "${nearest}"`,
  })
  return nearest
}

/** Thinking of an earlier turn, for models that want it back. */
export function encodeHistory(blocks: readonly ThinkingBlock[], at: string, context: EncodeContext): Block[] {
  const { traits, claude, info } = context
  if (blocks.length === 0) return []
  if (traits.reasoning === 'claude') return encodeHistoryThinking(blocks, at, claude).map(encodeThinkingBlock)
  if (traits.reasoning === 'nova') return blocks.map(encodeThinkingBlock)
  info.warn({
    action: 'dropped',
    param: `${at}.thinking_blocks`,
    reason: 'this model does not take its thinking back',
  })
  return []
}

/** Redacted thinking is the same base64 in both worlds. */
export function encodeThinkingBlock(block: JsonObject): Block {
  if (block.type === 'redacted_thinking') return { reasoningContent: { redactedContent: textOf(block.data) } }
  const { signature } = block
  return {
    reasoningContent: {
      reasoningText: {
        text: textOf(block.thinking),
        ...(typeof signature === 'string' && signature !== '' && { signature }),
      },
    },
  }
}

export function decodeThinkingBlock(content: JsonObject): ThinkingBlock | undefined {
  if (typeof content.redactedContent === 'string')
    return { type: 'redacted_thinking', data: content.redactedContent }
  if (!isJsonObject(content.reasoningText)) return undefined
  const { text, signature } = content.reasoningText
  return {
    type: 'thinking',
    thinking: textOf(text),
    ...(typeof signature === 'string' && signature !== '' && { signature }),
  }
}
