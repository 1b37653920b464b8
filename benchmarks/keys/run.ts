import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hashKey } from '../../packages/gateway/src/auth/hash.ts'
import { createKeyCache } from '../../packages/gateway/src/auth/key-cache.ts'
import type { Database, KeyFilter } from '../../packages/gateway/src/db/database.ts'
import { openDatabase } from '../../packages/gateway/src/db/open-database.ts'
import { keyRow } from '../../packages/gateway/src/db/testing/rows.ts'
import { describeMachine } from '../machine.ts'

// node --expose-gc -C @sluice/source benchmarks/keys/run.ts [--keys 1000000] [--listed 100000] [--database-url …]
const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    listed: { type: 'string', default: '100000' },
    'database-url': { type: 'string' },
  },
})

console.log(describeMachine())
await measureLookups(Number(values.keys))
const directory = mkdtempSync(join(tmpdir(), 'sluice-keys-'))
await measureLists('SQLite', await openDatabase({ dataDirectory: directory, poolSize: 2 }))
const url = values['database-url']
if (url !== undefined)
  await measureLists('PostgreSQL', await openDatabase({ url, dataDirectory: directory, poolSize: 4 }))
await rm(directory, { recursive: true, force: true })

/** How long a key in memory takes to be found, hashing included, and how much memory all of them take. */
async function measureLookups(count: number): Promise<void> {
  const nothing = { rows: [], removed: [], retired: [], next: 0 }
  const cache = createKeyCache({
    store: {
      find: () => Promise.resolve(undefined),
      findRetired: () => Promise.resolve(undefined),
      changedSince: () => Promise.resolve(nothing),
    },
    maxRows: count,
    maxStalenessMs: () => 1e12,
  })
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const secretOf = (index: number) => `sk-${String(index).padStart(32, 'x')}`
  for (let index = 0; index < count; index++) {
    const row = keyRow(hashKey(secretOf(index)), { keyAlias: `key-${index}`, userId: `user-${index % 1000}` })
    // As rows come out of the database: each with objects of its own.
    cache.absorb(JSON.parse(JSON.stringify(row)) as typeof row)
  }
  globalThis.gc?.()
  const bytes = process.memoryUsage().rss - before
  await cache.sync()
  const wanted = Array.from({ length: 200_000 }, () => secretOf(Math.floor(Math.random() * count)))
  const lookUp = (secret: string) => {
    if (cache.find(hashKey(secret)) === undefined) throw new Error('a key is missing')
  }
  const perCall = rounds(wanted, lookUp)
  const hashing = rounds(wanted, secret => void hashKey(secret))
  const few = wanted.slice(0, 1_000)
  const again = rounds(
    Array.from(wanted, (_, i) => few[i % few.length] as string),
    lookUp,
  )
  console.log(
    [
      `${count} keys in memory: ${(bytes / 2 ** 20).toFixed(0)} MiB, ${Math.round(bytes / count)} bytes a key`,
      `processor time for hash and look-up, keys at random: ${perCall}`,
      `of it the hash: ${hashing}`,
      `a thousand keys again and again: ${again}`,
      `one look-up by the clock: ${quantiles(wanted, lookUp)}`,
    ].join('\n'),
  )
}

/** Microseconds of processor time a call, of ten rounds: others may be at work on this machine, so not by the clock. */
function rounds(wanted: readonly string[], work: (secret: string) => void): string {
  const each: number[] = []
  for (let round = 0; round < 10; round++) {
    const start = process.cpuUsage()
    for (const secret of wanted) work(secret)
    const { user, system } = process.cpuUsage(start)
    each.push((user + system) / wanted.length)
  }
  each.sort((a, b) => a - b)
  return `median ${each[5]?.toFixed(2)} µs, best ${each[0]?.toFixed(2)} µs`
}

/** With the clock's own cost, some 0.1 µs, in it. */
function quantiles(wanted: readonly string[], work: (secret: string) => void): string {
  const times = wanted.map(secret => {
    const start = performance.now()
    work(secret)
    return (performance.now() - start) * 1_000
  })
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(times.length * part)]?.toFixed(1)
  return `median ${at(0.5)} µs, p99 ${at(0.99)} µs`
}

/** How long lists take with many keys in the database: the median and the worst of twenty. */
async function measureLists(name: string, database: Database): Promise<void> {
  const count = Number(values.listed)
  await fill(database, count)
  const lists: Readonly<Record<string, Partial<KeyFilter>>> = {
    'first page': {},
    'last page': { page: Math.floor(count / 100) },
    'keys of a team': { teamId: 'team-7' },
    'keys of a user': { userId: 'user-7' },
    'part of an alias': { search: 'key-99' },
    'by alias': { sortBy: 'key_alias', sortOrder: 'asc' },
    'by spend': { sortBy: 'spend' },
    'mine, my teams’ and what I made': {
      anyOf: { userIds: ['user-7'], teamIds: ['team-7', 'team-8'], createdBy: 'user-7' },
    },
  }
  for (const [label, filter] of Object.entries(lists)) {
    const times: number[] = []
    for (let round = 0; round < 20; round++) {
      const start = performance.now()
      await database.keys.list({ page: 1, size: 100, ...filter })
      times.push(performance.now() - start)
    }
    times.sort((a, b) => a - b)
    console.log(
      `${name}, ${count} keys, ${label}: ${times[10]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`,
    )
  }
  const start = performance.now()
  for (let index = 0; index < 1_000; index++) await database.keys.find(hashOf(index * 7))
  console.log(`${name}, ${count} keys, one key by hash: ${(performance.now() - start).toFixed(0)} µs`)
  await database.close()
}

function hashOf(index: number): string {
  return hashKey(`sk-listed-${index}`)
}

async function fill(database: Database, count: number): Promise<void> {
  const BATCH = 1_000
  for (let from = 0; from < count; from += BATCH)
    await database.together(async () => {
      for (let index = from; index < Math.min(count, from + BATCH); index++)
        await database.keys.create(
          keyRow(hashOf(index), {
            ...{ keyAlias: `key-${index}`, userId: `user-${index % 1000}`, teamId: `team-${index % 100}` },
            ...{ createdAt: 1_000 + index, updatedAt: 1_000 + index, createdBy: `user-${index % 500}` },
          }),
        )
    })
}
