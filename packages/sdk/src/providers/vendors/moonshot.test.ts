import { expect, test } from 'vitest'
import { chunkOf, wireOf } from '../testing/wire-of.ts'

const moonshot = wireOf('moonshot')

test.each([
  [{ temperature: 1.7 }, 1],
  [{ temperature: 0.1 }, 0.1],
  [{ temperature: 0.1, n: 2 }, 0.3],
])('of %j the temperature is %d', (request, temperature) => {
  expect(moonshot.sends(request).body.temperature).toBe(temperature)
})

test('a tool that must be called is asked for in words', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const { body } = moonshot.sends({ tools, tool_choice: 'required' })
  expect(body.tool_choice).toBeUndefined()
  expect(body.messages).toMatchObject([{ content: 'hi' }, { role: 'user' }])
  expect(moonshot.warnings).toMatchObject([{ action: 'approximated', param: 'tool_choice' }])
})

test('effort and thinking are one switch for models that have one, and said to be dropped elsewhere', () => {
  const kimi = wireOf('moonshot', 'kimi-k2.5')
  expect(kimi.sends({ reasoning_effort: 'none' }).body.thinking).toEqual({ type: 'disabled' })
  const { body } = kimi.sends({ reasoning_effort: 'low' })
  expect(body).toMatchObject({ thinking: { type: 'enabled' } })
  expect(body.reasoning_effort).toBeUndefined()
  const plain = moonshot.sends({ reasoning_effort: 'low', thinking: { type: 'enabled' } }).body
  expect(Object.keys(plain)).toEqual(['model', 'messages'])
  expect(moonshot.warnings.map(({ param }) => param)).toEqual(['thinking', 'reasoning_effort'])
})

test('models of fixed sampling refuse another', () => {
  const kimi = wireOf('moonshot', 'kimi-k2.5')
  expect(() => kimi.sends({ temperature: 0.2, n: 2 })).toThrow(/temperature, n/)
  expect(kimi.sends({ temperature: 1 }).body.temperature).toBe(1)
})

test('usage of a stream comes in the last choice', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, cached_tokens: 5 }
  const last = { id: 'r', choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] }
  expect(moonshot.streams([chunkOf({ content: 'a' }), last])[1]?.usage).toMatchObject({
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 5 },
  })
})
