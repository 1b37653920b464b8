import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../types/chat.ts'
import type { CallInfo } from '../../codec.ts'
import { decodeResponse } from '../reply/response.ts'
import { decodeStream } from '../reply/stream.ts'
import { type TestInfo, testInfo } from '../testing/call-info.ts'
import { encodeRequest } from './request.ts'

const user = [{ role: 'user' as const, content: 'Hi' }]

function encode(request: Partial<ChatRequest>, model?: string, over?: Partial<CallInfo>) {
  const info: TestInfo = testInfo(model, over)
  const wire = encodeRequest({ model: 'alias', messages: user, ...request }, info)
  return { ...wire, warnings: info.warnings.map(({ action, param }) => `${action} ${param}`) }
}

const weather = {
  type: 'function' as const,
  function: { name: 'weather', description: 'd', parameters: { type: 'object', properties: {} } },
}

test('the smallest request says model, limit and messages', () => {
  expect(encode({}).body).toEqual({
    model: 'claude-sonnet-4-5',
    max_tokens: 64_000,
    messages: [{ role: 'user', content: 'Hi' }],
  })
})

describe('limits and sampling', () => {
  test('max_completion_tokens wins, and an unknown model limit is told', () => {
    expect(encode({ max_tokens: 5, max_completion_tokens: 7 }).body.max_tokens).toBe(7)
    const guessed = encode({}, undefined, { maxOutputTokens: undefined })
    expect(guessed.body.max_tokens).toBe(4096)
    expect(guessed.warnings).toEqual(['approximated max_tokens'])
  })

  test('sampling is clamped, and top_p gives way where only one is taken', () => {
    const { body, warnings } = encode({ temperature: 1.7, top_p: 0.5, top_k: 3 })
    expect(body).toMatchObject({ temperature: 1, top_k: 3 })
    expect(body).not.toHaveProperty('top_p')
    expect(warnings).toEqual(['clamped temperature', 'dropped top_p'])
    expect(encode({ temperature: 0.2, top_p: 0.5 }, 'claude-3-5-sonnet-20241022').body).toMatchObject({
      temperature: 0.2,
      top_p: 0.5,
    })
  })

  test('models without sampling lose it with a warning, unless it says nothing', () => {
    expect(encode({ temperature: 0.2 }, 'claude-opus-4-7').warnings).toEqual(['dropped temperature'])
    const neutral = encode({ temperature: 1 }, 'claude-opus-4-7')
    expect([neutral.body.temperature, neutral.warnings]).toEqual([undefined, []])
  })

  test('stop becomes a list; white space only is dropped with its path', () => {
    expect(encode({ stop: 'END' }).body.stop_sequences).toEqual(['END'])
    const { body, warnings } = encode({ stop: ['a', '\n'] })
    expect(body.stop_sequences).toEqual(['a'])
    expect(warnings).toEqual(['dropped stop[1]'])
  })
})

describe('identity and tiers', () => {
  test('user becomes metadata.user_id unless it names a person', () => {
    expect(encode({ user: 'u-1' }).body.metadata).toEqual({ user_id: 'u-1' })
    expect(encode({ metadata: { user_id: 'u-2' } }).body.metadata).toEqual({ user_id: 'u-2' })
    const personal = encode({ user: 'ann@example.com' })
    expect([personal.body.metadata, personal.warnings]).toEqual([undefined, ['dropped user']])
    expect(encode({ user: '20240117' }).body.metadata).toEqual({ user_id: '20240117' })
  })

  test.each([
    ['default', 'standard_only', []],
    ['auto', 'auto', []],
    ['priority', 'auto', ['approximated service_tier']],
    ['flex', undefined, ['dropped service_tier']],
  ])('service tier %s', (tier, wire, warnings) => {
    const encoded = encode({ service_tier: tier })
    expect([encoded.body.service_tier, encoded.warnings]).toEqual([wire, warnings])
  })
})

