import { countTokens as count } from '../tokens/count.ts'
import { chat } from './chat.ts'
import type { Endpoint } from './endpoint.ts'

/** How many tokens a chat request would take: asked of the provider where it can say, else counted here. */
export const countTokens: Endpoint<'count_tokens'> = {
  name: 'count_tokens',
  callType: 'acount_tokens',
  isRepeatable: true,
  openaiParams: chat.openaiParams,
  sample: chat.sample,
  texts: chat.texts,
  withTexts: chat.withTexts,
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage: () => ({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
  maxOutputTokens: () => 0,
  ...(chat.repaired && { repaired: chat.repaired }),
  async answer(request, model) {
    const { tokens, method } = await count({ model, messages: request.messages, tools: request.tools ?? [] })
    return { input_tokens: tokens, tokenizer: method }
  },
}
