import { describe, expect, test } from 'vitest'
import { signatureOf } from './answer/signature.ts'
import type { JsonObject } from './json.ts'
import { Violation } from './wire/shape.ts'
import type { WireName } from './wire/wire.ts'
import { wires } from './wire/wires.ts'

/** What the vendor would say to the body: the message of its error, or `accepted`. */
function verdict(wireName: WireName, path: string, body: JsonObject): string {
  const wire = wires[wireName]
  const headers = { 'anthropic-version': '2023-06-01' }
  const route = wire.route({ method: 'POST', path, query: new URLSearchParams(), headers })
  if (route?.operation.kind !== 'chat') throw new Error(`no chat at ${path}`)
  try {
    route.operation.read(body, route)
    return 'accepted'
  } catch (error) {
    return error instanceof Violation
      ? `${error.kind} ${error.path.join('.')}`
      : String((error as Error).message)
  }
}

const user = { role: 'user', content: 'Hi' }

describe('OpenAI', () => {
  const check = (fields: JsonObject) =>
    verdict('openai', '/v1/chat/completions', { model: 'gpt-4o', messages: [user], ...fields })
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const asked = { role: 'assistant', content: null, tool_calls: [call] }
  const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

  test.each<[string, JsonObject, string]>([
    ['a plain request', {}, 'accepted'],
    ['no messages', { messages: undefined }, 'missing messages'],
    ['a field of another vendor', { system: 'x' }, 'unknown system'],
    [
      'a field of another vendor inside',
      { messages: [{ ...user, cache_control: {} }] },
      'unknown messages.0.cache_control',
    ],
    ['a wrong type', { temperature: '1' }, 'type temperature'],
    [
      'arguments as an object',
      { messages: [user, { ...asked, tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }] },
      'type messages.1.tool_calls.0.function.arguments',
    ],
    [
      'an image block of another vendor',
      { messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      'value messages.0.content.0.type',
    ],
    [
      'an answered call',
      { messages: [user, asked, { role: 'tool', tool_call_id: 'c1', content: 'ok' }] },
      'accepted',
    ],
    ['parallel calls with stop', { tools: [tool], parallel_tool_calls: false, stop: ['a'] }, 'accepted'],
  ])('judges %s', (_what, fields, expected) => {
    expect(check(fields)).toBe(expected)
  })

  test.each<[string, JsonObject, RegExp]>([
    ['an unanswered call', { messages: [user, asked] }, /did not have response messages: c1/],
    [
      'a call answered too late',
      { messages: [user, asked, user, { role: 'tool', tool_call_id: 'c1', content: 'ok' }] },
      /did not have response/,
    ],
    [
      'an answer without a call',
      { messages: [user, { role: 'tool', tool_call_id: 'c1', content: 'ok' }] },
      /must be a response to a preceeding message/,
    ],
    [
      'an answer to another call',
      { messages: [user, asked, { role: 'tool', tool_call_id: 'c2', content: 'ok' }] },
      /'c2' not found/,
    ],
    [
      'stream options without a stream',
      { stream_options: { include_usage: true } },
      /only allowed when 'stream'/,
    ],
    ['a tool choice without tools', { tool_choice: 'auto' }, /only allowed when 'tools'/],
    ['the old limit for a reasoning model', { model: 'o3', max_tokens: 5 }, /Use 'max_completion_tokens'/],
    [
      'JSON mode without the word',
      { response_format: { type: 'json_object' } },
      /must contain the word 'json'/,
    ],
    [
      'a loose schema that should be strict',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', strict: true, schema: { type: 'object', properties: {} } },
        },
      },
      /'additionalProperties' is required/,
    ],
  ])('refuses %s', (_what, fields, expected) => {
    expect(check(fields)).toMatch(expected)
  })
})

