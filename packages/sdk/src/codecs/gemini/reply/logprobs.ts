import { isJsonObject, type JsonObject } from '../../../types/json.ts'

/** `logprobsResult` → OpenAI's `logprobs`. Source: https://ai.google.dev/api/generate-content#LogprobsResult */
export function decodeLogprobs(result: unknown): JsonObject | undefined {
  if (!isJsonObject(result) || !Array.isArray(result.chosenCandidates)) return undefined
  const tops = Array.isArray(result.topCandidates) ? (result.topCandidates as unknown[]) : []
  const content = (result.chosenCandidates as unknown[]).map((chosen, index) => {
    const top = tops[index]
    const candidates = isJsonObject(top) && Array.isArray(top.candidates) ? (top.candidates as unknown[]) : []
    return { ...decodeToken(chosen), top_logprobs: candidates.map(decodeToken) }
  })
  return { content }
}

function decodeToken(value: unknown): JsonObject {
  const { token, logProbability } = isJsonObject(value) ? value : {}
  const text = typeof token === 'string' ? token : ''
  return { token: text, logprob: logProbability ?? 0, bytes: [...Buffer.from(text)] }
}

/** OpenAI's `logprobs` → `logprobsResult`. */
export function encodeLogprobs(logprobs: unknown): JsonObject | undefined {
  if (!isJsonObject(logprobs) || !Array.isArray(logprobs.content)) return undefined
  const content = (logprobs.content as unknown[]).filter(isJsonObject)
  return {
    chosenCandidates: content.map(encodeToken),
    topCandidates: content.map(({ top_logprobs: top }) => ({
      candidates: Array.isArray(top) ? (top as unknown[]).filter(isJsonObject).map(encodeToken) : [],
    })),
  }
}

function encodeToken(entry: JsonObject): JsonObject {
  return { token: entry.token, logProbability: entry.logprob }
}
