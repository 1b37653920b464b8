import { createError, ServiceUnavailableError } from 'sluice/internal'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { KeyChanges, KeyStore } from '../db/database.ts'
import type { KeyRow, RetiredSecret } from '../db/rows.ts'
import { sqlitePlace } from '../db/testing/each-database.ts'
import { keyRow } from '../db/testing/rows.ts'
import { createKeyCache, type KeyCacheOptions } from './key-cache.ts'

/** A store in memory that counts its look-ups and can be down or silent. */
function memoryStore(...rows: KeyRow[]) {
  const keys = new Map(rows.map(row => [row.tokenHash, row]))
  const changes: (KeyRow | { removed: string; at: number })[] = []
  const retired = new Map<string, RetiredSecret>()
  const store = {
    finds: 0,
    findRetired: (hash: string) => store.answer(() => retired.get(hash)),
    retire(tokenHash: string, activeHash: string, endsAt: number | null, updatedAt: number) {
      keys.delete(tokenHash)
      changes.push({ removed: tokenHash, at: updatedAt })
      retired.set(tokenHash, { tokenHash, activeHash, endsAt, keyName: 'sk-...', createdAt: 0, updatedAt })
    },
    state: 'up' as 'up' | 'down' | 'silent',
    find(hash: string): Promise<KeyRow | undefined> {
      store.finds++
      return store.answer(() => keys.get(hash))
    },
    changedSince(since: number): Promise<KeyChanges> {
      return store.answer(() => {
        const rows = [...keys.values()].filter(row => row.updatedAt >= since)
        const gone = changes.filter(change => 'removed' in change && change.at >= since)
        const times = [...rows.map(row => row.updatedAt), since]
        return {
          rows,
          removed: gone.map(change => ('removed' in change ? change.removed : '')),
          retired: [...retired.values()].filter(each => each.updatedAt >= since),
          next: Math.max(...times),
        }
      })
    },
    answer<T>(value: () => T): Promise<T> {
      if (store.state === 'silent') return new Promise(() => {})
      if (store.state === 'down') return Promise.reject(createError({ kind: 'unavailable', message: 'down' }))
      return Promise.resolve(value())
    },
    put(row: KeyRow) {
      keys.set(row.tokenHash, row)
    },
    remove(hash: string, at: number) {
      keys.delete(hash)
      changes.push({ removed: hash, at })
    },
  }
  return store
}

