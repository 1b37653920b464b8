import { expect, test } from 'vitest'
import { chunkOf, replyOf, wireOf } from '../testing/wire-of.ts'

const xai = wireOf('xai', 'grok-3')

test('a search of the web is xAI’s live search', () => {
  const location = { type: 'approximate', approximate: { country: 'CH' } }
  const { body } = xai.sends({ web_search_options: { user_location: location } })
  expect(body).toMatchObject({
    search_parameters: { mode: 'on', sources: [{ type: 'web', country: 'CH' }] },
  })
  expect(body.web_search_options).toBeUndefined()
  const own = { mode: 'auto', sources: [{ type: 'x' }] }
  expect(xai.sends({ search_parameters: own }).body.search_parameters).toEqual(own)
})

test('tools lose `strict`, messages their names', () => {
  const { body } = xai.sends({
    messages: [{ role: 'user', content: 'a', name: 'ann' }],
    tools: [{ type: 'function', function: { name: 'f', strict: true } }],
  })
  expect(body.messages).toEqual([{ role: 'user', content: 'a' }])
  expect(body.tools).toEqual([{ type: 'function', function: { name: 'f' } }])
})

test('models that reason refuse penalties and stops, and take the efforts they have', () => {
  expect(() => wireOf('xai', 'grok-4').sends({ stop: 'x', presence_penalty: 1 })).toThrow(
    /stop, presence_penalty/,
  )
  expect(wireOf('xai', 'grok-3-mini').sends({ reasoning_effort: 'low' }).body.reasoning_effort).toBe('low')
  expect(() => wireOf('xai', 'grok-3-mini').sends({ reasoning_effort: 'medium' })).toThrow(/reasoning_effort/)
  expect(xai.sends({ stop: 'x' }).body.stop).toBe('x')
})

test('reasoning counts as completion, once', () => {
  const details = { completion_tokens_details: { reasoning_tokens: 7 } }
  const apart = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 20, ...details }
  expect(xai.reads(replyOf({ content: 'a' }, { usage: apart })).usage?.completion_tokens).toBe(10)
  const within = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20, ...details }
  expect(xai.reads(replyOf({ content: 'a' }, { usage: within })).usage?.completion_tokens).toBe(10)
})

test('no finish reason beside calls means calls', () => {
  const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }]
  expect(xai.reads(replyOf({ content: '', tool_calls: calls }, {}, '')).choices[0]?.finish_reason).toBe(
    'tool_calls',
  )
  expect(xai.streams([chunkOf({ content: 'a' }, {}, '')])[0]?.choices[0]?.finish_reason).toBeNull()
})

test('sources are annotations', () => {
  const { choices, citations } = xai.reads(replyOf({ content: 'a' }, { citations: ['https://a.example'] }))
  expect(choices[0]?.message.annotations).toMatchObject([{ url_citation: { url: 'https://a.example' } }])
  expect(citations).toEqual(['https://a.example'])
})
