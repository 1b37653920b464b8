import { expect, test } from 'vitest'
import type { ChatRequest } from '../../types/chat.ts'
import type { Warning } from '../../types/warning.ts'
import type { CallInfo } from '../codec.ts'
import { bedrockCohere } from './cohere.ts'
import { command, deepseek, jurassic, llama, mistral, type PromptFamily, qwen, titan } from './families.ts'
import { bedrockPrompt } from './prompt.ts'

const talk: ChatRequest['messages'] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Yo' },
  { role: 'user', content: 'Why?' },
]

function infoOf(model = 'm'): CallInfo & { warnings: Warning[] } {
  const warnings: Warning[] = []
  const deployment = { id: 'd', group: 'g', provider: 'bedrock', model }
  return {
    id: 'call-1',
    now: 0,
    model,
    stream: false,
    deployment,
    warnings,
    warn: w => void warnings.push(w),
  }
}

function bodyOf(family: PromptFamily, request: Partial<ChatRequest> = {}, model = 'm') {
  return bedrockPrompt(family).upstream.encodeRequest({ model, messages: talk, ...request }, infoOf(model))
    .body
}

test.each([
  [
    'Llama 3',
    bodyOf(llama, { max_tokens: 9, top_p: 0.5 }),
    {
      prompt:
        '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\nYo<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\n',
      max_gen_len: 9,
      top_p: 0.5,
    },
  ],
  [
    'Llama 2',
    bodyOf(llama, {}, 'meta.llama2-13b-chat-v1'),
    { prompt: '<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Yo</s><s>[INST] Why? [/INST]' },
  ],
  [
    'Mistral',
    bodyOf(mistral, { stop: 'X', top_k: 3 }),
    { prompt: '<s>[INST] Be brief.\n\nHi [/INST] Yo</s><s>[INST] Why? [/INST]', stop: ['X'], top_k: 3 },
  ],
  [
    'Titan',
    bodyOf(titan, { max_completion_tokens: 7, stop: ['a'] }),
    {
      inputText: 'Be brief.\n\nUser: Hi\nBot: Yo\nUser: Why?\nBot:',
      textGenerationConfig: { maxTokenCount: 7, stopSequences: ['a'] },
    },
  ],
  [
    'DeepSeek R1',
    bodyOf(deepseek),
    {
      prompt:
        '<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜>Yo<｜end▁of▁sentence｜><｜User｜>Why?<｜Assistant｜><think>\n',
    },
  ],
  [
    'Qwen',
    bodyOf(qwen, { max_tokens: 5 }),
    {
      prompt:
        '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n' +
        '<|im_start|>assistant\nYo<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n',
      max_gen_len: 5,
    },
  ],
  [
    'Command',
    bodyOf(command, { top_p: 0.1, n: 2 }),
    { prompt: 'Be brief.\n\nHi\n\nYo\n\nWhy?', p: 0.1, num_generations: 2 },
  ],
  [
    'Jurassic',
    bodyOf(jurassic, { presence_penalty: 0.2, return_likelihoods: 'NONE' }),
    {
      prompt: 'Be brief.\n\nHi\n\nYo\n\nWhy?',
      presencePenalty: { scale: 0.2 },
      return_likelihoods: 'NONE',
    },
  ],
])('%s reads the conversation as it was taught', (_name, body, wanted) => {
  expect(body).toEqual(wanted)
})

test('what a prompt cannot hold is refused, what it ignores is told', () => {
  const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } }
  expect(() => bodyOf(llama, { messages: [{ role: 'user', content: [image] }] })).toThrow(/one text/)
  const result = { role: 'tool' as const, tool_call_id: 'c', content: 'sun' }
  expect(() => bodyOf(llama, { messages: [...talk, result] })).toThrow(/tool calls/)
  expect(() => bodyOf(llama, { messages: [{ role: 'system', content: 'x' }] })).toThrow(/user message/)
  const info = infoOf()
  const named = { role: 'user' as const, name: 'ann', content: 'Hi', cache_control: { type: 'ephemeral' } }
  bedrockPrompt(llama).upstream.encodeRequest({ model: 'm', messages: [named] }, info)
  expect(info.warnings.map(({ param }) => param)).toEqual(['messages[0].name', 'messages[0].cache_control'])
})