describe('Anthropic', () => {
  const check = (fields: JsonObject) =>
    verdict('anthropic', '/v1/messages', { model: 'claude', max_tokens: 2048, messages: [user], ...fields })
  const tools = [{ name: 'f', input_schema: { type: 'object' } }]
  const called = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] }
  const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok' }
  const thought = { type: 'thinking', thinking: 'hm', signature: signatureOf('hm') }

  test.each<[string, JsonObject, string]>([
    ['a plain request', {}, 'accepted'],
    ['no limit', { max_tokens: undefined }, 'missing max_tokens'],
    [
      'a system message among the messages',
      { messages: [{ role: 'system', content: 'x' }] },
      'value messages.0.role',
    ],
    ['a field of another vendor', { stop: ['x'] }, 'unknown stop'],
    ['a temperature above one', { temperature: 1.5 }, 'value temperature'],
    [
      'tool input as text',
      {
        messages: [
          user,
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: '{}' }] },
        ],
      },
      'type messages.1.content.0.input',
    ],
    [
      'an empty text block',
      { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
      'value messages.0.content.0.text',
    ],
    [
      'a dotted tool id',
      {
        messages: [
          user,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a.b', name: 'f', input: {} }] },
        ],
      },
      'value messages.1.content.0.id',
    ],
    [
      'results spread over merged messages',
      { tools, messages: [user, called, { role: 'user', content: [result] }, user] },
      'accepted',
    ],
    [
      'thinking sent back unchanged',
      { messages: [user, { role: 'assistant', content: [thought] }, user] },
      'accepted',
    ],
    ['a beta field without its header', { context_management: {} }, 'unknown context_management'],
  ])('judges %s', (_what, fields, expected) => {
    expect(check(fields)).toBe(expected)
  })

  test.each<[string, JsonObject, RegExp]>([
    [
      'an assistant first',
      { messages: [{ role: 'assistant', content: 'x' }] },
      /first message must use the "user" role/,
    ],
    [
      'a call without a result',
      { tools, messages: [user, called, user] },
      /without `tool_result` blocks immediately after: t1/,
    ],
    [
      'a result without a call',
      { tools, messages: [{ role: 'user', content: [result] }] },
      /unexpected `tool_use_id`/,
    ],
    [
      'a result after text',
      { tools, messages: [user, called, { role: 'user', content: [{ type: 'text', text: 'x' }, result] }] },
      /must come before all other content/,
    ],
    [
      'a changed thought',
      { messages: [user, { role: 'assistant', content: [{ ...thought, thinking: 'no' }] }, user] },
      /Invalid `signature`/,
    ],
    [
      'a budget above the limit',
      { thinking: { type: 'enabled', budget_tokens: 4096 } },
      /must be greater than `thinking.budget_tokens`/,
    ],
    [
      'thinking with a temperature',
      { temperature: 0, thinking: { type: 'enabled', budget_tokens: 1024 } },
      /may only be set to 1/,
    ],
    [
      'tool blocks without tools',
      { messages: [user, called, { role: 'user', content: [result] }] },
      /must define tools/,
    ],
    [
      'trailing white space in a prefill',
      { messages: [user, { role: 'assistant', content: 'So ' }] },
      /trailing whitespace/,
    ],
  ])('refuses %s', (_what, fields, expected) => {
    expect(check(fields)).toMatch(expected)
  })
})

describe('Gemini', () => {
  const asking = { role: 'user', parts: [{ text: 'Hi' }] }
  const check = (fields: JsonObject, model = 'gemini-2.5-pro') =>
    verdict('gemini', `/v1beta/models/${model}:generateContent`, { contents: [asking], ...fields })
  const called = { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] }
  const answer = (name: string) => ({
    role: 'user',
    parts: [{ functionResponse: { name, response: { output: 1 } } }],
  })
  const tools = (parameters: JsonObject) => ({
    tools: [{ functionDeclarations: [{ name: 'f', parameters }] }],
  })

  test.each<[string, JsonObject, string]>([
    ['a plain request', {}, 'accepted'],
    [
      'snake case',
      { system_instruction: { parts: [{ text: 'x' }] }, generation_config: { top_k: 3 } },
      'accepted',
    ],
    ['no contents', { contents: undefined }, 'missing contents'],
    ['a field of another vendor', { messages: [] }, 'unknown messages'],
    [
      'a role of another vendor',
      { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
      'value contents.0.role',
    ],
    [
      'a system role in the contents',
      { contents: [{ role: 'system', parts: [{ text: 'x' }] }] },
      'value contents.0.role',
    ],
    [
      'a response that is no object',
      {
        contents: [
          asking,
          called,
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: 'x' } }] },
        ],
      },
      'type contents.2.parts.0.functionResponse.response',
    ],
    [
      'a part of two kinds',
      { contents: [{ parts: [{ text: 'x', inlineData: { mimeType: 'a/b', data: 'x' } }] }] },
      'value contents.0.parts.0',
    ],
    [
      'a schema word it does not know',
      tools({ type: 'OBJECT', additionalProperties: false }),
      'unknown tools.0.functionDeclarations.0.parameters.additionalProperties',
    ],
    [
      'a property named like a schema word',
      tools({ type: 'OBJECT', properties: { const_value: { type: 'string' } } }),
      'accepted',
    ],
    ['an answered call', { contents: [asking, called, answer('f')] }, 'accepted'],
  ])('judges %s', (_what, fields, expected) => {
    expect(check(fields)).toBe(expected)
  })

  test.each<[string, JsonObject, RegExp]>([
    [
      'an answer without a call',
      { contents: [asking, answer('f')] },
      /immediately after a function call turn/,
    ],
    ['an answer of another name', { contents: [asking, called, answer('g')] }, /g answers a function call/],
    ['an unanswered call', { contents: [asking, called, asking] }, /number of function response parts/],
    [
      'a schema without its MIME type',
      { generationConfig: { responseSchema: { type: 'STRING' } } },
      /requires response_mime_type/,
    ],
    [
      'a bad function name',
      { tools: [{ functionDeclarations: [{ name: '1 f' }] }] },
      /Invalid function name/,
    ],
  ])('refuses %s', (_what, fields, expected) => {
    expect(check(fields)).toMatch(expected)
  })

  test('wants a signature from Gemini 3 only, and takes the documented stand-in', () => {
    const contents = [asking, called, answer('f')]
    expect(check({ contents }, 'gemini-3-pro-preview')).toMatch(/missing a thought_signature/)
    const signed = {
      role: 'model',
      parts: [{ ...called.parts[0], thoughtSignature: 'skip_thought_signature_validator' }],
    }
    expect(check({ contents: [asking, signed, answer('f')] }, 'gemini-3-pro-preview')).toBe('accepted')
  })
})
