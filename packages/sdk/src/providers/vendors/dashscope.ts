import type { CallInfo } from '../../codecs/codec.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import { DASHSCOPE_RERANK } from '../compatible/rerankers.ts'
import { thinkingWish } from '../compatible/thinking-switch.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule } from '../provider.ts'

/** Source: https://www.alibabacloud.com/help/en/model-studio/deep-thinking */
function encodeThinking(body: JsonObject, info: CallInfo): void {
  const wish = thinkingWish(body)
  if (wish === undefined) return
  const param = isJsonObject(body.thinking) ? 'thinking' : 'reasoning_effort'
  delete body.thinking
  delete body.reasoning_effort
  body.enable_thinking ??= wish.on
  if (wish.on && wish.budget !== undefined) body.thinking_budget ??= wish.budget
  info.warn({ action: 'renamed', param, reason: 'sent as enable_thinking and thinking_budget' })
}

/** Writing to the cache is reported under Anthropic's name. */
function settleUsage({ usage }: JsonObject): void {
  const details = isJsonObject(usage) ? usage.prompt_tokens_details : undefined
  if (isJsonObject(details) && typeof details.cache_creation_input_tokens === 'number')
    details.cache_creation_tokens ??= details.cache_creation_input_tokens
}

/** Source: https://www.alibabacloud.com/help/en/model-studio/error-code */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', code: 'Arrearage' },
  { kind: 'insufficient_quota', code: 'AllocationQuota.FreeTierOnly' },
  { kind: 'rate_limit', code: 'limit_requests' },
  { kind: 'rate_limit', code: 'Throttling.AllocationQuota' },
  { kind: 'content_policy', code: 'data_inspection_failed' },
  { kind: 'content_policy', code: 'DataInspectionFailed' },
  { kind: 'context_window', status: 400, message: /Range of input length should be/ },
]

/** Source: https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope */
export const DASHSCOPE = {
  title: 'Alibaba Model Studio',
  docs: 'https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  baseUrlEnv: ['DASHSCOPE_API_BASE'],
  env: ['DASHSCOPE_API_KEY'],
  completions: true,
  embeddings: true,
  endpoints: { rerank: [DASHSCOPE_RERANK] },
  chat: {
    developerRole: false,
    thinking: true,
    keeps: ['cache_control'],
    adjust(body, info) {
      joinPlainText(body)
      encodeThinking(body, info)
    },
    settle: () => settleUsage,
  },
  params: { ...MAX_TOKENS, logit_bias: 'refuse', user: 'drop' },
  errors,
  exampleModels: ['qwen-max', 'qwen-plus', 'qwen-turbo'],
} as const satisfies CompatibleRow

/** Text models refuse lists; a list that marks a place in the cache stays one. */
function joinPlainText(body: JsonObject): void {
  body.messages = (body.messages as JsonObject[]).map(message => {
    const { content } = message
    if (!Array.isArray(content)) return message
    const texts = content.map((part: unknown) =>
      isJsonObject(part) && part.type === 'text' && part.cache_control === undefined ? part.text : undefined,
    )
    return texts.every(text => typeof text === 'string')
      ? { ...message, content: texts.join('\n\n') }
      : message
  })
}
