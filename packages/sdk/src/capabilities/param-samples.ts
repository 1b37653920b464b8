import type { JsonObject } from '../types/json.ts'

const TOOL = {
  type: 'function',
  function: {
    name: 'get_time',
    description: 'The time in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const SCHEMA = {
  type: 'json_schema',
  json_schema: {
    name: 'answer',
    strict: true,
    schema: {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    },
  },
}

/**
 * A request fragment per OpenAI parameter that really asks for something: what a translator does with it shows what the
 * provider can do. Fragments hold what the parameter needs beside it (`tool_choice` its tools).
 */
export const PARAM_SAMPLES: Readonly<Record<string, JsonObject>> = {
  audio: { audio: { voice: 'alloy', format: 'wav' }, modalities: ['text', 'audio'] },
  background: { background: 'transparent' },
  best_of: { best_of: 2 },
  dimensions: { dimensions: 256 },
  echo: { echo: true },
  encoding_format: { encoding_format: 'base64' },
  frequency_penalty: { frequency_penalty: 0.5 },
  function_call: {
    function_call: { name: 'get_time' },
    functions: [{ name: 'get_time', parameters: TOOL.function.parameters }],
  },
  functions: { functions: [{ name: 'get_time', parameters: TOOL.function.parameters }] },
  logit_bias: { logit_bias: { 42: 5 } },
  logprobs: { logprobs: true },
  max_completion_tokens: { max_completion_tokens: 1_234 },
  max_tokens: { max_tokens: 1_234 },
  modalities: { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
  n: { n: 2 },
  parallel_tool_calls: { parallel_tool_calls: false, tools: [TOOL] },
  prediction: { prediction: { type: 'content', content: 'Hello' } },
  presence_penalty: { presence_penalty: 0.5 },
  prompt_cache_key: { prompt_cache_key: 'key-1' },
  prompt_cache_retention: { prompt_cache_retention: '24h' },
  reasoning_effort: { reasoning_effort: 'low' },
  response_format: { response_format: SCHEMA },
  safety_identifier: { safety_identifier: 'person-1' },
  seed: { seed: 7 },
  service_tier: { service_tier: 'flex' },
  stop: { stop: ['END'] },
  store: { store: true },
  stream_options: { stream: true, stream_options: { include_usage: true } },
  suffix: { suffix: 'the end' },
  temperature: { temperature: 0.5 },
  thinking: { thinking: { type: 'enabled', budget_tokens: 1_024 } },
  tool_choice: { tool_choice: 'required', tools: [TOOL] },
  tools: { tools: [TOOL] },
  top_k: { top_k: 40 },
  top_logprobs: { top_logprobs: 2, logprobs: true },
  top_p: { top_p: 0.5 },
  user: { user: 'person-1' },
  verbosity: { verbosity: 'low' },
  web_search_options: { web_search_options: { search_context_size: 'low' } },
}
