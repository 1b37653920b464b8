import { expect, test } from 'vitest'
import { PrefixHash } from './prefix-hash.ts'

const hashOf = (...texts: readonly string[]) => {
  const hash = new PrefixHash('g')
  for (const text of texts) hash.add(text)
  return hash.value
}

test('no two of a hundred thousand different texts share a hash', () => {
  const seen = new Set(Array.from({ length: 100_000 }, (_, n) => hashOf(`user ${n} asks`)))
  expect(seen.size).toBe(100_000)
})

test('where one text ends and the next begins counts', () => {
  expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'))
  expect(hashOf('ab', '')).not.toBe(hashOf('ab'))
})

test('a hash goes on after it was read', () => {
  const hash = new PrefixHash('g')
  hash.add('a')
  expect(hash.value).toBe(hashOf('a'))
  hash.add('b')
  expect(hash.value).toBe(hashOf('a', 'b'))
})

test('beyond the close look, texts still tell by length and by what is at their ends', () => {
  const much = Array.from({ length: 20 }, () => 'x'.repeat(1_000))
  const far = 'y'.repeat(500)
  const hashes = [far, `${far}y`, `z${far.slice(1)}`, `${far.slice(1)}z`].map(text => hashOf(...much, text))
  expect(new Set(hashes).size).toBe(4)
})
