import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { DigestIndex } from './digest-index.ts'

const digest = (name: string) => hash('sha256', name, 'hex')

test('whatever is set and deleted, in whatever order, it holds what a Map holds', () => {
  // Digests, some of which begin alike, and other names.
  const digests = Array.from({ length: 30 }, (_, i) => digest(String(i)))
  const names = [
    ...digests,
    ...digests.map(each => `00000000${each.slice(8)}`),
    ...['', 'a', 'b', 'hash-1', 'hash-2'],
  ]
  const index = new DigestIndex<{ key: string }>()
  const map = new Map<string, { key: string }>()
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let step = 0; step < 3_000; step++) {
    const key = names[random(names.length)] ?? ''
    const place = { key }
    if (random(2) === 0) {
      index.set(key, place)
      map.set(key, place)
    } else expect(index.delete(key)).toBe(map.delete(key))
    expect(index.size).toBe(map.size)
    expect(names.filter(name => index.get(name) !== map.get(name))).toEqual([])
  }
})

test('it grows, shrinks and finds all', () => {
  const index = new DigestIndex<{ key: string }>()
  const places = Array.from({ length: 5_000 }, (_, i) => ({ key: digest(String(i)) }))
  for (const place of places) index.set(place.key, place)
  expect(places.every(place => index.get(place.key) === place)).toBe(true)
  for (const { key } of places.slice(0, 2_500)) expect(index.delete(key)).toBe(true)
  expect(places.map(({ key }) => index.get(key))).toEqual([
    ...Array(2_500).fill(undefined),
    ...places.slice(2_500),
  ])
  index.clear()
  expect([index.size, index.get(places[4_000]?.key ?? '')]).toEqual([0, undefined])
})
