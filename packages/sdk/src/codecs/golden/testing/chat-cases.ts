import type { ChatMessage, ChatRequest, ChatTool, ContentPart } from '../../../types/chat.ts'
import { RARE_CASES } from './rare-chat-cases.ts'

/** A hub request; the column adds its own model. */
export type GoldenRequest = Omit<ChatRequest, 'model'> & { messages: ChatMessage[] }

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const PDF = 'data:application/pdf;base64,JVBERi0xLjQ='
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
}

const hello: ChatMessage = { role: 'user', content: 'Hello' }
const asks = (...content: ContentPart[]): ChatMessage => ({ role: 'user', content })
const says = (content: string): ChatMessage => ({ role: 'assistant', content })
const weather: ChatTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const clock: ChatTool = { type: 'function', function: { name: 'clock', strict: true, parameters: SCHEMA } }
const called = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const toolTurn = (...calls: ReturnType<typeof called>[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: calls,
})

const CONVERSATIONS: Record<string, GoldenRequest> = {
  'one message': { messages: [hello] },
  'a system message': { messages: [{ role: 'system', content: 'Be brief.' }, hello] },
  'a developer message': { messages: [{ role: 'developer', content: 'Be brief.' }, hello] },
  'two system messages, in parts': {
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'One.' }] },
      { role: 'system', content: 'Two.' },
      hello,
    ],
  },
  'a system message between turns': {
    messages: [hello, says('Hi.'), { role: 'system', content: 'Now in French.' }, hello],
  },
  'several turns': { messages: [hello, says('Hi.'), { role: 'user', content: 'How are you?' }] },
  'two user messages in a row': { messages: [hello, { role: 'user', content: 'Are you there?' }] },
  'a prefilled answer': { messages: [hello, says('The answer is')] },
  'named participants': { messages: [{ role: 'user', name: 'ann', content: 'Hello' }] },
  'empty and blank contents': {
    messages: [
      { role: 'system', content: '' },
      { role: 'user', content: 'Hello' },
      says(''),
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'Go on' },
        ],
      },
    ],
  },
  'a refusal in the history': {
    messages: [
      hello,
      { role: 'assistant', content: null, refusal: 'I cannot help with that.' },
      { role: 'user', content: 'Why?' },
    ],
  },
  'beyond ASCII': {
    messages: [{ role: 'user', content: 'Grüße 👩‍👩‍👧 \u0000 \ud83d\ude00 "quoted" \\ 日本語' }],
  },
}

const TOOLS: Record<string, GoldenRequest> = {
  'a tool': { messages: [hello], tools: [weather] },
  'two tools, one strict': { messages: [hello], tools: [weather, clock] },
  'a tool without parameters': {
    messages: [hello],
    tools: [{ type: 'function', function: { name: 'now' } }],
  },
  'tool_choice auto': { messages: [hello], tools: [weather], tool_choice: 'auto' },
  'tool_choice none': { messages: [hello], tools: [weather], tool_choice: 'none' },
  'tool_choice required': { messages: [hello], tools: [weather], tool_choice: 'required' },
  'tool_choice naming a function': {
    messages: [hello],
    tools: [weather, clock],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
  },
  'parallel_tool_calls off': { messages: [hello], tools: [weather], parallel_tool_calls: false },
  'a tool result': {
    messages: [
      hello,
      toolTurn(called('call_1', 'get_weather', '{"city":"Rome"}')),
      { role: 'tool', tool_call_id: 'call_1', content: '{"degrees":21}' },
    ],
    tools: [weather],
  },
  'parallel calls and their results': {
    messages: [
      hello,
      toolTurn(
        called('call_1', 'get_weather', '{"city":"Rome"}'),
        called('call_2', 'get_weather', '{"city":"Oslo"}'),
      ),
      { role: 'tool', tool_call_id: 'call_2', content: 'rain' },
      { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'sun' }] },
      { role: 'user', content: 'Which is better?' },
    ],
    tools: [weather],
  },
  'a failed tool and one that answered nothing': {
    messages: [
      hello,
      toolTurn(called('call_1', 'get_weather', '{"city":"Rome"}'), called('call_2', 'clock', '')),
      { role: 'tool', tool_call_id: 'call_1', content: 'Error: no such city', is_error: true },
      { role: 'tool', tool_call_id: 'call_2', content: '' },
    ],
    tools: [weather, clock],
  },
  'tool results without the tools': {
    messages: [
      hello,
      toolTurn(called('call_1', 'get_weather', '{"city":"Rome"}')),
      { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
    ],
  },
  'a cache mark on a tool': {
    messages: [hello],
    tools: [{ ...weather, cache_control: { type: 'ephemeral' } }],
  },
}

