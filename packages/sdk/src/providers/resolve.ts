import { createError } from '../errors.ts'

export interface ResolvedModel {
  readonly provider: string
  readonly model: string
}

/** Bare names that people call without a prefix. LiteLLM looks them up in its model lists; families suffice. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o\d(-|$)|text-embedding-|ft:gpt-|davinci|babbage)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^(gemini-|gemma-)/, 'gemini'],
  [/^(mistral-|codestral|ministral|magistral|devstral)/, 'mistral'],
  [/^deepseek-/, 'deepseek'],
  [/^grok-/, 'xai'],
  [/^command-/, 'cohere'],
]

/**
 * `provider/model` → both parts, by LiteLLM's rules: a given provider wins, then a known prefix, then a bare name of a
 * known family. Throws `UnknownProviderError`.
 */
export function resolveModel(
  model: string,
  known: ReadonlyMap<string, unknown>,
  given?: string,
): ResolvedModel {
  if (given !== undefined) {
    if (!known.has(given))
      throw unknownProvider(`custom_llm_provider: "${given}" is not a known provider.`, model)
    return { provider: given, model: model.startsWith(`${given}/`) ? model.slice(given.length + 1) : model }
  }
  const slash = model.indexOf('/')
  if (slash > 0) {
    const prefix = model.slice(0, slash)
    if (known.has(prefix) && slash + 1 < model.length)
      return { provider: prefix, model: model.slice(slash + 1) }
  }
  const family = FAMILIES.find(([pattern, provider]) => known.has(provider) && pattern.test(model))
  if (family) return { provider: family[1], model }
  throw unknownProvider(
    `model: "${model}" names no known provider. Write it as "provider/model", for example "openai/gpt-4o".`,
    model,
  )
}

function unknownProvider(message: string, model: string) {
  return createError({ kind: 'unknown_provider', message, param: 'model', model })
}
