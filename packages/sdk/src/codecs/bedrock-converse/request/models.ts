/** What the models behind Converse accept beyond what all of them do. */
export interface ConverseTraits {
  /** How thinking is asked for: Claude's own fields, Nova's, a bare effort, or not at all. */
  readonly reasoning: 'claude' | 'nova' | 'effort' | 'none'
  /** Where prompts may be marked for caching. */
  readonly caching: 'everywhere' | 'prompts' | 'none'
  /** How far a tool call may be forced. */
  readonly forcing: 'any' | 'required' | 'none'
  /** `native`: the answer's schema is guaranteed; `tool`: a tool stands in for it. */
  readonly jsonSchema: 'native' | 'tool'
  /** Where `top_k` goes among the model's own fields. */
  readonly topK: 'top_k' | 'inferenceConfig' | undefined
  /** Web search by a tool of AWS's own. */
  readonly grounding: boolean
}

const OTHER: ConverseTraits = {
  reasoning: 'none',
  caching: 'none',
  forcing: 'any',
  jsonSchema: 'tool',
  topK: undefined,
  grounding: false,
}
const NOVA: ConverseTraits = { ...OTHER, caching: 'prompts', topK: 'inferenceConfig', grounding: true }
const OLD: ConverseTraits = { ...OTHER, forcing: 'none' }
const NATIVE: ConverseTraits = { ...OTHER, jsonSchema: 'native' }

/**
 * First match wins; matched against the id without region prefixes.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 * and https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
const ROWS: readonly (readonly [RegExp, ConverseTraits])[] = [
  [/claude/, { ...OTHER, reasoning: 'claude', caching: 'everywhere', topK: 'top_k' }],
  [/nova-2/, { ...NOVA, reasoning: 'nova' }],
  [/nova/, NOVA],
  [/gpt-oss/, { ...NATIVE, reasoning: 'effort' }],
  [/(^|\.)(meta|cohere|ai21)\.|llama|command|jamba/, OLD],
  [/mistral-(7b|large-24)|mixtral|mistral-small-24|pixtral/, { ...OTHER, forcing: 'required' }],
  [/titan/, OLD],
  [/deepseek(-|\.)r1/, OLD],
  [/qwen3|deepseek(-|\.)v3|gemma-3|minimax|kimi|nemotron|ministral|magistral|mistral-large-3/, NATIVE],
]

/** Traits of a model id in any spelling; unknown ids (ARNs of imported models) follow the common rules. */
export function converseTraits(model: string): ConverseTraits {
  const id = model.toLowerCase()
  return ROWS.find(([pattern]) => pattern.test(id))?.[1] ?? OTHER
}
