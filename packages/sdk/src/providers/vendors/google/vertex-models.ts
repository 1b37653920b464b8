/** Who makes a model decides how Vertex AI is asked for it; the first that serves is taken. */
export const isClaude = (model: string) => /^(anthropic\/)?claude/.test(model)
export const isMistral = (model: string) =>
  /^(mistralai\/)?(mistral|codestral|ministral|magistral|devstral|pixtral)/.test(model)
export const isJamba = (model: string) => /^(ai21\/)?jamba/.test(model)

/** A model of someone's own on an endpoint that speaks OpenAI's chat: LiteLLM's `openai/ID` and `gemma/ID`. */
export const isOwnChatEndpoint = (model: string) => /^(openai\/\d+|gemma\/[^/]+)$/.test(model)

/** Open models that Google runs, by their maker: `meta/llama-…`, `openai/gpt-oss-…`. */
export const isOpenModel = (model: string) => MAKERS.test(model)
const MAKERS =
  /^(meta|deepseek-ai|qwen|openai|zai-org|moonshotai|minimaxai|xai|nvidia|bytedance|baidu|intfloat)\//

/** Gemini, Gemma and whatever else is Google's own. */
export const isGoogle = (model: string) =>
  ![isClaude, isMistral, isJamba, isOwnChatEndpoint, isOpenModel].some(isOther => isOther(model))

export const isMultimodalEmbedding = (model: string) => model.startsWith('multimodalembedding')
/** `gemini-embedding-001` is asked the older way. */
export const isContentEmbedding = (model: string) =>
  /gemini-embedding-/.test(model) && !model.includes('gemini-embedding-001')
export const isImagen = (model: string) => /^(imagen|imagegeneration)/.test(model)
/** A tuned model, known by its endpoint's number. */
export const isNumber = (model: string) => /^(gemini\/)?\d+$/.test(model)

const PREFIXES = /^(gemini|google|gemma|openai|anthropic|mistralai|ai21)\//

/** The name as the path has it, without LiteLLM's and the maker's prefix. */
export function pathName(model: string): string {
  return model.replace(PREFIXES, '')
}