function cacheOver(
  store: Pick<KeyStore, 'find' | 'findRetired' | 'changedSince'>,
  more: Partial<KeyCacheOptions> = {},
) {
  const clock = { time: 1_000_000 }
  const cache = createKeyCache({ store, now: () => clock.time, maxStalenessMs: () => 60_000, ...more })
  return { cache, clock }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a key cache', () => {
  test('asks the database once, however many ask for the key, and then answers at once', async () => {
    const store = memoryStore(keyRow('h'))
    const { cache } = cacheOver(store)
    const answers = await Promise.all([1, 2, 3, 4].map(async () => await cache.find('h')))
    expect(new Set(answers).size).toBe(1)
    expect(cache.find('h')).toBe(answers[0])
    expect(store.finds).toBe(1)
  })

  test('a wrong key costs one look-up a second, and memory for wrong keys is bounded', async () => {
    const store = memoryStore()
    const { cache, clock } = cacheOver(store, { maxMisses: 10 })
    await cache.find('wrong')
    expect(cache.find('wrong')).toBeUndefined()
    expect(store.finds).toBe(1)
    clock.time += 1_000
    expect(await cache.find('wrong')).toBeUndefined()
    expect(store.finds).toBe(2)
    for (let i = 0; i < 100; i++) await cache.find(`wrong-${i}`)
    expect(cache.size).toBe(0)
  })

  test('a flood of unknown keys is refused with 503 beyond the bound of look-ups', async () => {
    const store = memoryStore()
    store.state = 'silent'
    const { cache } = cacheOver(store, { maxLookups: 5 })
    for (let i = 0; i < 5; i++) Promise.resolve(cache.find(`h${i}`)).catch(() => {})
    await expect(cache.find('one-more')).rejects.toMatchObject({ status: 503, retryAfterMs: 1_000 })
    expect(store.finds).toBe(5)
  })

  test('a revoked key stops with the next sync', async () => {
    const store = memoryStore(keyRow('h'), keyRow('b'))
    const { cache, clock } = cacheOver(store)
    await cache.find('h')
    await cache.find('b')
    clock.time += 10
    store.remove('h', clock.time)
    store.put(keyRow('b', { blocked: true, updatedAt: clock.time }))
    await cache.sync()
    expect(cache.find('b')).toMatchObject({ blocked: true })
    expect(await cache.find('h')).toBeUndefined()
  })

  test('a row that did not change keeps its object through a sync', async () => {
    const store = memoryStore(keyRow('h', { updatedAt: 1_000_000 }))
    const { cache } = cacheOver(store)
    const row = await cache.find('h')
    store.put(keyRow('h', { updatedAt: 1_000_000 }))
    await cache.sync()
    expect(cache.find('h')).toBe(row)
  })

  test('a change learned while the database was asked wins over its older answer', async () => {
    const answer = Promise.withResolvers<KeyRow | undefined>()
    const store = { ...memoryStore(), find: () => answer.promise }
    const { cache } = cacheOver(store)
    const found = cache.find('h')
    cache.forget('h')
    answer.resolve(keyRow('h'))
    expect(await found).toBeUndefined()
    expect(cache.size).toBe(0)
  })

  test('the spend of a key with a budget is read again in the background', async () => {
    const store = memoryStore(keyRow('h', { maxBudgetNanoUsd: 10, spendNanoUsd: 1 }))
    const { cache, clock } = cacheOver(store, { refreshMs: 1_000 })
    await cache.find('h')
    store.put(keyRow('h', { maxBudgetNanoUsd: 10, spendNanoUsd: 7 }))
    clock.time += 1_000
    expect(cache.find('h')).toMatchObject({ spendNanoUsd: 1 })
    await new Promise(resolve => setImmediate(resolve))
    expect(cache.find('h')).toMatchObject({ spendNanoUsd: 7 })
    expect(store.finds).toBe(2)
  })

  test('the least recently used keys are forgotten at the bound', async () => {
    const store = memoryStore(...Array.from({ length: 50 }, (_, i) => keyRow(`h${i}`)))
    const { cache } = cacheOver(store, { maxRows: 10 })
    for (let i = 0; i < 50; i++) await cache.find(`h${i}`)
    expect(cache.size).toBe(10)
  })
})

describe('while the database is down', () => {
  test('known keys keep working up to their staleness, unknown ones are told 503 and when to come back', async () => {
    const store = memoryStore(keyRow('h'))
    const { cache, clock } = cacheOver(store)
    await cache.find('h')
    store.state = 'down'
    await expect(cache.sync()).rejects.toThrow(ServiceUnavailableError)
    clock.time += 60_000
    expect(cache.find('h')).toMatchObject({ tokenHash: 'h' })
    await expect(cache.find('unknown')).rejects.toMatchObject({ status: 503, retryAfterMs: 1_000 })
    clock.time += 1
    await expect(cache.find('h')).rejects.toMatchObject({ status: 503 })
    store.state = 'up'
    expect(await cache.find('h')).toMatchObject({ tokenHash: 'h' })
  })

  test('each successful sync confirms all known keys anew', async () => {
    const store = memoryStore(keyRow('h'))
    const { cache, clock } = cacheOver(store)
    await cache.find('h')
    clock.time += 50_000
    await cache.sync()
    clock.time += 50_000
    expect(cache.find('h')).toMatchObject({ tokenHash: 'h' })
    expect(store.finds).toBe(1)
  })

  test('a failed look-up is not remembered as a wrong key', async () => {
    const store = memoryStore(keyRow('h'))
    store.state = 'down'
    const { cache } = cacheOver(store)
    await expect(cache.find('h')).rejects.toThrow(ServiceUnavailableError)
    store.state = 'up'
    expect(await cache.find('h')).toMatchObject({ tokenHash: 'h' })
  })

  test('DB black-hole: known keys answer at once, unknown ones get 503 in bounded time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const store = memoryStore(keyRow('h'))
    const { cache } = cacheOver(store, { lookupMs: 5_000 })
    await cache.find('h')
    store.state = 'silent'
    const syncing = cache.sync()
    const unknown = cache.find('unknown')
    const both = Promise.allSettled([syncing, unknown])
    expect(cache.find('h')).toMatchObject({ tokenHash: 'h' })
    await vi.advanceTimersByTimeAsync(5_000)
    for (const outcome of await both) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503, retryable: true } })
    }
  })
})

