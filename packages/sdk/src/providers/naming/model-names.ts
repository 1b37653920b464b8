/** Bare names that people call without a prefix. LiteLLM looks them up in its model lists; families suffice. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(gpt-|chatgpt-|o\d(-|$)|text-embedding-(3|ada)|ft:(gpt-|o\d|davinci|babbage)|davinci|babbage)/,
    'openai',
  ],
  [
    /^(dall-e-|whisper-1$|tts-1|omni-moderation-|text-moderation-|sora-|computer-use-preview|codex-mini)/,
    'openai',
  ],
  [/^claude-(2|instant)/, 'anthropic_text'],
  [/^claude-/, 'anthropic'],
  [
    /^((us|eu|apac|jp|au|ca|global|us-gov)\.)?(amazon|anthropic|meta|cohere|mistral|ai21|deepseek|stability|openai|qwen|minimax|moonshot|moonshotai|writer|twelvelabs|zai|nvidia|google)\.[a-z]/,
    'bedrock',
  ],
  [
    /^(text-embedding-005|text-multilingual-embedding|textembedding-gecko|multimodalembedding|imagen|veo-)/,
    'vertex_ai',
  ],
  [/^(gemini-|gemma-|text-embedding-00\d)/, 'gemini'],
  [/^(mistral-|codestral|ministral|magistral|devstral|pixtral|voxtral|open-mi[sx]tral)/, 'mistral'],
  [/^deepseek-/, 'deepseek'],
  [/^grok-/, 'xai'],
  [/^(command|c4ai-)/, 'cohere_chat'],
  [/^(embed-(english|multilingual|v\d)|rerank-(english|multilingual|v\d))/, 'cohere'],
  [/^(jamba-|j2-)/, 'ai21'],
  [/^sabia/, 'maritalk'],
  [/^luminous-/, 'aleph_alpha'],
  [/^(dolphin|chatdolphin)$/, 'nlp_cloud'],
  [/^[\w.-]+\/[\w.-]+:[0-9a-f]{64}$/, 'replicate'],
  [/^petals-team\//, 'petals'],
  [/^(ibm|ibm-mistralai)\/granite/, 'watsonx'],
]

/** The provider of a model that is named without one; `undefined` when the name says nothing. */
export function providerOfName(model: string): string | undefined {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1]
}
