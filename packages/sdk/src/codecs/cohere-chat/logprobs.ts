import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

/**
 * Cohere's logprobs → OpenAI's. An item may hold several tokens of one piece of text: their probabilities multiply, so
 * their logarithms are added. Source: https://docs.cohere.com/reference/chat
 */
export function decodeLogprobs(items: unknown): JsonObject | undefined {
  if (!isJsonArray(items) || items.length === 0) return undefined
  return {
    content: items.filter(isJsonObject).map(item => {
      const token = textOf(item.text)
      const values = isJsonArray(item.logprobs) ? item.logprobs : []
      const logprob = values.reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0)
      return { token, logprob, bytes: [...Buffer.from(token)], top_logprobs: [] }
    }),
  }
}
