import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'

/** Oracle's usage in OpenAI's words. Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/datatypes/Usage */
export function settleUsage(usage: unknown): JsonObject | undefined {
  if (!isJsonObject(usage)) return undefined
  const { promptTokens, completionTokens, totalTokens, promptTokensDetails, completionTokensDetails } = usage
  const prompt = isJsonObject(promptTokensDetails) ? promptTokensDetails : {}
  const completion = isJsonObject(completionTokensDetails) ? completionTokensDetails : {}
  const details = { ...count('reasoning_tokens', completion.reasoningTokens) }
  return {
    ...count('prompt_tokens', promptTokens),
    ...count('completion_tokens', completionTokens),
    ...count('total_tokens', totalTokens),
    ...(typeof prompt.cachedTokens === 'number' && {
      prompt_tokens_details: { cached_tokens: prompt.cachedTokens },
    }),
    ...('reasoning_tokens' in details && { completion_tokens_details: details }),
  }
}

function count(name: string, value: unknown): JsonObject {
  return typeof value === 'number' ? { [name]: value } : {}
}

/** Oracle's lists, one entry a token → OpenAI's list of tokens. */
export function settleLogprobs(logprobs: unknown): JsonObject | undefined {
  if (!isJsonObject(logprobs) || !isJsonArray(logprobs.tokens)) return undefined
  const { tokens, tokenLogprobs, topLogprobs } = logprobs
  if (tokens.length === 0) return undefined
  const told = isJsonArray(tokenLogprobs) ? tokenLogprobs : []
  const tops = isJsonArray(topLogprobs) ? topLogprobs : []
  return {
    content: tokens.map((token, index) => {
      const top = tops[index]
      return {
        ...entry(textOf(token), told[index]),
        top_logprobs: isJsonObject(top) ? Object.entries(top).map(([text, value]) => entry(text, value)) : [],
      }
    }),
  }
}

function entry(token: string, logprob: unknown): JsonObject {
  return { token, logprob: typeof logprob === 'number' ? logprob : 0, bytes: [...Buffer.from(token)] }
}

/** An error that Oracle reports in a stream it has begun: `{ code, message }`. */
export function lateError(event: JsonObject): JsonObject | undefined {
  const { code, message } = event
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined
}
