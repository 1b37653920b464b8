import type { EmbeddingRequest } from '../types/embedding.ts'
import type { Endpoint } from './endpoint.ts'

export const embedding: Endpoint<'embedding'> = {
  name: 'embedding',
  callType: 'aembedding',
  isRepeatable: true,
  openaiParams: new Set(['dimensions', 'encoding_format', 'user']),
  sample: { input: ['Hello'] },
  texts: request => (typeof request.input === 'string' ? [request.input] : request.input.filter(isString)),
  withTexts(request, texts): EmbeddingRequest {
    if (typeof request.input === 'string') return { ...request, input: texts[0] ?? request.input }
    let next = 0
    return {
      ...request,
      input: request.input.map(item => (isString(item) ? (texts[next++] ?? item) : item)) as string[],
    }
  },
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage(response) {
    const { usage } = response
    if (usage === undefined) return undefined
    return { ...usage, completion_tokens: 0, total_tokens: usage.total_tokens ?? usage.prompt_tokens }
  },
  withUsage: (response, { prompt_tokens, total_tokens }) => ({
    ...response,
    usage: { prompt_tokens, total_tokens },
  }),
  maxOutputTokens: () => 0,
}

function isString(item: unknown): item is string {
  return typeof item === 'string'
}
