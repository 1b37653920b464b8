import type { ModelFacts } from './model-facts.ts'

/** Capabilities, as in LiteLLM's `supports_*` fields. */
export const CAPABILITIES = [
  'assistant_prefill',
  'audio_input',
  'audio_output',
  'computer_use',
  'embedding_image_input',
  'function_calling',
  'native_streaming',
  'native_structured_output',
  'parallel_function_calling',
  'pdf_input',
  'prompt_caching',
  'reasoning',
  'response_schema',
  'system_messages',
  'tool_choice',
  'url_context',
  'video_input',
  'vision',
  'web_search',
] as const

export type Capability = (typeof CAPABILITIES)[number]

/** True when the model is known to have the capability; false for a model nobody described, as in LiteLLM. */
export function supports(facts: ModelFacts | undefined, capability: Capability): boolean {
  return facts?.[`supports_${capability}`] === true
}
