import type { CallInfo } from '../../codecs/codec.ts'
import { citations } from '../../codecs/openai-chat/settle/citations.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CompatibleRow } from '../compatible.ts'
import type { ErrorRule, ParamRules } from '../provider.ts'

/** Source: https://docs.x.ai/docs/guides/live-search */
function encodeSearch(body: JsonObject, info: CallInfo): void {
  const options = body.web_search_options
  if (!isJsonObject(options)) return
  delete body.web_search_options
  const place = isJsonObject(options.user_location) ? options.user_location.approximate : undefined
  const country = isJsonObject(place) ? place.country : undefined
  body.search_parameters ??= {
    mode: 'on',
    return_citations: true,
    sources: [{ type: 'web', ...(typeof country === 'string' && { country }) }],
  }
  info.warn({
    action: 'approximated',
    param: 'web_search_options',
    reason: 'sent as search_parameters: a live search of the web',
  })
}

/** Reasoning is not among xAI's completion tokens, but among its total. Source: https://docs.x.ai/docs/guides/reasoning */
function settleUsage({ usage }: JsonObject): void {
  if (!isJsonObject(usage) || !isJsonObject(usage.completion_tokens_details)) return
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage
  const { reasoning_tokens: reasoning } = usage.completion_tokens_details
  if (typeof reasoning !== 'number' || typeof completion !== 'number' || typeof prompt !== 'number') return
  if (total === prompt + completion + reasoning) usage.completion_tokens = completion + reasoning
}

/** Source: https://docs.x.ai/docs/guides/reasoning */
const REASONER: ParamRules = { presence_penalty: 'refuse', frequency_penalty: 'refuse', stop: 'refuse' }
const EFFORTS = { only: ['low', 'high'] } as const

function modelParams(model: string): ParamRules | undefined {
  if (model.startsWith('grok-3-mini')) return { ...REASONER, reasoning_effort: EFFORTS }
  if (model.includes('non-reasoning')) return { reasoning_effort: 'refuse' }
  if (/^grok-(4|code)/.test(model)) return { ...REASONER, reasoning_effort: 'refuse' }
  return undefined
}

/** Source: https://docs.x.ai/docs/key-information/debugging; bodies are `{ code: <words>, error: <words> }`. */
const errors: readonly ErrorRule[] = [
  { kind: 'authentication', status: 400, message: /^Incorrect API key provided/ },
  { kind: 'insufficient_quota', message: /used all available credits|monthly spending limit/ },
  { kind: 'context_window', message: /maximum prompt length is \d+/ },
  { kind: 'content_policy', status: 403, message: /usage guidelines|safety check/i },
  { kind: 'content_policy', status: 400, message: /usage guidelines/i },
]

/** Source: https://docs.x.ai/docs/api-reference */
export const XAI = {
  title: 'xAI',
  docs: 'https://docs.x.ai/docs/api-reference',
  baseUrl: 'https://api.x.ai/v1',
  baseUrlEnv: ['XAI_API_BASE'],
  env: ['XAI_API_KEY'],
  chat: {
    names: false,
    toolsWithout: { fields: ['strict'] },
    adjust: encodeSearch,
    settle() {
      const settleCitations = citations()
      return reply => {
        settleUsage(reply)
        settleCitations(reply)
      }
    },
  },
  params: { logit_bias: 'refuse' },
  modelParams,
  errors,
  exampleModels: ['grok-4', 'grok-3-mini'],
} as const satisfies CompatibleRow
