import { expect, test } from 'vitest'
import { wireOf } from '../testing/wire-of.ts'

test.each([
  ['deepseek-v3p1', 'accounts/fireworks/models/deepseek-v3p1'],
  ['accounts/me/models/own', 'accounts/me/models/own'],
  ['own#accounts/me/deployments/1', 'own#accounts/me/deployments/1'],
])('%s is %s', (model, id) => {
  expect(wireOf('fireworks_ai', model).sends({}).body.model).toBe(id)
})

const fireworks = wireOf('fireworks_ai', 'deepseek-v3p1')

test('a schema is the schema of JSON mode, and a tool that must be called is "any"', () => {
  const schema = { type: 'object' }
  const { body } = fireworks.sends({
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
    tool_choice: 'required',
    tools: [{ type: 'function', function: { name: 'f' } }],
  })
  expect(body.response_format).toEqual({ type: 'json_object', schema })
  expect(body.tool_choice).toBe('any')
})

test('models that cannot see have pictures turned into text, and the receipt says so', () => {
  const picture = (url: string) => ({ type: 'image_url' as const, image_url: { url } })
  const messages = [{ role: 'user' as const, content: [picture('https://x.example/a.png')] }]
  expect(fireworks.sends({ messages }).body.messages).toEqual([
    { role: 'user', content: [picture('https://x.example/a.png#transform=inline')] },
  ])
  expect(fireworks.warnings).toMatchObject([{ action: 'approximated', param: 'messages' }])
  const seeing = wireOf('fireworks_ai', 'qwen2p5-vl-32b-instruct')
  expect(seeing.sends({ messages }).body.messages).toEqual(messages)
})

test('one session meets the same cache', () => {
  expect(fireworks.sends({ prompt_cache_key: 'session-1' }).headers).toEqual({
    'x-session-affinity': 'session-1',
  })
  expect(fireworks.sends({ prompt_cache_key: 'a\r\nb: c' }).headers).toEqual({})
})
