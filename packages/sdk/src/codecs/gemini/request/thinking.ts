import type { ChatRequest, ReasoningEffort } from '../../../types/chat.ts'
import { isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { EFFORT_BUDGETS, effortOfThinking } from '../../reasoning-effort.ts'
import { expectObject, fieldNames, readFields } from './fields.ts'

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const
type Level = (typeof LEVELS)[number]

/** How a model takes its thinking: by level, by budget in tokens (0 = off), or not at all. */
type Style =
  | { readonly levels: readonly Level[] }
  | { readonly min: number; readonly max: number; readonly off: boolean; readonly minimal: number }
  | 'none'

/**
 * First match wins. Sources: https://ai.google.dev/gemini-api/docs/thinking and
 * https://ai.google.dev/gemini-api/docs/gemini-3#thinking_level
 */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/-image|-tts|gemini-(1|2\.0)|gemma|learnlm/, 'none'],
  [/gemini-3-pro/, { levels: ['low', 'high'] }],
  [/gemini-([3-9]|\d\d)[\d.]*-pro/, { levels: ['low', 'medium', 'high'] }],
  [/gemini-([3-9]|\d\d)/, { levels: LEVELS }],
  [/gemini-2\.5-pro/, { min: 128, max: 32_768, off: false, minimal: 128 }],
  [/gemini-2\.5-flash-lite/, { min: 512, max: 24_576, off: true, minimal: 512 }],
  [/gemini-2\.5-flash|robotics-er/, { min: 1, max: 24_576, off: true, minimal: 1 }],
]
/** Aliases and tuned models: Gemini 3 still takes budgets, so they are the safe choice. */
const DEFAULT_STYLE: Style = { min: 1, max: 32_768, off: true, minimal: 128 }
const THINKING_FIELDS = fieldNames('includeThoughts', 'thinkingBudget', 'thinkingLevel')

/** `thinking` or `reasoning_effort` → `thinkingConfig`; `undefined` when neither was given or the model cannot think. */
export function encodeThinking(request: ChatRequest, info: CallInfo): JsonObject | undefined {
  const { thinking, reasoning_effort: effort } = request
  if (!thinking && !effort) return undefined
  const param = thinking ? 'thinking' : 'reasoning_effort'
  if (thinking && effort)
    info.warn({ action: 'ignored', param: 'reasoning_effort', reason: 'thinking is given and wins' })
  const style = STYLES.find(([model]) => model.test(info.model))?.[1] ?? DEFAULT_STYLE
  if (style === 'none') {
    info.warn({ action: 'dropped', param, reason: 'this model has no thinking to configure' })
    return undefined
  }
  const off = thinking ? thinking.type === 'disabled' : effort === 'none' || effort === 'disable'
  if (off) return encodeOff(style, param, info)
  const includeThoughts = thinking?.display !== 'omitted'
  if (thinking && typeof thinking.budget_tokens !== 'number') {
    if ('levels' in style || thinking.type !== 'adaptive') return { includeThoughts }
    return { includeThoughts, thinkingBudget: -1 }
  }
  return 'levels' in style
    ? { includeThoughts, thinkingLevel: encodeLevel(request, style.levels, param, info).toUpperCase() }
    : { includeThoughts, thinkingBudget: encodeBudget(request, style, param, info) }
}

function encodeOff(style: Exclude<Style, 'none'>, param: string, info: CallInfo): JsonObject {
  if (!('levels' in style) && style.off) return { includeThoughts: false, thinkingBudget: 0 }
  info.warn({
    action: 'approximated',
    param,
    reason: 'this model cannot stop thinking; the least it can do is asked for',
  })
  return 'levels' in style
    ? { includeThoughts: false, thinkingLevel: style.levels[0]?.toUpperCase() }
    : { includeThoughts: false, thinkingBudget: style.min }
}

function encodeLevel(
  request: ChatRequest,
  levels: readonly Level[],
  param: string,
  info: CallInfo,
): ReasoningEffort {
  const { thinking } = request
  const wanted = thinking ? (effortOfThinking(thinking) ?? 'medium') : (request.reasoning_effort ?? 'medium')
  const exact = !thinking || EFFORT_BUDGETS[wanted] === thinking.budget_tokens
  const level = levels.includes(wanted as Level) ? wanted : nearestLevel(wanted, levels)
  if (!exact || level !== wanted)
    info.warn({ action: 'approximated', param, reason: `sent as thinkingLevel ${level}` })
  return level
}

/** The next level above, else the highest. */
function nearestLevel(wanted: string, levels: readonly Level[]): Level {
  const rank = LEVELS.indexOf(wanted as Level)
  const above = rank === -1 ? undefined : levels.find(level => LEVELS.indexOf(level) >= rank)
  return above ?? levels.at(-1) ?? 'high'
}

function encodeBudget(
  request: ChatRequest,
  style: { readonly min: number; readonly max: number; readonly minimal: number },
  param: string,
  info: CallInfo,
): number {
  const effort = request.reasoning_effort ?? 'medium'
  const known = effort === 'minimal' ? style.minimal : budgetOf(effort)
  if (request.thinking === undefined && known === undefined)
    info.warn({ action: 'approximated', param, reason: `"${effort}" is no known effort; taken as medium` })
  const wanted = request.thinking?.budget_tokens ?? known ?? budgetOf('medium') ?? style.min
  const budget = Math.min(Math.max(wanted, style.min), style.max)
  if (budget !== wanted)
    info.warn({ action: 'clamped', param, reason: `this model takes ${style.min} to ${style.max} tokens` })
  return budget
}

function budgetOf(effort: string): number | undefined {
  return Object.hasOwn(EFFORT_BUDGETS, effort) ? EFFORT_BUDGETS[effort] : undefined
}

/**
 * `thinkingConfig` → `reasoning_effort` for a level, `thinking` for a budget. A client that did not ask for thoughts
 * gets `display: "omitted"`, Anthropic's word for thinking without showing it.
 */
export function decodeThinking(
  value: unknown,
  path: string,
): Pick<ChatRequest, 'thinking' | 'reasoning_effort'> {
  if (value == null) return {}
  const config = readFields(expectObject(value, path), THINKING_FIELDS)
  const display = config.includeThoughts === true ? {} : { display: 'omitted' }
  const level = typeof config.thinkingLevel === 'string' ? config.thinkingLevel.toLowerCase() : undefined
  if (level !== undefined && level !== 'thinking_level_unspecified') {
    const budget = budgetOf(level)
    if (config.includeThoughts === true || budget === undefined) return { reasoning_effort: level }
    return { thinking: { type: 'enabled', budget_tokens: budget, ...display } }
  }
  const budget = config.thinkingBudget
  if (budget === 0) return { thinking: { type: 'disabled' } }
  if (budget === -1) return { thinking: { type: 'adaptive', ...display } }
  if (typeof budget === 'number') return { thinking: { type: 'enabled', budget_tokens: budget, ...display } }
  return config.includeThoughts === true ? { thinking: { type: 'enabled' } } : {}
}

/** Whether a Gemini client asked to see thoughts; Google hides them otherwise. */
export function showsThoughts(request: ChatRequest): boolean {
  const { thinking, reasoning_effort: effort } = request
  if (isJsonObject(thinking)) return thinking.type !== 'disabled' && thinking.display !== 'omitted'
  return effort != null && effort !== 'none'
}
