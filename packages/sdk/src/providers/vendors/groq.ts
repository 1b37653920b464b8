import { thinkTags } from '../../codecs/openai-chat/settle/think-tags.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CompatibleRow } from '../compatible.ts'
import type { ErrorRule, ParamRules } from '../provider.ts'
import { SPEECH, WHISPER } from './openai/openai-audio.ts'

/** Models that take a JSON Schema. Source: https://console.groq.com/docs/structured-outputs#supported-models */
const SCHEMAS = /gpt-oss|kimi-k2|llama-4|qwen3/

/** Source: https://console.groq.com/docs/reasoning */
function modelParams(model: string): ParamRules {
  if (model.includes('gpt-oss')) return { reasoning_effort: { only: ['low', 'medium', 'high'] } }
  if (model.includes('qwen3')) return { reasoning_effort: { only: ['none', 'default'] } }
  return { reasoning_effort: 'refuse' }
}

/** Usage of a stream comes in the vendor's own object, and tiers have names of their own. */
function settleOwnWords(reply: JsonObject): void {
  const own = reply.x_groq
  if (isJsonObject(own)) {
    if (own.usage != null) reply.usage ??= own.usage
    if (own.error != null) reply.error ??= own.error
  }
  if (reply.service_tier === 'on_demand') reply.service_tier = 'auto'
}

/** Source: https://console.groq.com/docs/errors */
const errors: readonly ErrorRule[] = [
  { kind: 'unavailable', status: 498 },
  { kind: 'too_large', status: 413, code: 'rate_limit_exceeded' },
  { kind: 'permission', code: 'organization_restricted' },
  { kind: 'insufficient_quota', code: 'blocked_api_access' },
]

/** Source: https://console.groq.com/docs/openai */
export const GROQ = {
  title: 'Groq',
  docs: 'https://console.groq.com/docs/openai',
  baseUrl: 'https://api.groq.com/openai/v1',
  baseUrlEnv: ['GROQ_API_BASE'],
  env: ['GROQ_API_KEY'],
  chat: {
    names: false,
    nulls: false,
    schemaByTool: model => !SCHEMAS.test(model),
    settle() {
      const settleThinking = thinkTags()
      return reply => {
        settleOwnWords(reply)
        settleThinking(reply)
      }
    },
  },
  params: {
    logprobs: 'refuse',
    top_logprobs: 'refuse',
    logit_bias: 'refuse',
    n: 'refuse',
    service_tier: { values: { default: 'on_demand', priority: 'performance' } },
  },
  endpoints: { ...WHISPER, ...SPEECH },
  modelParams,
  errors,
  exampleModels: ['openai/gpt-oss-120b', 'llama-3.3-70b-versatile', 'llama-3.1-8b-instant'],
} as const satisfies CompatibleRow
