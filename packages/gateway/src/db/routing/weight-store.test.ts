import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { MOST_WEIGHTS } from './weight-store.ts'

eachDatabase('set weights', makePlace => {
  let database: Database
  const change = (weights: Record<string, number | null>) =>
    database.weights.change({ weights, author: 'me', now: 1_000 })
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('come back as they were set, fractions too, and null forgets one', async () => {
    await change({ a: 0.5, b: 3, 'an id with "quotes"': 0 })
    await change({ a: 0.25, b: null, c: null })
    expect(await database.weights.all()).toEqual(
      new Map([
        ['a', 0.25],
        ['an id with "quotes"', 0],
      ]),
    )
  })

  test('beyond the bound a change is refused whole', async () => {
    const many = (from: number) =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x${from + n}`, 1]))
    for (let from = 0; from < MOST_WEIGHTS - 1_000; from += 1_000) await change(many(from))
    const before = await database.weights.all()
    await expect(change({ ...many(MOST_WEIGHTS), a: 7 })).rejects.toThrow(
      /10000 deployments have one already/,
    )
    expect(await database.weights.all()).toEqual(before)
  })
})
