import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { openDatabase } from '../db/open-database.ts'
import { eachDatabase, sqlitePlace } from '../db/testing/each-database.ts'
import { type JournalLedger, type LedgerOptions, openLedger } from './journal-ledger.ts'
import { spendRowOf } from './spend-row.ts'
import { callRecord } from './testing/call-record.ts'

const POSTER = fileURLToPath(new URL('./testing/post-until-killed.ts', import.meta.url))
const NEVER = 1_000_000

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-ledger-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function open(database: Database, more: Partial<LedgerOptions> = {}): Promise<JournalLedger> {
  return openLedger({ database, directory, flushMs: NEVER, ...more })
}

async function count(database: Database): Promise<number> {
  return (await database.spend.list({ page: 1, size: 1 })).total
}

/** A server that nobody runs: a database that is down. */
function deadDatabase(): Promise<Database> {
  return openDatabase({
    url: 'postgresql://u:p@127.0.0.1:1/db',
    dataDirectory: directory,
    poolSize: 1,
    waitForDatabase: false,
  })
}

eachDatabase('the ledger', makePlace => {
  test('what is posted reaches the database by itself, and at once on flush', async () => {
    const database = await makePlace().open()
    const ledger = await open(database, { flushMs: 5 })
    await ledger.post(callRecord('by-itself'))
    await expect.poll(() => count(database)).toBe(1)
    await expect.poll(() => ledger.pending).toBe(0)
    const posts = Array.from({ length: 1_200 }, (_, n) => ledger.post(callRecord(`c${n}`)))
    await ledger.flush()
    await Promise.all(posts)
    expect(ledger.pending).toBe(0)
    expect(await count(database)).toBe(1_201)
    expect(await database.spend.spent('user', 'u')).toBe(1_201 * 2_500)
    await ledger.close()
  })

  test('a journal replayed twice counts once', async () => {
    const database = await makePlace().open()
    const down = await deadDatabase()
    const writing = await open(down)
    for (let n = 0; n < 30; n++) await writing.post(callRecord(`twice-${n}`))
    await writing.close()
    await down.close()
    const [name = ''] = readdirSync(join(directory, 'journal'))
    cpSync(join(directory, 'journal', name), join(directory, 'journal', 'journal-copy'), { recursive: true })
    const replaying = await open(database)
    expect(replaying.pending).toBe(60)
    await replaying.flush()
    expect(await count(database)).toBe(30)
    expect(await database.spend.spent('key', 'hash-1')).toBe(30 * 2_500)
    await replaying.close()
    expect(readdirSync(join(directory, 'journal'))).toHaveLength(1)
  })

  test('a row that the database will never take is set aside and the others are counted', async () => {
    const database = await makePlace().open()
    const ledger = await open(database, {
      toRow: record => ({
        ...spendRowOf(record),
        ...(record.id === 'poison' ? { totalTokens: null as unknown as number } : {}),
        ...(record.id === 'no-tags' ? { requestTags: 7 as unknown as string[] } : {}),
        ...(record.id === 'no-time' ? { startTime: Number.NaN } : {}),
        ...(record.id === 'far-time' ? { startTime: 9e15 } : {}),
      }),
    })
    const bad = ['poison', 'no-tags', 'no-time', 'far-time']
    for (const id of ['a', ...bad, 'b', 'c']) await ledger.post(callRecord(id))
    await ledger.flush()
    const { rows } = await database.spend.list({ page: 1, size: 10 })
    expect(rows.map(row => row.requestId).sort()).toEqual(['a', 'b', 'c'])
    const [name = ''] = readdirSync(join(directory, 'journal'))
    const refused = readFileSync(join(directory, 'journal', name, 'refused.bad'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(refused.map(line => (JSON.parse(line) as { requestId: string }).requestId).sort()).toEqual(
      bad.sort(),
    )
    expect(ledger.pending).toBe(0)
    await ledger.close()
  })
})

describe('the ledger without its database', () => {
  test('strangers who were turned away leave no row, a cost without a caller does', async () => {
    const down = await deadDatabase()
    const ledger = await open(down, { closeMs: 10 })
    await ledger.post(
      callRecord('stranger', { caller: undefined, status: 'failure', cost: { state: 'none' } }),
    )
    expect(ledger.pending).toBe(0)
    await ledger.post(callRecord('refused', { status: 'failure', cost: { state: 'none' } }))
    await ledger.post(callRecord('nobody', { caller: undefined }))
    expect(ledger.pending).toBe(2)
    await ledger.close()
    await down.close()
  })

  test('calls go on, flush tells the truth, and the next process delivers what this one could not', async () => {
    const down = await deadDatabase()
    const ledger = await open(down, { flushMs: 1, closeMs: 50 })
    for (let n = 0; n < 600; n++) void ledger.post(callRecord(`c${n}`))
    await expect(ledger.flush()).rejects.toMatchObject({ status: 503 })
    // A start does not fail for it.
    await ledger.replayed(60_000)
    expect(ledger.health()).toMatchObject({
      writable: true,
      accepting: true,
      databaseReachable: false,
      pending: 600,
    })
    ledger.admit()
    await ledger.close()
    await ledger.post(callRecord('late'))
    expect(ledger.health().dropped).toBe(1)
    expect(() => ledger.admit()).toThrow(/Spend cannot be recorded/)
    await down.close()
    const place = sqlitePlace()
    const database = await place.open()
    const next = await open(database)
    expect(next.pending).toBe(600)
    await next.replayed(60_000)
    expect(next.pending).toBe(0)
    expect(await count(database)).toBe(600)
    await next.close()
    await place.remove()
  })

  test('a row for which no room is left is told about and counted, and no caller waits for it', async () => {
    const down = await deadDatabase()
    const told: string[] = []
    const log = { info() {}, warn() {}, error: (_: object, message: string) => void told.push(message) }
    const ledger = await open(down, { memoryBytes: 20_000, closeMs: 10, logger: log })
    const posts = Array.from({ length: 40 }, (_, n) => ledger.post(callRecord(`c${n}`)))
    expect(() => ledger.admit()).toThrow(/Spend cannot be recorded/)
    await Promise.all(posts)
    const { dropped } = ledger.health()
    expect(dropped).toBeGreaterThan(0)
    expect(ledger.pending).toBe(40 - dropped)
    expect(told).toEqual([expect.stringContaining('a spend row was lost')])
    await ledger.close()
    await down.close()
  })

  test('several gateways share a data directory, and each delivers its own', async () => {
    const place = sqlitePlace()
    const database = await place.open()
    const ledgers = await Promise.all([open(database), open(database), open(database)])
    for (let n = 0; n < 90; n++) await ledgers[n % 3]?.post(callRecord(`shared-${n}`))
    for (const ledger of ledgers) await ledger.close()
    expect(await count(database)).toBe(90)
    await place.remove()
  })
})

describe('kill -9', () => {
  test.each([
    ['while rows only go to the journal', NEVER],
    ['while rows also go to the database', 1],
  ])(
    'loses no acknowledged call and counts each once, %s',
    async (_, flushMs) => {
      const acknowledged = new Set<string>()
      for (let round = 0; round < 2; round++) {
        for (const id of await postUntilKilled(`r${round}`, flushMs, 150 + round * 97)) acknowledged.add(id)
      }
      expect(acknowledged.size).toBeGreaterThan(100)
      const database = await openDatabase({ dataDirectory: directory, poolSize: 1 })
      const ledger = await open(database)
      await ledger.flush()
      await ledger.close()
      const stored = await readIds(database)
      for (const id of acknowledged) expect(stored).toContain(id)
      expect(stored.size).toBe(await count(database))
      // Rows that were on their way and not acknowledged may be there; the sums hold for whatever is.
      expect(await database.spend.spent('key', 'hash-1')).toBe(stored.size * 2_500)
      const daily = await database.spend.totals('model', { from: '1970-01-01', to: '1970-01-02' })
      expect(daily).toMatchObject([{ requests: stored.size, spendNanoUsd: stored.size * 2_500 }])
      await database.close()
    },
    60_000,
  )
})

async function postUntilKilled(prefix: string, flushMs: number, bytes: number): Promise<readonly string[]> {
  const args = ['--conditions=@sluice/source', POSTER, directory, prefix, String(flushMs)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.length > bytes * 100) child.kill('SIGKILL')
  })
  const signal = await new Promise(resolve => child.on('close', (_, by) => resolve(by)))
  expect(signal).toBe('SIGKILL')
  return output.split('\n').slice(0, -1)
}

async function readIds(database: Database): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (let page = 1; ; page++) {
    const { rows } = await database.spend.list({ page, size: 1_000 })
    for (const row of rows) ids.add(row.requestId)
    if (rows.length === 0) return ids
  }
}