describe('over the real database', () => {
  const place = sqlitePlace()
  afterAll(() => place.remove())

  test('Replica never sees new key (#2361): made on one replica, it works on the other at once', async () => {
    const database = await place.open()
    const one = createKeyCache({ store: database.keys, maxStalenessMs: () => 60_000 })
    const two = createKeyCache({ store: database.keys, maxStalenessMs: () => 60_000 })
    const row = keyRow('new-key', { createdAt: Date.now(), updatedAt: Date.now() })
    await database.keys.create(row)
    one.absorb(row)
    expect(await two.find('new-key')).toMatchObject({ tokenHash: 'new-key' })

    const blocked = await database.keys.update('new-key', { blocked: true, updatedAt: Date.now() })
    if (blocked !== undefined) one.absorb(blocked)
    expect(two.find('new-key')).toMatchObject({ blocked: false })
    await two.sync()
    expect(two.find('new-key')).toMatchObject({ blocked: true })

    await database.keys.remove(['new-key'])
    await two.sync()
    expect(await two.find('new-key')).toBeUndefined()
  })
})

describe('a secret that was rotated away', () => {
  test('opens the same row as the new one until its end, to the millisecond', async () => {
    const store = memoryStore(keyRow('new'))
    const { cache, clock } = cacheOver(store)
    store.retire('old', 'new', clock.time + 5_000, clock.time)
    const row = await cache.find('old')
    expect(row?.tokenHash).toBe('new')
    expect(cache.find('new')).toBe(row)
    clock.time += 4_999
    expect(cache.find('old')).toBe(row)
    clock.time += 1
    expect(cache.find('old')).toBeUndefined()
    expect(cache.find('new')).toBe(row)
  })

  test('is followed through several rotations, and ends with the first of them that does', async () => {
    const store = memoryStore(keyRow('c'))
    const { cache, clock } = cacheOver(store)
    store.retire('a', 'b', clock.time + 9_000, clock.time)
    store.retire('b', 'c', clock.time + 1_000, clock.time)
    expect((await cache.find('a'))?.tokenHash).toBe('c')
    clock.time += 1_000
    expect(await cache.find('a')).toBeUndefined()
  })

  test('that another replica rotated goes on here without a look-up, also while the database is away', async () => {
    const store = memoryStore(keyRow('old'))
    const { cache, clock } = cacheOver(store)
    await cache.find('old')
    store.put(keyRow('new', { updatedAt: clock.time }))
    store.retire('old', 'new', clock.time + 20_000, clock.time)
    await cache.sync()
    store.state = 'down'
    expect(cache.find('old')).toMatchObject({ tokenHash: 'new' })
  })

  test('of a key that was removed opens nothing', async () => {
    const store = memoryStore(keyRow('new'))
    const { cache, clock } = cacheOver(store)
    store.retire('old', 'new', null, clock.time)
    expect((await cache.find('old'))?.tokenHash).toBe('new')
    store.remove('new', clock.time)
    await cache.sync()
    expect(await cache.find('old')).toBeUndefined()
  })
})
