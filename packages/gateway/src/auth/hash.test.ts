import { expect, test } from 'vitest'
import { hashKey, maskKey } from './hash.ts'

test('hashKey is SHA-256 in lower-case hex of the whole key', () => {
  expect(hashKey('sk-1234')).toBe('88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b')
})

test('CVE-2026-35030: keys that share their first twenty characters have different names', () => {
  const prefix = 'sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
  expect(hashKey(`${prefix}1`)).not.toBe(hashKey(`${prefix}2`))
})

test('maskKey shows the last four characters of a long key and nothing of a short one', () => {
  expect(maskKey('sk-abcdefghijklmnop')).toBe('sk-...mnop')
  expect(maskKey('sk-1234')).toBe('sk-...')
})
