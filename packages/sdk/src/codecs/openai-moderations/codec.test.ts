import { expect, test } from 'vitest'
import { endpoints } from '../../endpoints/registry.ts'
import type { CallInfo, InboundInfo } from '../codec.ts'
import { openaiModerations } from './codec.ts'

const { upstream, inbound } = openaiModerations
const info: CallInfo = {
  id: 'c',
  now: 0,
  model: 'm',
  stream: false,
  deployment: { id: 'd', group: 'g', provider: 'p', model: 'm' },
  warn() {},
}
const asked: InboundInfo = { id: 'c', now: 0, warn() {} }

test('without a model the default is asked; what else is said goes along', () => {
  const request = inbound?.decodeRequest({ input: ['a'], own: 1 }, asked)
  expect(request).toEqual({ model: 'omni-moderation-latest', input: ['a'], own: 1 })
  expect(upstream.encodeRequest(request as never, info).body).toEqual({ model: 'm', input: ['a'], own: 1 })
})

test.each<[unknown, RegExp]>([
  [[], /^The request body must be a JSON object/],
  [{}, /^input: must be a string, or a non-empty array/],
  [{ input: [] }, /^input: /],
  [{ input: ['a', 1] }, /^input\[1\]: /],
  [{ input: [{ type: 'text', text: 'a' }, 'b'] }, /^input\[1\]: .*not both kinds/],
  [{ input: 'a', model: 1 }, /^model: /],
])('%j is refused by field', (body, message) => {
  expect(() => inbound?.decodeRequest(body, asked)).toThrow(message)
})

test('categories without a verdict make one', () => {
  const results = [{ categories: { hate: true } }, { categories: { hate: false }, flagged: true, own: 1 }]
  expect(upstream.decodeResponse({ results }, info, {})).toEqual({
    id: 'c',
    model: 'm',
    results: [
      { categories: { hate: true }, category_scores: {}, flagged: true },
      { categories: { hate: false }, category_scores: {}, flagged: true, own: 1 },
    ],
  })
})

test.each([{}, { results: 'x' }, { results: [{}] }])('%j is a bad gateway', body => {
  expect(() => upstream.decodeResponse(body, info, {})).toThrow(expect.objectContaining({ status: 502 }))
})

test('texts can be read and replaced, parts among them; nobody charges for it', () => {
  const { texts, withTexts, usage } = endpoints.moderation
  const image = { type: 'image_url', image_url: { url: 'https://a.example/b.png' } }
  const request = { model: 'm', input: [{ type: 'text', text: 'a' }, image] }
  expect(texts(request)).toEqual(['a'])
  expect(withTexts(request, ['b']).input).toEqual([{ type: 'text', text: 'b' }, image])
  expect(usage({ id: 'x', model: 'm', results: [] })).toMatchObject({ total_tokens: 0 })
})
