import { describe, expect, test } from 'vitest'
import { inboundInfo } from '../testing/call-info.ts'
import { decodeCountTokensRequest, decodeRequest } from './request.ts'

const good = { model: 'claude-x', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
const decode = (body: unknown) => decodeRequest(body, inboundInfo())
const withContent = (content: unknown, role = 'user') => ({ ...good, messages: [{ role, content }] })

describe('a request with a fault is refused by field, rule and remedy', () => {
  test.each<[unknown, string]>([
    [null, 'must be a JSON object'],
    [[], 'must be a JSON object'],
    [{ ...good, model: '' }, 'model: must be'],
    [{ ...good, max_tokens: undefined }, 'max_tokens: must be a whole number'],
    [{ ...good, max_tokens: 1.5 }, 'max_tokens: must be a whole number'],
    [{ ...good, max_tokens: '10' }, 'max_tokens: must be a whole number'],
    [{ ...good, messages: [] }, 'messages: must be a non-empty array'],
    [{ ...good, messages: {} }, 'messages: must be a non-empty array'],
    [{ ...good, messages: ['Hi'] }, 'messages.0: must be an object'],
    [withContent('x', 'tool'), 'messages.0.role: must be'],
    [withContent(''), 'messages.0.content: must not be empty'],
    [withContent([]), 'messages.0.content: must not be empty'],
    [withContent(null), 'messages.0.content: must be a string or an array'],
    [withContent([{ text: 'x' }]), 'messages.0.content.0: must be an object with a type'],
    [withContent([{ type: 'text' }]), 'messages.0.content.0.text: must be a string'],
    [withContent([{ type: 'image' }]), 'messages.0.content.0.source: must be an object'],
    [
      withContent([{ type: 'image', source: { type: 'base64', data: 'x' } }]),
      'messages.0.content.0.source.media_type: must be',
    ],
    [
      withContent([{ type: 'document', source: { type: 'url' } }]),
      'messages.0.content.0.source.url: must be a string',
    ],
    [
      withContent([{ type: 'tool_use', id: 'a', name: 'f', input: 'x' }], 'assistant'),
      'messages.0.content.0.input: must be an object',
    ],
    [
      withContent([{ type: 'tool_use', id: 'a', name: 'f', input: {} }]),
      'messages.0.content.0.type: tool_use blocks belong in assistant messages',
    ],
    [withContent([{ type: 'tool_result' }]), 'messages.0.content.0.tool_use_id: must name'],
    [{ ...good, stream: 'yes' }, 'stream: must be true or false'],
    [{ ...good, system: [{ type: 'image' }] }, 'system: must be a string or an array of text blocks'],
    [{ ...good, tools: ['f'] }, 'tools: must be an array of tool objects'],
    [{ ...good, tool_choice: 'auto' }, 'tool_choice: must be an object'],
    [{ ...good, tool_choice: { type: 'some' } }, 'tool_choice: must be'],
    [{ ...good, stop_sequences: 'END' }, 'stop_sequences: must be an array'],
    [{ ...good, metadata: 'u' }, 'metadata: must be an object'],
    [{ ...good, thinking: true }, 'thinking: must be an object'],
    [{ ...good, temperature: 'hot' }, 'temperature: must be a number'],
    [{ ...good, output_config: { format: { type: 'xml' } } }, 'output_config.format: must be'],
  ])('%j', (body, message) => {
    expect(() => decode(body)).toThrowError(
      expect.objectContaining({ kind: 'bad_request', message: expect.stringContaining(message) }),
    )
  })
})

describe('what the hub gets', () => {
  test('tool results answer as messages of their own, before the rest of the turn', () => {
    const { messages } = decode(
      withContent([
        { type: 'text', text: 'and now?' },
        { type: 'tool_result', tool_use_id: 'a', cache_control: { type: 'ephemeral' } },
      ]),
    )
    expect(messages).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '', cache_control: { type: 'ephemeral' } },
      { role: 'user', content: 'and now?' },
    ])
  })

  test('the older output_format, and schemas OpenAI’s strict mode would refuse', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    expect(decode({ ...good, output_format: { type: 'json_schema', schema } }).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'structured_output', schema, strict: false },
    })
  })

  test('other output settings and metadata stay under their names', () => {
    const request = decode({
      ...good,
      output_config: { effort: 'low', task_budget: { type: 'tokens' } },
      metadata: { user_id: 'u', team: 't' },
    })
    expect(request).toMatchObject({
      reasoning_effort: 'low',
      output_config: { task_budget: { type: 'tokens' } },
      user: 'u',
      metadata: { team: 't' },
    })
  })

  test('the model of the path wins', () => {
    expect(decodeRequest(good, { ...inboundInfo(), model: 'path' }).model).toBe('path')
  })

  test('a __proto__ key pollutes nothing', () => {
    const request = decode(
      JSON.parse(
        '{"model":"m","max_tokens":1,"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1}},' +
          '"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","__proto__":{"polluted":1}}]}]}',
      ),
    )
    expect(Object.getPrototypeOf(request)).toBe(Object.prototype)
    expect('polluted' in request).toBe(false)
    expect('polluted' in (request.messages[0] ?? {})).toBe(false)
    expect({}).not.toHaveProperty('polluted')
  })

  test('a token count needs no max_tokens', () => {
    const { max_tokens, ...rest } = good
    expect(max_tokens).toBe(10)
    expect(decodeCountTokensRequest(rest, inboundInfo())).toEqual(rest)
  })
})
