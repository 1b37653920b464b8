import { expect, test } from 'vitest'
import { AffinityMemory } from './affinity-memory.ts'

test('a key is forgotten when its time is over, and lives on while it is used', () => {
  const memory = new AffinityMemory()
  memory.remember('k', 'a', 0, 1_000, 1)
  expect(memory.find('k', 999)).toEqual(['a'])
  memory.remember('k', 'a', 900, 1_000, 1)
  expect(memory.find('k', 1_800)).toEqual(['a'])
  expect(memory.find('k', 1_900)).toEqual([])
  expect(memory.size).toBe(0)
})

test('of one deployment per key the last stays, of several the last few', () => {
  const memory = new AffinityMemory()
  for (const id of ['a', 'b']) memory.remember('one', id, 0, 1_000, 1)
  for (const id of ['a', 'b', 'c', 'a']) memory.remember('many', id, 0, 1_000, 2)
  expect(memory.find('one', 1)).toEqual(['b'])
  expect(memory.find('many', 1)).toEqual(['a', 'c'])
})

test('others hear of what is new, and again when half of what they heard is over', () => {
  const memory = new AffinityMemory()
  expect(memory.remember('k', 'a', 0, 1_000, 1)).toBe(true)
  expect(memory.remember('k', 'a', 400, 1_000, 1)).toBe(false)
  expect(memory.remember('k', 'a', 501, 1_000, 1)).toBe(true)
  expect(memory.remember('k', 'b', 502, 1_000, 1)).toBe(true)
  expect(memory.remember('k', 'a', 503, 1_000, 1)).toBe(true)
})

test('never holds more keys than its bound, and forgets the one set the longest time ago', () => {
  const memory = new AffinityMemory(3)
  for (const key of ['x', 'y', 'z', 'x', 'w']) memory.remember(key, 'a', 0, 1_000, 1)
  expect(memory.size).toBe(3)
  expect(memory.find('y', 1)).toEqual([])
  expect(memory.find('x', 1)).toEqual(['a'])
})
