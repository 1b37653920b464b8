import { createError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { accountRow, keyRow } from '../db/testing/rows.ts'
import { AccountCache } from './account-cache.ts'
import { createKeyCache } from './key-cache.ts'

const away = () => Promise.reject(createError({ kind: 'unavailable', message: 'away' }))
const START = 1_000_000

function cacheAt(clock: { time: number }, store: Parameters<typeof createKeyCache>[0]['store']) {
  return createKeyCache({ store, now: () => clock.time, maxStalenessMs: () => 60_000 })
}

test('what is restored is trusted for no longer than it would have been without a restart', () => {
  const clock = { time: START }
  const cache = cacheAt(clock, { find: away, findRetired: away, changedSince: away })
  cache.restore({ rows: [keyRow('h')], missing: [], retired: [], confirmedAt: START - 50_000 })
  expect(cache.find('h')).toMatchObject({ tokenHash: 'h' })
  clock.time += 10_001
  return expect(cache.find('h')).rejects.toMatchObject({ status: 503, type: 'no_db_connection' })
})

test('a sync that was under way when rows were restored confirms none of them; the next asks from their time on', async () => {
  const clock = { time: START }
  const asked: number[] = []
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const cache = cacheAt(clock, {
    find: away,
    findRetired: away,
    async changedSince(since) {
      asked.push(since)
      await gate
      return { rows: [], retired: [], removed: since < START - 40_000 ? ['h'] : [], next: since }
    },
  })
  const syncing = cache.sync()
  cache.restore({
    rows: [keyRow('h'), keyRow('kept')],
    missing: [],
    retired: [],
    confirmedAt: START - 50_000,
  })
  open()
  await syncing
  expect(cache.confirmedAt).toBe(0)
  expect(cache.find('h')).toMatchObject({ tokenHash: 'h' })
  await cache.sync()
  expect(asked).toEqual([START - 5_000, START - 55_000])
  await expect(cache.find('h')).rejects.toMatchObject({ status: 503 })
  expect(cache.find('kept')).toMatchObject({ tokenHash: 'kept' })
  expect(cache.confirmedAt).toBe(START)
})

test('that an account does not exist is trusted as long as one that does, and survives a restart', async () => {
  const clock = { time: START }
  let isAway = false
  const store = {
    find: () => (isAway ? away() : Promise.resolve(undefined)),
    changedSince: away,
  }
  const options = { store, now: () => clock.time, maxStalenessMs: () => 600_000 }
  const cache = new AccountCache(options)
  expect(await cache.account('user', 'nobody')).toBeUndefined()
  isAway = true
  clock.time += 500_000
  expect(cache.account('user', 'nobody')).toBeUndefined()
  const next = new AccountCache(options)
  next.restore({ ...cache.known(), confirmedAt: START })
  expect(next.account('user', 'nobody')).toBeUndefined()
  clock.time += 100_001
  await expect(next.account('user', 'nobody')).rejects.toMatchObject({ status: 503 })
})

test('the generation grows with every change but that of spend, and not with what is first read', async () => {
  const clock = { time: START }
  const team = accountRow('team', 'red', { maxBudgetNanoUsd: 1_000 })
  let stored: typeof team | undefined = team
  let told: (typeof team)[] = []
  const cache = new AccountCache({
    store: {
      find: async () => stored,
      changedSince: async since => ({ rows: told, next: since }),
    },
    now: () => clock.time,
    maxStalenessMs: () => 600_000,
  })
  const { generation } = cache
  expect(await cache.account('team', 'red')).toBe(team)
  expect(cache.generation).toBe(generation)

  stored = { ...team, spendNanoUsd: 500 }
  clock.time += 30_000
  expect(cache.account('team', 'red')).toBe(team)
  await expect.poll(() => cache.account('team', 'red')).toBe(stored)
  expect(cache.generation).toBe(generation)

  told = [{ ...stored, blocked: true, updatedAt: clock.time }]
  await cache.sync()
  expect(cache.generation).toBe(generation + 1)
  cache.absorb({ ...stored, updatedAt: clock.time + 1 })
  expect(cache.generation).toBe(generation + 2)
  cache.forgetAccount(team)
  expect(cache.generation).toBe(generation + 3)
})

test('a row that was missed before, or has changed since the last sync, is news when it is read', async () => {
  let stored: ReturnType<typeof accountRow> | undefined
  const clock = { time: START }
  const cache = new AccountCache({
    store: { find: async () => stored, changedSince: async since => ({ rows: [], next: since }) },
    now: () => clock.time,
    maxStalenessMs: () => 1_000,
  })
  const { generation } = cache
  expect(await cache.account('team', 'red')).toBeUndefined()
  clock.time += 1_001
  stored = accountRow('team', 'red')
  expect(await cache.account('team', 'red')).toBe(stored)
  expect(cache.generation).toBe(generation + 1)
  stored = accountRow('team', 'blue', { updatedAt: START })
  expect(await cache.account('team', 'blue')).toBe(stored)
  expect(cache.generation).toBe(generation + 2)
})
