import { isPreamble } from '../codecs/openai-chat/preamble.ts'
import { TEXT_COMPLETION_PARAMS } from '../codecs/openai-completions/request.ts'
import { isJsonArray, isJsonObject } from '../types/json.ts'
import type { TextChoice, TextCompletionRequest, TextCompletionResponse } from '../types/text-completion.ts'
import type { Usage } from '../types/usage.ts'
import type { Endpoint } from './endpoint.ts'
import type { StreamMeter } from './meter.ts'

/** Goes on writing where a text stops. */
export const textCompletion: Endpoint<'text_completion'> = {
  name: 'text_completion',
  callType: 'atext_completion',
  isRepeatable: true,
  openaiParams: TEXT_COMPLETION_PARAMS,
  sample: { prompt: 'Hello' },
  texts: ({ prompt, suffix }) => [
    ...(typeof prompt === 'string' ? [prompt] : prompt.filter(isText)),
    ...(suffix ? [suffix] : []),
  ],
  withTexts(request, texts): TextCompletionRequest {
    let next = 0
    const replaced = (text: string) => texts[next++] ?? text
    const { prompt, suffix } = request
    const written =
      typeof prompt === 'string'
        ? replaced(prompt)
        : prompt.map(item => (isText(item) ? replaced(item) : item))
    const out = { ...request, prompt: written as TextCompletionRequest['prompt'] }
    return suffix ? { ...out, suffix: replaced(suffix) } : out
  },
  replyTexts: response => response.choices.map(choice => choice.text),
  withReplyTexts: (response, texts) => ({
    ...response,
    choices: response.choices.map((choice, index) => ({ ...choice, text: texts[index] ?? choice.text })),
  }),
  usage: response => (isJsonObject(response.usage) ? response.usage : undefined),
  withUsage: (response, usage) => ({ ...response, usage }),
  usageEvent: ({ id, object, created, model }, usage) => ({ id, object, created, model, choices: [], usage }),
  maxOutputTokens(request) {
    const { max_tokens: limit, n, best_of: tried, prompt } = request
    if (limit == null) return undefined
    return limit * Math.max(1, n ?? 1, tried ?? 1) * promptsOf(prompt)
  },
  isPreamble,
  createMeter: () => new TextMeter(),
  fold,
  unfold: response => [response],
}

/** How many prompts a request holds. */
function promptsOf(prompt: unknown): number {
  return Array.isArray(prompt) && typeof prompt[0] !== 'number' ? Math.max(1, prompt.length) : 1
}

class TextMeter implements StreamMeter<TextCompletionResponse> {
  usage: Usage | undefined
  id: string | undefined
  textLength = 0

  see(chunk: TextCompletionResponse): void {
    this.id ||= chunk.id
    if (chunk.usage) this.usage = chunk.usage
    for (const { text } of chunk.choices) this.textLength += text.length
  }
}

function fold(chunks: readonly TextCompletionResponse[]): TextCompletionResponse {
  const first = chunks.find(chunk => chunk.id) ?? chunks[0]
  const choices = new Map<number, TextChoice>()
  const whole: TextCompletionResponse = {
    id: first?.id ?? '',
    object: 'text_completion',
    created: first?.created ?? 0,
    model: first?.model ?? '',
    choices: [],
  }
  for (const chunk of chunks) {
    if (chunk.usage) whole.usage = chunk.usage
    if (chunk.system_fingerprint) whole.system_fingerprint = chunk.system_fingerprint
    for (const piece of chunk.choices) choices.set(piece.index, joined(choices.get(piece.index), piece))
  }
  whole.choices = [...choices.values()].sort((a, b) => a.index - b.index)
  return whole
}

function joined(before: TextChoice | undefined, piece: TextChoice): TextChoice {
  if (before === undefined) return { ...piece }
  return {
    ...before,
    ...piece,
    text: before.text + piece.text,
    finish_reason: piece.finish_reason ?? before.finish_reason,
    logprobs: joinedLogprobs(before.logprobs, piece.logprobs) ?? null,
  }
}

function joinedLogprobs(
  before: TextChoice['logprobs'],
  piece: TextChoice['logprobs'],
): TextChoice['logprobs'] {
  if (!before || !piece) return before ?? piece
  const out = { ...before }
  for (const key in piece) {
    const [had, more] = [before[key], piece[key]]
    out[key] = isJsonArray(had) && isJsonArray(more) ? [...had, ...more] : (more ?? had)
  }
  return out
}

function isText(item: unknown): item is string {
  return typeof item === 'string'
}
