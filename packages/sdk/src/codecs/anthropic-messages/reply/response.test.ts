import { describe, expect, test } from 'vitest'
import type { ChatResponse } from '../../../types/chat.ts'
import { inboundInfo, testInfo } from '../testing/call-info.ts'
import { readJson } from '../testing/fixture.ts'
import { decodeResponse, encodeResponse } from './response.ts'

describe('a reply of Anthropic’s', () => {
  test('of plain text', () => {
    expect(decodeResponse(readJson('message.json'), testInfo())).toEqual({
      id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude-sonnet-4-5-20250929',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi! My name is Claude.' },
          finish_reason: 'stop',
          provider_specific_fields: { native_finish_reason: 'end_turn' },
        },
      ],
      usage: {
        prompt_tokens: 2095,
        completion_tokens: 503,
        total_tokens: 2598,
        prompt_tokens_details: {
          cached_tokens: 0,
          cache_creation_tokens: 0,
          text_tokens: 2095,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        },
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
      service_tier: 'default',
    })
  })

  test('with thinking and a tool call; prompt tokens include cache reads and writes', () => {
    const { choices, usage } = decodeResponse(readJson('message-tools.json'), testInfo())
    expect(choices[0]).toEqual({
      index: 0,
      finish_reason: 'tool_calls',
      provider_specific_fields: { native_finish_reason: 'tool_use' },
      message: {
        role: 'assistant',
        content: 'I will look that up.',
        reasoning_content: 'The user wants the weather in Paris.',
        thinking_blocks: [
          {
            type: 'thinking',
            thinking: 'The user wants the weather in Paris.',
            signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h',
          },
          { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
        ],
        tool_calls: [
          {
            id: 'toolu_01A09q90qw90lq917835lq9',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"location":"Paris"}' },
          },
        ],
      },
    })
    expect(usage).toMatchObject({
      prompt_tokens: 50 + 556 + 1800,
      completion_tokens: 120,
      prompt_tokens_details: {
        cached_tokens: 1800,
        cache_creation_tokens: 556,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
      },
      completion_tokens_details: { reasoning_tokens: 64 },
    })
  })

  test('with hosted tools keeps their blocks, citations and annotations', () => {
    const { choices, usage } = decodeResponse(readJson('message-web-search.json'), testInfo())
    const message = choices[0]?.message
    expect(message?.content).toBe("I'll search for that. Claude Shannon was born on April 30, 1916.")
    expect(message?.tool_calls).toBeUndefined()
    expect(message?.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: {
          start_index: 22,
          end_index: 63,
          url: 'https://en.wikipedia.org/wiki/Claude_Shannon',
          title: 'Claude Shannon - Wikipedia',
        },
      },
    ])
    expect(message?.provider_specific_fields).toMatchObject({
      web_search_results: [{ type: 'web_search_tool_result' }],
      server_tool_blocks: [{ type: 'server_tool_use', name: 'web_search' }],
      citations: [[{ type: 'web_search_result_location' }]],
    })
    expect(usage?.server_tool_use).toEqual({ web_search_requests: 1 })
  })

  test('a stand-in JSON tool is folded back into content', () => {
    const body = {
      ...readJson('message.json'),
      content: [{ type: 'tool_use', id: 't', name: 'sluice_json_response', input: { a: [1] } }],
      stop_reason: 'tool_use',
    }
    expect(decodeResponse(body, testInfo()).choices[0]).toEqual({
      index: 0,
      message: { role: 'assistant', content: '{"a":[1]}' },
      finish_reason: 'stop',
      provider_specific_fields: { native_finish_reason: 'tool_use' },
    })
  })

  test.each([
    ['end_turn', 'stop', 'end_turn'],
    ['max_tokens', 'length', 'max_tokens'],
    ['tool_use', 'stop', 'tool_use'],
    ['pause_turn', 'stop', 'pause_turn'],
    ['refusal', 'content_filter', 'refusal'],
    ['model_context_window_exceeded', 'length', 'model_context_window_exceeded'],
    ['brand_new', 'stop', 'brand_new'],
    ['constructor', 'stop', 'constructor'],
  ])('stop reason %s', (stop_reason, finish, native) => {
    const info = testInfo()
    const [choice] = decodeResponse({ ...readJson('message.json'), stop_reason }, info).choices
    expect(choice?.finish_reason).toBe(finish)
    expect(choice?.provider_specific_fields?.native_finish_reason).toBe(native)
    expect(info.warnings).toHaveLength(['brand_new', 'constructor'].includes(stop_reason) ? 1 : 0)
  })

  test('that is no message is a bad gateway', () => {
    for (const body of [null, 'x', {}, { content: 'x' }])
      expect(() => decodeResponse(body, testInfo())).toThrowError(
        expect.objectContaining({ kind: 'bad_gateway', provider: 'anthropic' }),
      )
  })
})

