import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('never holds more than its bound, and keeps what is read', () => {
  const map = new BoundedMap<number>({ most: 10 })
  for (let i = 0; i < 10; i++) map.set(`k${i}`, i)
  for (let i = 10; i < 18; i++) {
    map.get('k0')
    map.set(`k${i}`, i)
    expect(map.size).toBe(10)
  }
  expect(map.get('k0')).toBe(0)
})

test('entries that may not be evicted stay, even beyond the bound, and the map shrinks back when they may', () => {
  const busy = new Set(['a', 'b', 'c'])
  const map = new BoundedMap<string>({ most: 2, mayEvict: value => !busy.has(value) })
  for (const key of ['a', 'b', 'c']) map.set(key, key)
  expect(map.size).toBe(3)
  busy.clear()
  map.set('d', 'd')
  expect(map.size).toBe(2)
  expect(map.get('d')).toBe('d')
})

test('evicts even when everything was read since', () => {
  const map = new BoundedMap<number>({ most: 1000 })
  for (let i = 0; i < 1000; i++) map.set(`k${i}`, i)
  for (let i = 0; i < 1000; i++) map.get(`k${i}`)
  map.set('new', 1)
  expect(map.size).toBe(1000)
})

test('a deleted entry is gone and leaves its neighbours findable', () => {
  const map = new BoundedMap<number>({ most: 10 })
  for (let i = 0; i < 5; i++) map.set(`k${i}`, i)
  expect(map.delete('k1')).toBe(true)
  expect(map.delete('k1')).toBe(false)
  map.sweep(10, value => value === 3)
  expect(new Set(map.values())).toEqual(new Set([0, 2, 4]))
  expect(map.get('k4')).toBe(4)
})
