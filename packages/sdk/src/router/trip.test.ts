import { expect, test } from 'vitest'
import { createError } from '../errors.ts'
import type { FallbackLists } from './fallbacks.ts'
import { seededRandom } from './testing/candidates.ts'
import { chatRoute, SETTINGS } from './testing/tables.ts'
import { Trip } from './trip.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'also-a', 'also-b', 'provider/c', '*']
const ALIASES = new Map([
  ['also-a', { group: 'a', hidden: false }],
  ['also-b', { group: 'b', hidden: true }],
])
const KINDS = ['internal', 'context_window', 'content_policy', 'rate_limit', 'authentication'] as const

test('whatever leads to what, a trip visits no group twice, ends, and is no longer than allowed', () => {
  const random = seededRandom(11)
  const below = (most: number) => Math.floor(random() * most)
  const one = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const some = () => Array.from({ length: below(5) }, () => one(NAMES.slice(0, -1)))
  const lists = (): FallbackLists =>
    new Map(Array.from({ length: below(NAMES.length) }, () => [one(NAMES), some()]))
  for (let round = 0; round < 2_000; round++) {
    const maxFallbacks = below(8)
    const settings = {
      ...{ ...SETTINGS, maxFallbacks, groupAliases: ALIASES, defaultFallbacks: some() },
      ...{ fallbacks: lists(), contextWindowFallbacks: lists(), contentPolicyFallbacks: lists() },
    }
    const start = one(NAMES.slice(0, -1))
    const route = chatRoute(false, { model: start, ...(round % 3 === 0 && { fallbacks: some() }) })
    const trip = new Trip(route, settings, 0, false)
    const visited: string[] = []
    for (let group: string | undefined = start; group !== undefined; ) {
      visited.push(ALIASES.get(group)?.group ?? group)
      expect(visited.length).toBeLessThanOrEqual(maxFallbacks + 1)
      const hadMore = trip.hasMore(group)
      group = trip.after(group, createError({ kind: one(KINDS), message: 'It failed.' }))?.model
      // What was said not to be there does not come.
      if (!hadMore) expect(group).toBeUndefined()
    }
    expect(new Set(visited).size).toBe(visited.length)
  }
})