describe('for a client of Anthropic’s', () => {
  test.each(['message.json', 'message-tools.json', 'message-web-search.json'])(
    '%s survives the way through the hub',
    name => {
      const wire = readJson(name)
      const back = encodeResponse(decodeResponse(wire, testInfo()), inboundInfo())
      const content = (wire.content as { citations?: unknown; caller?: { type: string } }[]).map(block => {
        const { citations, caller, ...rest } = block
        return {
          ...rest,
          ...(citations ? { citations } : {}),
          ...(caller && (rest as { type: string }).type !== 'tool_use' ? { caller } : {}),
        }
      })
      expect(back).toMatchObject({
        id: wire.id,
        type: 'message',
        role: 'assistant',
        model: wire.model,
        content,
        stop_reason: wire.stop_reason,
        stop_sequence: null,
      })
      expect(back.content).toHaveLength(content.length)
      const { server_tool_use, cache_creation, ...usage } = wire.usage as Record<string, unknown>
      expect(back.usage).toMatchObject(usage)
    },
  )

  const foreign: ChatResponse = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-x',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'Hm',
          reasoning_content: 'thinking…',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
            { id: 'call_2', type: 'function', function: { name: 'g', arguments: 'oops' } },
          ],
        },
      },
    ],
    usage: {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  }

  test('another vendor’s reasoning becomes a thinking block with an empty signature', () => {
    const info = inboundInfo()
    expect(encodeResponse(foreign, info)).toEqual({
      id: 'chatcmpl-1',
      type: 'message',
      role: 'assistant',
      model: 'gpt-x',
      content: [
        { type: 'thinking', thinking: 'thinking…', signature: '' },
        { type: 'text', text: 'Hm' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'call_2', name: 'g', input: { raw_arguments: 'oops' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 6,
        output_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 4,
        output_tokens_details: { thinking_tokens: 2 },
      },
    })
    expect(info.warnings).toMatchObject([{ param: 'choices[0].message.tool_calls[1].function.arguments' }])
  })

  test('a text that a guardrail has rewritten loses its citations, never gets its old words back', () => {
    const hub = decodeResponse(readJson('message-web-search.json'), testInfo())
    const message = hub.choices[0]?.message
    if (message) message.content = '[masked]'
    const content = encodeResponse(hub, inboundInfo()).content as { type: string; text?: string }[]
    expect(content.map(({ type, text }) => text ?? type)).toEqual([
      '[masked]',
      'server_tool_use',
      'web_search_tool_result',
    ])
    expect(JSON.stringify(content)).not.toContain('April 30, 1916.')
    expect(content.some(block => 'citations' in block)).toBe(false)
  })

  test('a rewritten text is not given the citations of the text it replaced', () => {
    const cited = [{ type: 'char_location', cited_text: 'secret', document_index: 0 }]
    const body = {
      ...readJson('message.json'),
      content: [{ type: 'text', text: 'The secret.', citations: cited }],
    }
    const hub = decodeResponse(body, testInfo())
    expect(encodeResponse(hub, inboundInfo()).content).toEqual(body.content)
    const message = hub.choices[0]?.message
    if (message) message.content = 'The ***.'
    expect(encodeResponse(hub, inboundInfo()).content).toEqual([{ type: 'text', text: 'The ***.' }])
  })

  test('an empty reply has no blocks, and images are dropped with a warning', () => {
    const info = inboundInfo()
    const empty: ChatResponse = {
      ...foreign,
      choices: [
        { index: 0, finish_reason: null, message: { role: 'assistant', content: null, images: [{}] } },
      ],
    }
    expect(encodeResponse(empty, info)).toMatchObject({ content: [], stop_reason: 'end_turn' })
    expect(info.warnings).toMatchObject([{ param: 'choices[0].message.images' }])
  })
})
