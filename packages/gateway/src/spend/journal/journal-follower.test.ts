import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFile } from '../../db/sqlite/file-lock.ts'
import { Journal, type JournalOptions } from './journal.ts'
import type { JournalFollower } from './journal-follower.ts'

let directory: string
let told: string[]
const log = {
  info: (_: object, message: string) => void told.push(message),
  warn: (_: object, message: string) => void told.push(message),
  error: (_: object, message: string) => void told.push(message),
}

beforeEach(() => {
  told = []
  directory = mkdtempSync(join(tmpdir(), 'sluice-follower-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function openJournal(more: Partial<JournalOptions> = {}): Promise<Journal> {
  const lock = lockFile(join(directory, 'lock'))
  if (lock === undefined) throw new Error('the lock is held')
  return Journal.open(directory, lock, { log, segmentBytes: 200, ...more })
}

const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => JSON.stringify({ n: n + from }))

async function write(journal: Journal, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    journal.append(text)
    await journal.sync()
  }
}

async function drainDatabase(journal: Journal): Promise<void> {
  for (;;) {
    const batch = await journal.read(3)
    await journal.advance(batch)
    if (batch.records.length === 0) return
  }
}

async function readAll(follower: JournalFollower, most = 3): Promise<unknown[]> {
  const all: unknown[] = []
  while (follower.pendingBytes > 0) {
    const batch = await follower.read(follower.position, most)
    all.push(...batch.records)
    await follower.advance(batch.next)
  }
  return all
}

const logs = () => readdirSync(directory).filter(name => name.endsWith('.log'))

test('segments stay until the database and every follower have read them', async () => {
  const journal = await openJournal()
  const [fast, slow] = [await journal.follow('fast', 1e9), await journal.follow('slow', 1e9)]
  await write(journal, rows(20))
  const written = logs().length
  await drainDatabase(journal)
  expect(await readAll(fast)).toEqual(rows(20))
  expect(logs()).toHaveLength(written)
  expect(fast.pendingBytes).toBe(0)
  expect(await readAll(slow)).toEqual(rows(20))
  expect(logs()).toHaveLength(1)
  await journal.close()
})

test('a follower goes on where it was after a restart, and the database where it was', async () => {
  const first = await openJournal()
  const before = await first.follow('sink', 1e9)
  await write(first, rows(10))
  await drainDatabase(first)
  await before.advance((await before.read(before.position, 2)).next)
  await first.close()
  const second = await openJournal()
  expect(second.pending).toBe(0)
  const after = await second.follow('sink', 1e9)
  await write(second, rows(2, 10))
  expect(await readAll(after)).toEqual(rows(10, 2))
  await second.close()
})

test('what a sink read that is no longer configured is let go', async () => {
  const first = await openJournal()
  await first.follow('gone', 1e9)
  await write(first, rows(10))
  await drainDatabase(first)
  expect(logs().length).toBeGreaterThan(1)
  await first.close()
  const second = await openJournal()
  await write(second, rows(1))
  await drainDatabase(second)
  expect(logs()).toHaveLength(1)
  await second.close()
})

test('beyond its bound the oldest rows are skipped, said so, and the disk is freed', async () => {
  const journal = await openJournal()
  const follower = await journal.follow('away', 300)
  await write(journal, rows(30))
  await drainDatabase(journal)
  expect(follower.pendingBytes).toBeLessThanOrEqual(300)
  expect(logs().length).toBeLessThan(4)
  expect(told).toContainEqual(expect.stringContaining('away for too long'))
  const left = await readAll(follower)
  expect(left).toEqual(rows(30).slice(-left.length))
  await write(journal, rows(1, 30))
  expect(await readAll(follower)).toEqual(rows(1, 30))
  await journal.close()
})

test('a journal that the database has wholly is removed when its followers have it too', async () => {
  const journal = await openJournal()
  const follower = await journal.follow('sink', 1e9)
  await write(journal, rows(10))
  await drainDatabase(journal)
  await journal.remove()
  expect(logs().length).toBeGreaterThan(0)
  expect(await readAll(follower)).toEqual(rows(10))
  expect(() => readdirSync(directory)).toThrow('ENOENT')
  await journal.close()
})
