import type { CallInfo } from '../../codecs/codec.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import { thinkingSwitch } from '../compatible/thinking-switch.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule, ParamRules } from '../provider.ts'

/** Several answers at a temperature near zero are refused. Source: https://platform.moonshot.ai/docs/api/chat */
const WARM_ENOUGH = 0.3

const switchThinking = thinkingSwitch({ takesEffort: false })

/** Kimi K2.5 and later can be told to think; earlier models do or do not. */
const SWITCHES = /^kimi-k(2\.[5-9]|[3-9])/

function encodeThinking(body: JsonObject, info: CallInfo): void {
  if (SWITCHES.test(info.model)) return switchThinking(body, info)
  for (const param of ['thinking', 'reasoning_effort']) {
    if (body[param] == null) continue
    delete body[param]
    info.warn({ action: 'dropped', param, reason: 'this model has no switch for it' })
  }
}

/** Their sampling is fixed. Source: https://platform.moonshot.ai/docs/guide/kimi-k2-5-quickstart */
const FIXED: ParamRules = {
  temperature: { only: [1, 0.6] },
  top_p: { only: [0.95] },
  n: 'refuse',
  presence_penalty: 'refuse',
  frequency_penalty: 'refuse',
}

function adjust(body: JsonObject, info: CallInfo): void {
  const { n, temperature } = body
  if (typeof n === 'number' && n > 1 && typeof temperature === 'number' && temperature < WARM_ENOUGH) {
    body.temperature = WARM_ENOUGH
    info.warn({
      action: 'clamped',
      param: 'temperature',
      reason: `this provider allows no less than ${WARM_ENOUGH} when n is above 1`,
    })
  }
  if (body.tool_choice === 'required') askForTool(body, info)
  encodeThinking(body, info)
}

/** Source: https://platform.moonshot.ai/docs/guide/migrating-from-openai-to-kimi#about-tool_choice */
function askForTool(body: JsonObject, info: CallInfo): void {
  delete body.tool_choice
  body.messages = [
    ...(body.messages as JsonObject[]),
    { role: 'user', content: 'Choose one of the tools to handle this, and call it.' },
  ]
  info.warn({
    action: 'approximated',
    param: 'tool_choice',
    reason: 'this provider cannot be forced to call a tool; a message asks for it',
  })
}

/** The last chunk of a stream carries usage in its choice. */
function settleUsage(reply: JsonObject): void {
  if (reply.usage != null || !isJsonArray(reply.choices)) return
  for (const choice of reply.choices)
    if (isJsonObject(choice) && isJsonObject(choice.usage)) reply.usage = choice.usage
}

/** Source: https://platform.moonshot.ai/docs/api/chat#error-codes */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', code: 'exceeded_current_quota_error' },
  { kind: 'unavailable', status: 429, code: 'engine_overloaded_error' },
  { kind: 'content_policy', code: 'content_filter' },
  { kind: 'context_window', status: 400, message: /exceeded model token limit|Input token length too long/ },
  { kind: 'not_found', code: 'resource_not_found_error' },
]

/** Source: https://platform.moonshot.ai/docs */
export const MOONSHOT = {
  title: 'Moonshot AI',
  docs: 'https://platform.moonshot.ai/docs',
  baseUrl: 'https://api.moonshot.ai/v1',
  baseUrlEnv: ['MOONSHOT_API_BASE'],
  env: ['MOONSHOT_API_KEY'],
  completions: true,
  chat: {
    developerRole: false,
    keeps: ['reasoning_content'],
    thinking: true,
    textContent: true,
    adjust,
    settle: () => settleUsage,
  },
  params: { ...MAX_TOKENS, temperature: { max: 1 }, functions: 'refuse', function_call: 'refuse' },
  modelParams: model => (SWITCHES.test(model) ? FIXED : undefined),
  errors,
  exampleModels: ['kimi-k2-0905-preview', 'kimi-latest'],
} as const satisfies CompatibleRow
