import { expect, test } from 'vitest'
import { spliceModel } from './splice-model.ts'

function splice(text: string, model = 'new', extras?: Record<string, unknown>) {
  return spliceModel(Buffer.from(text), JSON.parse(text), model, extras)?.toString()
}

test('replaces the model and keeps every other byte', () => {
  expect(splice('{ "model" : "old", "messages": [ ] }')).toBe('{ "model" : "new", "messages": [ ] }')
})

test('finds the model behind other keys', () => {
  expect(splice('{"a":{"b":[1,"}"]},"model":"old"}')).toBe('{"a":{"b":[1,"}"]},"model":"new"}')
})

test('adds keys after the model', () => {
  expect(splice('{"model":"old","stream":true}', 'new', { stream_options: { include_usage: true } })).toBe(
    '{"model":"new","stream_options":{"include_usage":true},"stream":true}',
  )
})

test('keeps names beyond ASCII whole', () => {
  expect(splice('{"model":"modèle","x":"é"}')).toBe('{"model":"new","x":"é"}')
})

test.each([
  ['a second key of that name', '{"model":"a","tools":{"model":"b"}}'],
  ['a duplicate key', '{"model":"a","model":"b"}'],
  ['an escaped twin', '{"model":"a","\\u006dodel":"b"}'],
  ['a nested key that comes first', '{"x":{"model":"a"}}'],
  ['an escaped value', '{"model":"\\u0061bc"}'],
])('declines %s', (_, text) => {
  expect(splice(text)).toBeUndefined()
})