const MEDIA: Record<string, GoldenRequest> = {
  'an image by URL': {
    messages: [
      asks(
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'https://images.example/cat.png', detail: 'high' } },
      ),
    ],
  },
  'an image in base64': { messages: [asks({ type: 'image_url', image_url: { url: PNG } })] },
  'an image in a tool result': {
    messages: [
      hello,
      toolTurn(called('call_1', 'get_weather', '{"city":"Rome"}')),
      { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'image_url', image_url: { url: PNG } }] },
    ],
    tools: [weather],
  },
  'a PDF': {
    messages: [
      asks(
        { type: 'file', file: { filename: 'a.pdf', file_data: PDF } },
        { type: 'text', text: 'Sum it up' },
      ),
    ],
  },
  'a file by id': {
    messages: [asks({ type: 'file', file: { file_id: 'file-abc' } }, { type: 'text', text: 'Sum it up' })],
  },
  audio: {
    messages: [
      asks(
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
        { type: 'text', text: 'Write it down' },
      ),
    ],
  },
  'cache marks on messages and parts': {
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      asks({ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }),
      says('Hi.'),
      { role: 'user', content: 'Go on', cache_control: { type: 'ephemeral' } },
    ],
  },
}

const THINKING: Record<string, GoldenRequest> = {
  'reasoning_effort none': { messages: [hello], reasoning_effort: 'none' },
  'reasoning_effort low': { messages: [hello], reasoning_effort: 'low' },
  'reasoning_effort high': { messages: [hello], reasoning_effort: 'high', max_tokens: 8000 },
  'a thinking budget': {
    messages: [hello],
    thinking: { type: 'enabled', budget_tokens: 2000 },
    max_tokens: 4000,
  },
  'thinking disabled': { messages: [hello], thinking: { type: 'disabled' } },
  'thinking blocks in the history': {
    messages: [
      hello,
      {
        role: 'assistant',
        content: 'Hi.',
        reasoning_content: 'They greet me.',
        thinking_blocks: [
          { type: 'thinking', thinking: 'They greet me.', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'eHg=' },
        ],
      },
      { role: 'user', content: 'Go on' },
    ],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 2000,
  },
}

const PARAMETERS: Record<string, GoldenRequest> = {
  json_object: {
    messages: [{ role: 'user', content: 'Answer in JSON' }],
    response_format: { type: 'json_object' },
  },
  json_schema: {
    messages: [hello],
    response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema: SCHEMA } },
  },
  'json_schema beside tools': {
    messages: [hello],
    tools: [weather],
    response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: SCHEMA } },
  },
  'a stop text': { messages: [hello], stop: 'END' },
  'several stop texts': { messages: [hello], stop: ['END', 'STOP', '\n\n'] },
  'n above one': { messages: [hello], n: 2 },
  'a seed': { messages: [hello], seed: 7 },
  logprobs: { messages: [hello], logprobs: true, top_logprobs: 2 },
  penalties: {
    messages: [hello],
    presence_penalty: 0.5,
    frequency_penalty: -0.5,
    logit_bias: { '50256': -100 },
  },
  sampling: { messages: [hello], temperature: 0.2, top_p: 0.9, top_k: 40 },
  'temperature above one': { messages: [hello], temperature: 1.7 },
  max_tokens: { messages: [hello], max_tokens: 100 },
  max_completion_tokens: { messages: [hello], max_completion_tokens: 100 },
  'user, store and metadata': { messages: [hello], user: 'user-1', store: true, metadata: { project: 'x' } },
  'service tier, verbosity, cache key': {
    messages: [hello],
    service_tier: 'auto',
    verbosity: 'low',
    prompt_cache_key: 'k',
    safety_identifier: 's',
  },
  'fields nobody knows': { messages: [hello], brand_new_option: { deep: [1, null, 'x'] } },
  'null everywhere': {
    messages: [hello],
    temperature: null,
    stop: null,
    tools: null,
    tool_choice: null,
    response_format: null,
    max_tokens: null,
    reasoning_effort: null,
    user: null,
    stream: null,
    seed: null,
  },
  'a stream': { messages: [hello], stream: true },
  'a stream with its usage': { messages: [hello], stream: true, stream_options: { include_usage: true } },
}

/** What a client may ask, case by case: the rows of the golden matrix. */
export const CHAT_CASES: Readonly<Record<string, GoldenRequest>> = {
  ...CONVERSATIONS,
  ...TOOLS,
  ...MEDIA,
  ...THINKING,
  ...PARAMETERS,
  ...RARE_CASES,
}