describe('keys of other vendors', () => {
  test('unknown keys are copied, null and consumed ones are not', () => {
    const { body } = encode({
      container: 'c-1',
      inference_geo: 'us',
      stream_options: { include_usage: true },
      cache_control: null,
      n: 1,
    })
    expect(body).toMatchObject({ container: 'c-1', inference_geo: 'us' })
    for (const key of ['stream_options', 'cache_control', 'n', 'stream']) expect(body).not.toHaveProperty(key)
  })

  test('a __proto__ key pollutes nothing', () => {
    const request = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"a":1}}')
    const { body } = encode(request)
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
    expect((body as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.hasOwn(body, '__proto__')).toBe(false)
  })
})

describe('beta headers', () => {
  test('follow from the body and join the caller’s and the deployment’s', () => {
    const { body, headers } = encode(
      {
        betas: ['mine-1'],
        messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_1' } }] }],
        context_management: { edits: [{ type: 'compact_20260112' }] },
        tools: [{ type: 'computer_20250124', name: 'computer' } as never],
      },
      undefined,
      {
        deployment: {
          id: 'd',
          group: 'g',
          provider: 'anthropic',
          model: 'm',
          headers: { 'Anthropic-Beta': 'theirs-1, mine-1' },
        },
      },
    )
    expect(headers?.['anthropic-beta']?.split(',').sort()).toEqual([
      'compact-2026-01-12',
      'computer-use-2025-01-24',
      'files-api-2025-04-14',
      'mine-1',
      'theirs-1',
    ])
    expect(body).not.toHaveProperty('betas')
  })
  test('are absent when nothing needs them', () => {
    expect(encode({ tools: [weather] }).headers).toBeUndefined()
  })
})

describe('response_format', () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 1, description: 'count' } },
    required: ['n'],
  }
  const format = { type: 'json_schema' as const, json_schema: { name: 'out', schema } }

  test('is structured output where the model has it; what it cannot enforce moves into descriptions', () => {
    const { body, warnings } = encode({ response_format: format })
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: 'count\n\n{minimum: 1}' } },
          required: ['n'],
          additionalProperties: false,
        },
      },
    })
    expect(warnings).toEqual(['approximated response_format.json_schema.schema'])
  })

  test('is a forced tool on older models', () => {
    const { body } = encode({ response_format: format }, 'claude-3-7-sonnet-20250219')
    expect(body.tools).toMatchObject([{ name: 'sluice_json_response', input_schema: schema }])
    expect(body.tool_choice).toEqual({ type: 'tool', name: 'sluice_json_response' })
  })

  test('leaves the choice open beside the caller’s own tools', () => {
    const { body } = encode({ response_format: format, tools: [weather] }, 'claude-3-7-sonnet')
    expect(body.tool_choice).toEqual({ type: 'any' })
    expect(body.tools).toHaveLength(2)
  })

  test('json_object becomes an instruction, with a warning', () => {
    const { body, warnings } = encode({ response_format: { type: 'json_object' } })
    expect(body.system).toMatch(/one JSON object/)
    expect(warnings).toEqual(['approximated response_format'])
  })

  test('of a wrong kind is refused', () => {
    expect(() => encode({ response_format: { type: 'xml' } as never })).toThrow(/response_format.type/)
    expect(() => encode({ response_format: { type: 'json_schema' } as never })).toThrow(/json_schema.schema/)
  })
})

