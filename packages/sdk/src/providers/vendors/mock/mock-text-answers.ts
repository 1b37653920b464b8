import type { CallInfo } from '../../../codecs/codec.ts'
import { textCompletion } from '../../../endpoints/text-completion.ts'
import { isJsonObject } from '../../../types/json.ts'
import type { ModerationRequest, ModerationResponse } from '../../../types/moderation.ts'
import type { RerankRequest, RerankResponse } from '../../../types/rerank.ts'
import type { TextCompletionRequest, TextCompletionResponse } from '../../../types/text-completion.ts'

type Info = Pick<CallInfo, 'id' | 'now' | 'model'>

/** One choice for each prompt. */
export function mockText(
  request: TextCompletionRequest,
  say: (heard: string) => string,
  info: Info,
): TextCompletionResponse {
  const prompts = textCompletion.texts({ ...request, suffix: null })
  const texts = (prompts.length === 0 ? [''] : prompts).map(say)
  const prompt = tokensOf(prompts.join(''))
  const completion = tokensOf(texts.join(''))
  return {
    id: `cmpl-${info.id}`,
    object: 'text_completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: texts.map((text, index) => ({ text, index, logprobs: null, finish_reason: 'stop' })),
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  }
}

/** Nothing is ever flagged. */
export function mockModeration({ input }: ModerationRequest, info: Info): ModerationResponse {
  const together = typeof input === 'string' || input.some(isJsonObject)
  const result = () => ({ flagged: false, categories: { violence: false }, category_scores: { violence: 0 } })
  return { id: `modr-${info.id}`, model: info.model, results: together ? [result()] : input.map(result) }
}

/** By the share of the query's words that a document holds. */
export function mockRerank({ query, documents }: RerankRequest, info: Info): RerankResponse {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const results = documents.map((document, index) => {
    const text = (typeof document === 'string' ? document : JSON.stringify(document)).toLowerCase()
    const found = words.filter(word => text.includes(word)).length
    return { index, relevance_score: words.length === 0 ? 0 : found / words.length }
  })
  results.sort((a, b) => b.relevance_score - a.relevance_score)
  return { id: `rerank-${info.id}`, results, meta: { billed_units: { search_units: 1 } } }
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4)
}
