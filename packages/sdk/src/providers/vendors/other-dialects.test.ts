import { describe, expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

describe('Alibaba Model Studio', () => {
  const dashscope = wireOf('dashscope', 'qwen-plus')

  test('thinking has a switch and a budget', () => {
    expect(dashscope.sends({ thinking: { type: 'enabled', budget_tokens: 900 } }).body).toMatchObject({
      enable_thinking: true,
      thinking_budget: 900,
    })
    expect(dashscope.sends({ reasoning_effort: 'low' }).body).toMatchObject({
      enable_thinking: true,
      thinking_budget: 1024,
    })
    const { body } = dashscope.sends({ reasoning_effort: 'none' })
    expect(body).toMatchObject({ enable_thinking: false })
    expect(body.reasoning_effort).toBeUndefined()
    expect(dashscope.warnings).toMatchObject([{ action: 'renamed', param: 'reasoning_effort' }])
  })

  test('lists of text are text, unless one marks a place in the cache', () => {
    const marked = [{ type: 'text' as const, text: 'c', cache_control: { type: 'ephemeral' } }]
    const { body } = dashscope.sends({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        { role: 'user', content: marked },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: marked },
    ])
  })

  test('writing to the cache counts', () => {
    const details = { cached_tokens: 0, cache_creation_input_tokens: 30 }
    const usage = {
      prompt_tokens: 40,
      completion_tokens: 1,
      total_tokens: 41,
      prompt_tokens_details: details,
    }
    expect(
      dashscope.reads(replyOf({ content: 'a' }, { usage })).usage?.prompt_tokens_details
        ?.cache_creation_tokens,
    ).toBe(30)
  })
})

describe('Volcengine Ark', () => {
  const ark = wireOf('volcengine')

  test.each([
    [{ thinking: { type: 'adaptive' } }, 'auto', undefined],
    [{ thinking: { type: 'enabled', budget_tokens: 900 } }, 'enabled', undefined],
    [{ reasoning_effort: 'low' }, 'enabled', 'low'],
    [{ reasoning_effort: 'none' }, 'disabled', undefined],
  ])('%j thinks %s', (request, type, effort) => {
    const { body } = ark.sends(request)
    expect(body.thinking).toEqual({ type })
    expect(body.reasoning_effort).toBe(effort)
  })
})

describe('Z.AI', () => {
  const zai = wireOf('zai', 'glm-4.6')

  test('thinking is a switch, and tools can only be left to the model', () => {
    expect(zai.sends({ reasoning_effort: 'high' }).body.thinking).toEqual({ type: 'enabled' })
    const tools = [{ type: 'function', function: { name: 'f' } }]
    expect(() => zai.sends({ tools, tool_choice: 'required' })).toThrow(/tool_choice/)
  })

  test('what is filtered says so, and a broken answer is an error', () => {
    expect(zai.reads(replyOf({ content: '' }, {}, 'sensitive')).choices[0]?.finish_reason).toBe(
      'content_filter',
    )
    expect(() => zai.streams([chunkOf({ content: 'a' }), chunkOf({}, {}, 'network_error')])).toThrow(
      expect.objectContaining({ kind: 'bad_gateway', retryable: true }),
    )
  })
})

describe('MiniMax', () => {
  const minimax = wireOf('minimax', 'MiniMax-M2')

  test.each([
    [1002, 'rate_limit'],
    [1004, 'authentication'],
    [1008, 'insufficient_quota'],
    [1026, 'content_policy'],
    [1039, 'context_window'],
    [2013, 'bad_request'],
    [4711, 'bad_gateway'],
  ])('a 200 with code %i is %s', (code, kind) => {
    const body = { choices: null, base_resp: { status_code: code, status_msg: 'no' } }
    expect(() => minimax.reads(body)).toThrow(expect.objectContaining({ kind, code: String(code) }))
    expect(() => minimax.streams([body])).toThrow(expect.objectContaining({ kind }))
  })

  test('code 0 is fine; thinking comes out of the text and goes back into it', () => {
    const body = replyOf(
      { content: '<think>\nhm\n</think>\n\nFour.' },
      { base_resp: { status_code: 0, status_msg: '' } },
    )
    const message = minimax.reads(body).choices[0]?.message
    expect(message).toMatchObject({ content: 'Four.', reasoning_content: 'hm' })
    const { body: sent } = minimax.sends({
      messages: [{ role: 'assistant', content: 'Four.', reasoning_content: 'hm' }],
    })
    expect(sent.messages).toEqual([{ role: 'assistant', content: '<think>\nhm\n</think>\n\nFour.' }])
  })
})

