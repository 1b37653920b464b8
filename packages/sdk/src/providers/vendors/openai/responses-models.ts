const PREFIX = 'responses/'

/** OpenAI's models that know no chat completions. Source: https://platform.openai.com/docs/models */
const RESPONSES_ONLY = /(^|-)(codex|deep-research)(-|$)|^(o1|o3|gpt-5(\.\d+)?)-pro|^computer-use-preview/

/** True for models that are spoken to in the Responses format: by name, or by LiteLLM's prefix `responses/`. */
export function wantsResponses(model: string): boolean {
  return model.startsWith(PREFIX) || RESPONSES_ONLY.test(model)
}

export function wantsChat(model: string): boolean {
  return !wantsResponses(model)
}

/** The name without the prefix. */
export function responsesModel(model: string): string {
  return model.startsWith(PREFIX) ? model.slice(PREFIX.length) : model
}
