import type { ChatChunk, ChatDelta, FinishReason, ToolCallDelta } from '../../../types/chat.ts'
import type { Usage } from '../../../types/usage.ts'

const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'a-model',
} as const
const usage: Usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

const delta = (piece: ChatDelta, index = 0): ChatChunk => ({
  ...head,
  choices: [{ index, delta: piece, finish_reason: null }],
})
const finish = (finish_reason: FinishReason, index = 0): ChatChunk => ({
  ...head,
  choices: [{ index, delta: {}, finish_reason }],
})
const total = (said: Usage = usage): ChatChunk => ({ ...head, choices: [], usage: said })
const begin = delta({ role: 'assistant', content: '' })
const text = (content: string) => delta({ content })
const callPiece = (piece: ToolCallDelta) => delta({ tool_calls: [piece] })
const callBegins = (index: number, id: string, name: string) =>
  callPiece({ index, id, type: 'function', function: { name, arguments: '' } })
const callGoesOn = (index: number, args: string) => callPiece({ index, function: { arguments: args } })

/** What a provider may stream, case by case. */
export const CHAT_STREAMS: Readonly<Record<string, readonly ChatChunk[]>> = {
  text: [begin, text('Hel'), text('lo'), text('.'), finish('stop'), total()],
  'text beyond ASCII': [begin, text('Grüße 👩‍'), text('👧 日本語\n'), finish('stop'), total()],
  'nothing at all': [begin, finish('stop'), total()],
  'a text cut by the output limit': [begin, text('Hel'), finish('length'), total()],
  'a refusal': [begin, delta({ refusal: 'I cannot ' }), delta({ refusal: 'help.' }), finish('stop'), total()],
  'a filtered answer': [begin, text('Well'), finish('content_filter'), total()],
  'a tool call in pieces': [
    begin,
    callBegins(0, 'call_1', 'get_weather'),
    callGoesOn(0, '{"ci'),
    callGoesOn(0, 'ty":"Rome"}'),
    finish('tool_calls'),
    total(),
  ],
  'text, then two calls': [
    begin,
    text('Let me look.'),
    callBegins(0, 'call_1', 'get_weather'),
    callGoesOn(0, '{"city":"Rome"}'),
    callBegins(1, 'call_2', 'clock'),
    callGoesOn(1, '{}'),
    finish('tool_calls'),
    total(),
  ],
  'two calls whose pieces interleave': [
    begin,
    callBegins(0, 'call_1', 'get_weather'),
    callBegins(1, 'call_2', 'get_weather'),
    callGoesOn(0, '{"city":'),
    callGoesOn(1, '{"city":'),
    callGoesOn(0, '"Rome"}'),
    callGoesOn(1, '"Oslo"}'),
    finish('tool_calls'),
    total(),
  ],
  'signed thinking, then text': [
    begin,
    delta({ reasoning_content: 'They ', thinking_blocks: [{ type: 'thinking', thinking: 'They ' }] }),
    delta({ reasoning_content: 'greet.', thinking_blocks: [{ type: 'thinking', thinking: 'greet.' }] }),
    delta({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'c2ln' }] }),
    text('Hello.'),
    finish('stop'),
    total(),
  ],
  'unsigned reasoning, then text': [
    begin,
    delta({ reasoning_content: 'They ' }),
    delta({ reasoning_content: 'greet.' }),
    text('Hello.'),
    finish('stop'),
    total(),
  ],
  'usage beside the finish': [begin, text('Hello.'), { ...finish('stop'), usage }],
  'cached tokens': [
    begin,
    text('Hello.'),
    finish('stop'),
    total({ ...usage, prompt_tokens_details: { cached_tokens: 6 }, cache_read_input_tokens: 6 }),
  ],
  'no usage': [begin, text('Hello.'), finish('stop')],
}