describe('tools', () => {
  test('functions, Anthropic’s own tools and hosted tools', () => {
    const hosted = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 }
    const own = { name: 'own', input_schema: { type: 'object' } }
    const { body } = encode({
      tools: [
        { ...weather, cache_control: { type: 'ephemeral' }, defer_loading: true },
        { type: 'function', function: { name: 'bare', strict: true } },
        own as never,
        hosted as never,
      ],
    })
    expect(body.tools).toEqual([
      {
        name: 'weather',
        description: 'd',
        input_schema: { type: 'object', properties: {} },
        cache_control: { type: 'ephemeral' },
        defer_loading: true,
      },
      { name: 'bare', input_schema: { type: 'object', properties: {} }, strict: true },
      own,
      hosted,
    ])
  })

  test('an MCP server of OpenAI’s shape moves to mcp_servers', () => {
    const { body, headers } = encode({
      tools: [
        {
          type: 'mcp',
          server_label: 'docs',
          server_url: 'https://mcp.test/sse',
          allowed_tools: ['read'],
          headers: { Authorization: 'Bearer tok' },
        },
      ],
    })
    expect(body.mcp_servers).toEqual([
      {
        type: 'url',
        url: 'https://mcp.test/sse',
        name: 'docs',
        tool_configuration: { allowed_tools: ['read'] },
        authorization_token: 'tok',
      },
    ])
    expect(body).not.toHaveProperty('tools')
    expect(headers?.['anthropic-beta']).toBe('mcp-client-2025-04-04')
  })

  test('web_search_options become the hosted tool', () => {
    const { body } = encode({
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Rome' } },
      },
    })
    expect(body.tools).toEqual([
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 1,
        user_location: { type: 'approximate', city: 'Rome' },
      },
    ])
  })

  test('no name, and the reserved one, are refused with their path', () => {
    const named = (name: string) => ({ tools: [{ type: 'function', function: { name } }] })
    expect(() => encode(named(''))).toThrow(/tools\[0\].function.name: must be/)
    expect(() => encode(named('sluice_json_response'))).toThrow(/reserved/)
  })

  test('a name Anthropic cannot take is respelled everywhere, and told by the caller’s name in replies', () => {
    const name = `namespaced.${'x'.repeat(130)}`
    const tools = [{ type: 'function', function: { name } }]
    const tool_choice = { type: 'function', function: { name } }
    const call = { id: 'a', type: 'function', function: { name, arguments: '{}' } }
    const { body, warnings } = encode({
      tools,
      tool_choice,
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
      ],
    })
    const [{ name: spelled }] = body.tools as [{ name: string }]
    expect(spelled).toMatch(/^[a-zA-Z0-9_-]{128}$/)
    expect(body.tool_choice).toEqual({ type: 'tool', name: spelled })
    expect(body.messages).toMatchObject([{}, { content: [{ type: 'tool_use', name: spelled }] }, {}])
    expect(warnings).toEqual(['renamed tools[0].function.name'])

    const block = { type: 'tool_use', id: 'b', name: spelled, input: {} }
    const info = testInfo(undefined, { request: { tools } })
    const whole = decodeResponse({ content: [block], stop_reason: 'tool_use' }, info)
    expect(whole.choices[0]?.message.tool_calls?.[0]?.function.name).toBe(name)
    const event = { type: 'content_block_start', index: 0, content_block: block }
    const [chunk] = decodeStream(info).push({ data: JSON.stringify(event) })
    expect(chunk?.choices[0]?.delta.tool_calls?.[0]?.function?.name).toBe(name)
  })

  test('tools that only the history knows are defined by name, and not to be called', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const { body, warnings } = encode({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', tool_calls: [call, { ...call, id: 'b' }] },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
        { role: 'tool', tool_call_id: 'b', content: 'z' },
      ],
    })
    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'none' },
    })
    expect(warnings).toEqual(['approximated tools'])
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [
      { type: 'function', function: { name: 'weather' } },
      { type: 'tool', name: 'weather' },
    ],
  ])('tool_choice %j', (tool_choice, wire) => {
    expect(encode({ tools: [weather], tool_choice: tool_choice as never }).body.tool_choice).toEqual(wire)
  })

  test('parallel_tool_calls turns into its opposite, and needs tools', () => {
    expect(encode({ tools: [weather], parallel_tool_calls: false }).body.tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(encode({ parallel_tool_calls: false, tool_choice: 'auto' }).body.tool_choice).toBeUndefined()
  })

  test('a forced call becomes a free one on models that cannot be forced', () => {
    const { body, warnings } = encode({ tools: [weather], tool_choice: 'required' }, 'claude-opus-5-5')
    expect(body.tool_choice).toEqual({ type: 'auto' })
    expect(warnings).toEqual(['approximated tool_choice'])
  })
})
