import type { ChatChoice, ChatResponse, ChatResponseMessage, FinishReason } from '../../../types/chat.ts'

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

function reply(
  message: Partial<ChatResponseMessage>,
  finish_reason: FinishReason,
  over: Partial<ChatResponse> = {},
): ChatResponse {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'a-model',
    choices: [choice(0, message, finish_reason)],
    usage,
    ...over,
  }
}

function choice(
  index: number,
  message: Partial<ChatResponseMessage>,
  finish_reason: FinishReason,
): ChatChoice {
  return { index, message: { role: 'assistant', content: null, ...message }, finish_reason }
}

const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})

/** What a model may answer, case by case. */
export const CHAT_REPLIES: Readonly<Record<string, ChatResponse>> = {
  text: reply({ content: 'Hello.' }, 'stop'),
  'text beyond ASCII': reply({ content: 'Grüße 👩‍👩‍👧 "quoted" \\ 日本語\n' }, 'stop'),
  'nothing at all': reply({ content: '' }, 'stop'),
  'a text cut by the output limit': reply({ content: 'Hel' }, 'length'),
  'a refusal': reply({ content: null, refusal: 'I cannot help with that.' }, 'stop'),
  'a filtered answer': reply({ content: null }, 'content_filter'),
  'a tool call': reply({ tool_calls: [call('call_1', 'get_weather', '{"city":"Rome"}')] }, 'tool_calls'),
  'text and two tool calls': reply(
    {
      content: 'Let me look.',
      tool_calls: [call('call_1', 'get_weather', '{"city":"Rome"}'), call('call_2', 'clock', '{}')],
    },
    'tool_calls',
  ),
  'a tool call whose arguments are no JSON': reply(
    { tool_calls: [call('call_1', 'get_weather', '{"city":')] },
    'tool_calls',
  ),
  'signed thinking': reply(
    {
      content: 'Hello.',
      reasoning_content: 'They greet me.',
      thinking_blocks: [{ type: 'thinking', thinking: 'They greet me.', signature: 'c2ln' }],
    },
    'stop',
  ),
  'unsigned reasoning': reply({ content: 'Hello.', reasoning_content: 'They greet me.' }, 'stop'),
  'two choices': reply({}, 'stop', {
    choices: [choice(0, { content: 'One.' }, 'stop'), choice(1, { content: 'Two.' }, 'length')],
  }),
  'cached and reasoning tokens': reply({ content: 'Hello.' }, 'stop', {
    usage: {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_creation_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 30 },
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 20,
    },
  }),
  'no usage': reply({ content: 'Hello.' }, 'stop', { usage: undefined as never }),
}
