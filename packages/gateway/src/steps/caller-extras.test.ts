import { expect, test } from 'vitest'
import type { Caller } from '../auth/caller.ts'
import { refuseForeignRouting, refuseOtherModels, refuseOwnHeaders, withExtraBody } from './caller-extras.ts'

test('extra_body adds to the request, and what the request says itself stays', () => {
  const request = { model: 'a', max_tokens: 2, extra_body: { max_tokens: 9, top_k: 4, model: 'a' } }
  expect(withExtraBody(request)).toEqual({ model: 'a', max_tokens: 2, top_k: 4 })
  const plain = { model: 'a' }
  expect(withExtraBody(plain)).toBe(plain)
})

test('extra_body cannot name another model', () => {
  expect(() => withExtraBody({ model: 'a', extra_body: { model: 'b' } })).toThrow('extra_body.model')
})

test.each([{ apiBase: 'x' }, { apiKey: 'x' }, { organization: 'x' }, { provider: 'x' }, { apiVersion: 'x' }])(
  '%j is not for callers',
  options => {
    expect(() => refuseForeignRouting(options)).toThrow('may not be set by callers')
  },
)

test.each([
  { authorization: 'Bearer x' },
  { host: 'x' },
  { 'content-length': '1' },
  { 'x y': '1' },
  { '': '1' },
  { 'x-mine': 'a\r\nb: c' },
])('the header in %j is refused', headers => {
  expect(() => refuseOwnHeaders(headers)).toThrow()
})

test("a caller's own headers pass", () => {
  refuseOwnHeaders({ 'x-mine': 'one two', 'accept-language': 'de' })
  refuseOwnHeaders(undefined)
})

test('CVE-2026-47101: a key for some models cannot let an aggregator choose others', () => {
  const caller = (models: string[], role = 'internal_user') =>
    ({ modelLayers: models.length === 0 ? [] : [{ of: 'key', models }], role }) as unknown as Caller
  expect(() => refuseOtherModels({ models: ['b'] }, caller(['a']))).toThrow(/models: this key/)
  expect(() => refuseOtherModels({ route: 'fallback' }, caller(['a']))).toThrow(/route: this key/)
  refuseOtherModels({ models: ['b'] }, caller([]))
  refuseOtherModels({ models: ['b'] }, caller(['a'], 'proxy_admin'))
  refuseOtherModels({ model: 'a' }, caller(['a']))
})
