import { describe, expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

const format = {
  type: 'json_schema' as const,
  json_schema: { name: 'a', schema: { type: 'object', properties: { x: { type: 'number' } } } },
}
const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }

describe('requests', () => {
  test('messages hold neither names nor nulls', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }]
    const { body } = wireOf('groq').sends({
      messages: [
        { role: 'user', content: 'hi', name: 'ann' },
        { role: 'assistant', content: null, refusal: null, tool_calls: calls },
      ],
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', tool_calls: calls },
    ])
  })

  test('tiers have Groq’s names', () => {
    expect(wireOf('groq').sends({ service_tier: 'default' }).body.service_tier).toBe('on_demand')
    expect(wireOf('groq').sends({ service_tier: 'flex' }).body.service_tier).toBe('flex')
  })

  test('efforts are those of the model', () => {
    expect(
      wireOf('groq', 'openai/gpt-oss-120b').sends({ reasoning_effort: 'low' }).body.reasoning_effort,
    ).toBe('low')
    expect(() => wireOf('groq', 'qwen/qwen3-32b').sends({ reasoning_effort: 'low' })).toThrow(
      /reasoning_effort/,
    )
    expect(() => wireOf('groq', 'llama-3.3-70b').sends({ reasoning_effort: 'low' })).toThrow(
      /reasoning_effort/,
    )
  })
})

describe('an answer of a given schema', () => {
  const llama = wireOf('groq', 'llama-3.3-70b-versatile')

  test('is asked for as it is where the model knows schemas', () => {
    const { body } = wireOf('groq', 'openai/gpt-oss-20b').sends({ response_format: format })
    expect(body.response_format).toEqual(format)
  })

  test('is asked for by way of a tool elsewhere, and its arguments are the answer', () => {
    const { body } = llama.sends({ response_format: format })
    expect(body.response_format).toBeUndefined()
    const [tool] = body.tools as [{ function: { name: string; parameters: unknown } }]
    expect(tool.function.parameters).toEqual(format.json_schema.schema)
    expect(body.tool_choice).toEqual({ type: 'function', function: { name: tool.function.name } })
    const call = (args: string, name?: string) => ({
      tool_calls: [
        { index: 0, id: 'c', type: 'function', function: { ...(name && { name }), arguments: args } },
      ],
    })
    const whole = llama.reads(replyOf(call('{"x":1}', tool.function.name), {}, 'tool_calls'))
    expect(whole.choices[0]).toMatchObject({ message: { content: '{"x":1}' }, finish_reason: 'stop' })
    expect(whole.choices[0]?.message.tool_calls).toBeUndefined()
    const chunks = llama.streams([
      chunkOf(call('', tool.function.name)),
      chunkOf(call('{"x":')),
      chunkOf(call('1}')),
      chunkOf({}, {}, 'tool_calls'),
    ])
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('{"x":1}')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  test('beside the caller’s own tools the model is told the schema', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    const { body } = llama.sends({ response_format: format, tools })
    expect(body).toMatchObject({ tools, response_format: { type: 'json_object' } })
    expect(JSON.stringify(body.messages)).toContain('JSON Schema')
    expect(llama.warnings).toMatchObject([{ action: 'approximated', param: 'response_format' }])
  })
})

test('thinking, usage and tier of a stream are where the hub has them', () => {
  const chunks = wireOf('groq').streams([
    chunkOf({ reasoning: 'hm' }),
    chunkOf({ content: 'a' }, { service_tier: 'on_demand' }),
    chunkOf({}, { x_groq: { id: 'req', usage } }, 'stop'),
  ])
  expect(chunks[0]?.choices[0]?.delta.reasoning_content).toBe('hm')
  expect(chunks[1]?.service_tier).toBe('auto')
  expect(chunks[2]?.usage).toMatchObject(usage)
})

test('an error in a chunk of Groq’s own ends the stream', () => {
  const chunk = chunkOf({}, { x_groq: { error: 'Invalid tool call' } })
  expect(() => wireOf('groq').streams([chunk])).toThrow(/Invalid tool call/)
})