describe('vLLM', () => {
  const vllm = wireOf('hosted_vllm')

  test('videos are parts of their own, as files or as they are', () => {
    const video = { type: 'video_url' as const, video_url: { url: 'https://x.example/a.mp4' } }
    const { body } = vllm.sends({
      messages: [
        {
          role: 'user',
          content: [
            video,
            { type: 'file', file: { file_data: 'data:video/mp4;base64,AAAA' } },
            { type: 'file', file: { file_id: 'https://x.example/b', format: 'video/webm' } },
          ],
        },
      ],
    })
    expect(body.messages).toMatchObject([
      {
        content: [
          video,
          { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } },
          { type: 'video_url', video_url: { url: 'https://x.example/b' } },
        ],
      },
    ])
  })

  test('its own parameters and thinking pass; schemas are not closed', () => {
    const own = { guided_json: { type: 'object' }, chat_template_kwargs: { enable_thinking: false } }
    const parameters = { type: 'object', additionalProperties: false }
    const { body } = vllm.sends({
      ...own,
      reasoning_effort: 'low',
      messages: [{ role: 'assistant', content: 'a', reasoning_content: 'hm' }],
      tools: [{ type: 'function', function: { name: 'f', strict: true, parameters } }],
    })
    expect(body).toMatchObject({ ...own, reasoning_effort: 'low' })
    expect(body.messages).toMatchObject([{ reasoning_content: 'hm' }])
    expect(body.tools).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
    ])
  })
})

describe('LM Studio', () => {
  const studio = wireOf('lm_studio')

  test('JSON mode is a schema of any object, and a named tool any tool', () => {
    const { body } = studio.sends({
      response_format: { type: 'json_object' },
      tools: [{ type: 'function', function: { name: 'f' } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
    })
    expect(body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: { type: 'object' } },
    })
    expect(body.tool_choice).toBe('required')
    expect(studio.warnings.map(({ param }) => param)).toEqual(['response_format', 'tool_choice'])
  })
})

test.each(['together_ai', 'sambanova', 'cerebras', 'novita', 'llamafile'])(
  'open models at %s: thinking is reasoning_content, however it comes',
  name => {
    const wire = wireOf(name)
    const read = (message: object) => wire.reads(replyOf({ ...message })).choices[0]?.message
    expect(read({ content: 'a', reasoning: 'hm' })).toMatchObject({ content: 'a', reasoning_content: 'hm' })
    expect(read({ content: '<think>hm</think>a' })).toMatchObject({ content: 'a', reasoning_content: 'hm' })
  },
)

test('Together’s "eos" is a stop, and what nobody knows counts as one, with the word kept', () => {
  const wire = wireOf('together_ai')
  expect(wire.reads(replyOf({ content: 'a' }, {}, 'eos')).choices[0]).toMatchObject({
    finish_reason: 'stop',
    provider_specific_fields: { native_finish_reason: 'eos' },
  })
  expect(wire.reads(replyOf({ content: 'a' }, {}, 'odd')).choices[0]?.finish_reason).toBe('stop')
})

test('bytes pass untouched only where replies need nothing', () => {
  expect(wireOf('openai_like').relays).toBe(true)
  expect(wireOf('deepseek').relays).toBe(true)
  expect(wireOf('groq').relays).toBe(false)
})

describe('models whose names carry more', () => {
  test('Clarifai', () => {
    const id = (model: string) => wireOf('clarifai', model).sends({}).body.model
    expect(id('openai.chat-completion.gpt-4.1')).toBe(
      'https://clarifai.com/openai/chat-completion/models/gpt-4.1',
    )
    expect(id('https://clarifai.com/a/b/models/c')).toBe('https://clarifai.com/a/b/models/c')
  })

  test('RAGFlow', () => {
    expect(wireOf('ragflow', 'agent/a1/deep/model').sends({}).body.model).toBe('deep/model')
    expect(() => wireOf('ragflow', 'm').sends({})).toThrow(/ragflow\/chat\/<chat id>\/<model>/)
  })
})