test('counts that only the headers tell are read there', () => {
  const { decodeResponse } = bedrockPrompt(mistral).upstream
  const headers = { 'x-amzn-bedrock-input-token-count': '5', 'x-amzn-bedrock-output-token-count': '3' }
  const body = { outputs: [{ text: 'Hello', stop_reason: 'length' }] }
  const reply = decodeResponse(body, infoOf(), headers)
  expect(reply.usage).toEqual({ prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 })
  expect(reply.choices[0]).toMatchObject({ message: { content: 'Hello' }, finish_reason: 'length' })
  expect(decodeResponse(body, infoOf()).usage).toBeUndefined()
  expect(() => decodeResponse({}, infoOf())).not.toThrow()
  expect(() => decodeResponse([], infoOf())).toThrow(/holds no text/)
})

function event(body: object) {
  const bytes = Buffer.from(JSON.stringify(body)).toString('base64')
  return { event: 'chunk', data: JSON.stringify({ bytes }) }
}

test('thinking that the prompt opened is parted from the answer, whole and streamed', () => {
  const codec = bedrockPrompt(deepseek).upstream
  const reply = codec.decodeResponse(
    { choices: [{ text: 'Hm.</think>\nYes', stop_reason: 'stop' }] },
    infoOf(),
  )
  expect(reply.choices[0]?.message).toMatchObject({ reasoning_content: 'Hm.', content: 'Yes' })
  const decoder = codec.decodeStream?.(infoOf())
  const pieces = ['Hm', '.</thi', 'nk>Y', 'es'].map(text => ({ choices: [{ text, stop_reason: null }] }))
  const last = {
    choices: [{ text: '', stop_reason: 'stop' }],
    'amazon-bedrock-invocationMetrics': { inputTokenCount: 2, outputTokenCount: 4 },
  }
  const chunks = [...pieces, last].flatMap(piece => [...(decoder?.push(event(piece)) ?? [])])
  const said = (key: 'content' | 'reasoning_content') =>
    chunks.map(({ choices }) => choices[0]?.delta[key] ?? '').join('')
  expect([said('reasoning_content'), said('content')]).toEqual(['Hm.', 'Yes'])
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 4 })
  expect([...(decoder?.end() ?? [])]).toEqual([])
})

test('a stream that stops in the middle is truncated, and an exception is its error', () => {
  const decoder = bedrockPrompt(llama).upstream.decodeStream?.(infoOf())
  decoder?.push(event({ generation: 'Hel', stop_reason: null }))
  expect(() => decoder?.end()).toThrow(/before the answer was complete/)
  expect(() =>
    decoder?.push({ event: 'throttlingException', data: '{"message":"slow"}', exception: true }),
  ).toThrow(/slow/)
})

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

test('Command R has history, tools and their results in its own words', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }
  const { body } = bedrockCohere.upstream.encodeRequest(
    {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'sun' },
      ],
      tools: [weather],
      top_p: 0.3,
      stop: 'X',
    },
    infoOf(),
  )
  expect(body).toEqual({
    message: '',
    chat_history: [
      { role: 'USER', message: 'Weather?' },
      { role: 'CHATBOT', message: '', tool_calls: [{ name: 'weather', parameters: { city: 'Rome' } }] },
    ],
    preamble: 'Be brief.',
    p: 0.3,
    stop_sequences: ['X'],
    tools: [
      {
        name: 'weather',
        description: 'Weather.',
        parameter_definitions: { city: { type: 'str', required: true } },
      },
    ],
    tool_results: [{ call: { name: 'weather', parameters: { city: 'Rome' } }, outputs: [{ text: 'sun' }] }],
  })
})

test('Command R’s calls and stream come back', () => {
  const { decodeResponse, decodeStream } = bedrockCohere.upstream
  const reply = decodeResponse(
    { text: '', finish_reason: 'COMPLETE', tool_calls: [{ name: 'weather', parameters: { city: 'Rome' } }] },
    infoOf(),
  )
  expect(reply.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Rome"}' } }] },
  })
  const decoder = decodeStream?.(infoOf())
  const chunks = [
    { event_type: 'stream-start' },
    { event_type: 'text-generation', text: 'Hel' },
    { event_type: 'text-generation', text: 'lo' },
    {
      event_type: 'stream-end',
      finish_reason: 'MAX_TOKENS',
      'amazon-bedrock-invocationMetrics': { inputTokenCount: 2, outputTokenCount: 4 },
    },
  ].flatMap(body => [...(decoder?.push(event(body)) ?? [])])
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello')
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length')
  expect(chunks.at(-1)?.usage?.total_tokens).toBe(6)
})
