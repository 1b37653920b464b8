import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

/** Ollama's logprobs → OpenAI's. Source: https://docs.ollama.com/api/chat */
export function decodeLogprobs(items: unknown): JsonObject | undefined {
  if (!isJsonArray(items) || items.length === 0) return undefined
  return {
    content: items.filter(isJsonObject).map(item => ({
      ...decodeToken(item),
      top_logprobs: isJsonArray(item.top_logprobs)
        ? item.top_logprobs.filter(isJsonObject).map(decodeToken)
        : [],
    })),
  }
}

function decodeToken(item: JsonObject): JsonObject {
  const token = textOf(item.token)
  return {
    token,
    logprob: item.logprob,
    bytes: isJsonArray(item.bytes) ? item.bytes : [...Buffer.from(token)],
  }
}
