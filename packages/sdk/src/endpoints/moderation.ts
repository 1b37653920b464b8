import { isJsonObject } from '../types/json.ts'
import type { ModerationPart, ModerationRequest } from '../types/moderation.ts'
import type { Endpoint } from './endpoint.ts'

/** Judges texts and images by categories of harm. */
export const moderation: Endpoint<'moderation'> = {
  name: 'moderation',
  callType: 'amoderation',
  isRepeatable: true,
  openaiParams: new Set(),
  sample: { input: 'Hello' },
  texts: ({ input }) => (typeof input === 'string' ? [input] : input.flatMap(textsOf)),
  withTexts(request, texts): ModerationRequest {
    const { input } = request
    if (typeof input === 'string') return { ...request, input: texts[0] ?? input }
    let next = 0
    const replaced = input.map(item => {
      if (typeof item === 'string') return texts[next++] ?? item
      return typeof item.text === 'string' ? { ...item, text: texts[next++] ?? item.text } : item
    })
    return { ...request, input: replaced as ModerationRequest['input'] }
  },
  replyTexts: () => [],
  withReplyTexts: response => response,
  // Those who report none charge none.
  usage: ({ usage }) =>
    isJsonObject(usage) ? usage : { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  maxOutputTokens: () => 0,
}

function textsOf(item: string | ModerationPart): string[] {
  if (typeof item === 'string') return [item]
  return typeof item.text === 'string' ? [item.text] : []
}
