import type { JsonObject } from '../../../types/json.ts'
import type { ParamRules } from '../../provider.ts'

/** Parameters that models which think do not take; their defaults are still accepted. */
const THINKS: ParamRules = {
  max_tokens: { rename: 'max_completion_tokens' },
  temperature: { only: [1] },
  top_p: { only: [1] },
  presence_penalty: 'refuse',
  frequency_penalty: 'refuse',
  logit_bias: 'refuse',
  logprobs: 'refuse',
  top_logprobs: 'refuse',
}

const NO_VERBOSITY: ParamRules = { verbosity: 'refuse' }
const EFFORTS = ['low', 'medium', 'high']

function efforts(...values: readonly string[]): ParamRules {
  return { reasoning_effort: { only: values } }
}

/** Models whose thinking can be off; the sampling parameters come back with it, and it is off unless asked for. */
const SAMPLES_WITHOUT_THINKING: ParamRules = { max_tokens: { rename: 'max_completion_tokens' } }

interface Row {
  readonly models: RegExp
  readonly rules: ParamRules
  /** True when `reasoning_effort: "none"` is the default. */
  readonly mayRest?: true
}

/**
 * First match wins. Sources: https://platform.openai.com/docs/guides/reasoning and
 * https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
 */
const ROWS: readonly Row[] = [
  { models: /^gpt-5(\.\d+)?-chat/, rules: { max_tokens: { rename: 'max_completion_tokens' } } },
  { models: /^gpt-5-pro/, rules: { ...THINKS, ...efforts('high') } },
  { models: /^gpt-5\.\d+-pro/, rules: { ...THINKS, ...efforts('medium', 'high', 'xhigh') } },
  { models: /^gpt-5-codex/, rules: { ...THINKS, ...efforts(...EFFORTS) } },
  { models: /^gpt-5\.1-codex-max/, rules: { ...THINKS, ...efforts('none', ...EFFORTS, 'xhigh') } },
  { models: /^gpt-5\.1-codex/, rules: { ...THINKS, ...efforts('none', ...EFFORTS) } },
  { models: /^gpt-5\.\d+-codex/, rules: { ...THINKS, ...efforts(...EFFORTS, 'xhigh') } },
  { models: /^gpt-5\.1/, rules: { ...THINKS, ...efforts('none', ...EFFORTS) }, mayRest: true },
  { models: /^gpt-5\.\d/, rules: { ...THINKS, ...efforts('none', ...EFFORTS, 'xhigh') }, mayRest: true },
  { models: /^gpt-5/, rules: { ...THINKS, ...efforts('minimal', ...EFFORTS) } },
  { models: /^gpt-([6-9]|\d\d)/, rules: { max_tokens: { rename: 'max_completion_tokens' } } },
  {
    models: /^o1-(mini|preview)/,
    rules: {
      ...THINKS,
      ...NO_VERBOSITY,
      reasoning_effort: 'refuse',
      parallel_tool_calls: 'refuse',
      tools: 'refuse',
      tool_choice: 'refuse',
      response_format: 'refuse',
    },
  },
  {
    models: /^o\d/,
    rules: { ...THINKS, ...NO_VERBOSITY, ...efforts(...EFFORTS), parallel_tool_calls: 'refuse' },
  },
  // Source: https://platform.openai.com/docs/guides/embeddings#use-cases
  { models: /^text-embedding-ada/, rules: { dimensions: 'refuse' } },
  {
    models: /^(gpt-4|gpt-3\.5|gpt-35|chatgpt-4)/,
    rules: { ...NO_VERBOSITY, reasoning_effort: 'refuse', thinking: 'drop' },
  },
]

/** Which rules of OpenAI's models hold for a request; `undefined` for models without any. */
export function openaiModelParams(model: string, request?: JsonObject): ParamRules | undefined {
  const name = model.slice(model.lastIndexOf('/') + 1).replace(/^ft:/, '')
  const row = ROWS.find(({ models }) => models.test(name))
  if (row === undefined) return undefined
  const effort = request?.reasoning_effort
  const rests = row.mayRest === true && (effort == null || effort === 'none')
  if (!rests) return row.rules
  const { reasoning_effort } = row.rules
  return { ...SAMPLES_WITHOUT_THINKING, ...(reasoning_effort && { reasoning_effort }) }
}
