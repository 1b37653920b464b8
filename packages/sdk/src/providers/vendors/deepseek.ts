import { openaiCompletions } from '../../codecs/openai-completions/codec.ts'
import { thinkingSwitch } from '../compatible/thinking-switch.ts'
import { type CompatibleRow, MAX_TOKENS } from '../compatible.ts'
import type { ErrorRule, ParamRules } from '../provider.ts'

/** Thinking has its own defaults, and `logprobs` are an error. Source: https://api-docs.deepseek.com/guides/thinking_mode */
const REASONER: ParamRules = { logprobs: 'refuse', top_logprobs: 'refuse' }

/** Source: https://api-docs.deepseek.com/quick_start/error_codes */
const errors: readonly ErrorRule[] = [
  { kind: 'insufficient_quota', status: 402 },
  { kind: 'content_policy', status: 400, message: /^Content Exists Risk/ },
]

/** Text completions are served at the beta address only. */
function betaOf(base: string): string {
  return base === 'https://api.deepseek.com' || base === 'https://api.deepseek.com/v1'
    ? 'https://api.deepseek.com/beta'
    : base
}

/**
 * The beta address serves everything the plain one does, and prefixes (`prefix: true`) and strict tools besides.
 * Source: https://api-docs.deepseek.com
 */
export const DEEPSEEK = {
  title: 'DeepSeek',
  docs: 'https://api-docs.deepseek.com',
  baseUrl: 'https://api.deepseek.com/beta',
  baseUrlEnv: ['DEEPSEEK_API_BASE'],
  env: ['DEEPSEEK_API_KEY'],
  chat: {
    developerRole: false,
    thinking: true,
    // Thinking goes back with the tool results: https://api-docs.deepseek.com/guides/thinking_mode
    keeps: ['reasoning_content'],
    textContent: true,
    // https://api-docs.deepseek.com/guides/json_mode
    schemaInWords: () => true,
    adjust: thinkingSwitch({ takesEffort: true }),
  },
  endpoints: { text_completion: [{ codec: openaiCompletions, path: '/completions', baseUrl: betaOf }] },
  params: {
    ...MAX_TOKENS,
    n: 'refuse',
    seed: 'drop',
    logit_bias: 'refuse',
    user: 'drop',
    parallel_tool_calls: 'drop',
    service_tier: 'refuse',
  },
  modelParams: model => (model.includes('reasoner') ? REASONER : undefined),
  errors,
  exampleModels: ['deepseek-chat', 'deepseek-reasoner'],
} as const satisfies CompatibleRow
