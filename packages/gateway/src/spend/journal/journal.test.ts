import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SpendRow } from '../../db/rows.ts'
import { type FileLock, lockFile } from '../../db/sqlite/file-lock.ts'
import { spendRow } from '../../db/testing/rows.ts'
import { Journal, type JournalOptions } from './journal.ts'
import type { JournalRecord } from './line-buffer.ts'
import { decodeRecord, RECORD_OVERHEAD, writeRecord } from './record.ts'

let directory: string
let told: string[]
const log = {
  info: (_: object, message: string) => void told.push(message),
  warn: (_: object, message: string) => void told.push(message),
  error: (_: object, message: string) => void told.push(message),
}

beforeEach(() => {
  told = []
  directory = mkdtempSync(join(tmpdir(), 'sluice-journal-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function take(): FileLock {
  const lock = lockFile(join(directory, 'lock'))
  if (lock === undefined) throw new Error('the lock is held')
  return lock
}

function openJournal(more: Partial<JournalOptions> = {}): Promise<Journal> {
  return Journal.open(directory, take(), { log, ...more })
}

async function readAll(journal: Journal, most = 3): Promise<JournalRecord[]> {
  const all: JournalRecord[] = []
  while (true) {
    const batch = await journal.read(most)
    await journal.advance(batch)
    if (batch.records.length === 0) return all
    all.push(...batch.records)
  }
}

function encodeRecord(json: string): Buffer {
  const size = Buffer.byteLength(json)
  const line = Buffer.alloc(size + RECORD_OVERHEAD)
  expect(writeRecord(line, 0, json, size)).toBe(line.length)
  return line
}

function rows(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, n) => JSON.stringify({ n: n + from, text: 'ä\n€' }))
}

async function written(texts: readonly string[], more: Partial<JournalOptions> = {}): Promise<void> {
  const journal = await openJournal(more)
  for (const text of texts) journal.append(text)
  await journal.close()
}

const logs = (): string[] => readdirSync(directory).filter(name => name.endsWith('.log'))

test('a record is read back, and any changed byte is noticed', () => {
  const line = encodeRecord('{"a":"ä"}')
  expect(decodeRecord(line.subarray(0, -1))).toBe('{"a":"ä"}')
  for (let at = 0; at < line.length - 1; at++) {
    const damaged = Buffer.from(line.subarray(0, -1))
    damaged[at] = (damaged[at] ?? 0) ^ 1
    expect(decodeRecord(damaged)).toBeUndefined()
  }
})

test('rows come back in order, those not yet advanced again after a restart', async () => {
  await written(rows(10))
  const first = await openJournal()
  expect(first.pending).toBe(10)
  await first.advance(await first.read(4))
  expect((await first.read(2)).records).toEqual(rows(2, 4))
  expect((await first.read(2)).records).toEqual(rows(2, 4))
  await first.close()
  const second = await openJournal()
  expect(second.pending).toBe(6)
  expect(await readAll(second)).toEqual(rows(6, 4))
  expect(second.pending).toBe(0)
  await second.close()
})

test('a lost or damaged checkpoint means reading again, never losing', async () => {
  await written(rows(5))
  const journal = await openJournal()
  await journal.advance(await journal.read(3))
  await journal.close()
  writeFileSync(join(directory, 'checkpoint'), 'gibberish')
  const again = await openJournal()
  expect(await readAll(again)).toEqual(rows(5))
  await again.close()
})

test('segments are rotated, deleted once read, and their numbers never start over', async () => {
  const journal = await openJournal({ segmentBytes: 200, recentRecords: 0 })
  for (const text of rows(20)) {
    journal.append(text)
    await journal.sync()
  }
  expect(logs().length).toBeGreaterThan(4)
  expect(await readAll(journal)).toEqual(rows(20))
  expect(logs()).toHaveLength(1)
  await journal.close()
  const again = await openJournal()
  expect(again.pending).toBe(0)
  again.append('{"late":1}')
  await again.sync()
  expect(await readAll(again)).toEqual(['{"late":1}'])
  await again.close()
  rmSync(join(directory, logs().at(-1) ?? ''))
  const third = await openJournal()
  third.append('{"later":1}')
  await third.sync()
  expect(await readAll(third)).toEqual(['{"later":1}'])
  await third.close()
})

test('a half-written last record is cut off and reported, at whichever byte it tore', async () => {
  await written(rows(3))
  const path = join(directory, '000001.log')
  const whole = readFileSync(path)
  const last = encodeRecord(rows(1, 2)[0] ?? '')
  for (const lost of [1, 5, last.length - 1]) {
    writeFileSync(path, whole)
    truncateSync(path, whole.length - lost)
    told = []
    const journal = await openJournal()
    expect(journal.pending).toBe(2)
    expect(told).toEqual([expect.stringContaining('half written')])
    expect(await readAll(journal)).toEqual(rows(2))
    await journal.close()
    rmSync(join(directory, 'checkpoint'))
  }
})

test('zeros that a power cut left behind are cut off too', async () => {
  await written(rows(2))
  appendFileSync(join(directory, '000001.log'), Buffer.alloc(5_000_000))
  const journal = await openJournal()
  expect(await readAll(journal)).toEqual(rows(2))
  await journal.close()
})

test('damage in the middle is set aside and reported, and the rows behind it are read', async () => {
  await written(rows(6))
  const path = join(directory, '000001.log')
  const bytes = readFileSync(path)
  const size = encodeRecord(rows(1)[0] ?? '').length
  bytes[size * 2 + 25] = 0x00
  bytes[size * 4 + 1] = 0x5a
  writeFileSync(path, bytes)
  const journal = await openJournal()
  expect(journal.pending).toBe(4)
  expect(await readAll(journal, 500)).toEqual([...rows(2), ...rows(1, 3), ...rows(1, 5)])
  expect(told).toEqual([expect.stringContaining('set aside')])
  expect(readFileSync(join(directory, '000001.bad'))).toEqual(
    Buffer.concat([bytes.subarray(size * 2, size * 3), bytes.subarray(size * 4, size * 5)]),
  )
  await journal.remove()
  expect(readdirSync(directory)).toContain('000001.bad')
})

test('a record bigger than the read buffer is read whole', async () => {
  const big = JSON.stringify({ text: 'x'.repeat(5_000_000) })
  await written(['{"a":1}', big, '{"b":1}'])
  const journal = await openJournal()
  expect(journal.pending).toBe(3)
  expect(await readAll(journal)).toEqual(['{"a":1}', big, '{"b":1}'])
  await journal.close()
})

test('while the disk refuses, rows stay in memory, calls are refused in time, and nothing is lost after', async () => {
  // A file where the next segment should be: the operating system says EEXIST.
  writeFileSync(join(directory, '000001.log'), '')
  const journal = await openJournal({ memoryBytes: 1_000 })
  writeFileSync(join(directory, '000002.log'), '')
  journal.append('{"n":1}')
  await expect(journal.sync()).rejects.toMatchObject({ status: 503 })
  expect(journal.health()).toMatchObject({ writable: false, accepting: true, code: 'EEXIST' })
  const filler = JSON.stringify({ text: 'x'.repeat(800) })
  journal.append(filler)
  expect(journal.health().accepting).toBe(false)
  expect(() => journal.append(filler)).toThrow(/Spend cannot be recorded/)
  expect(told.filter(message => message.includes('cannot be written'))).toHaveLength(1)
  rmSync(join(directory, '000002.log'))
  await journal.sync()
  expect(journal.health()).toMatchObject({ writable: true, accepting: true, memoryBytes: 0 })
  expect(await readAll(journal)).toEqual(['{"n":1}', filler])
  await journal.close()
})

test('rows that never reach the disk are counted as lost when the journal closes', async () => {
  writeFileSync(join(directory, '000001.log'), '')
  const journal = await openJournal()
  writeFileSync(join(directory, '000002.log'), '')
  journal.append('{"n":1}')
  expect(await journal.close()).toBe(1)
  expect(told).toContainEqual(expect.stringContaining('were lost'))
})

test('the share of the disk is bounded', async () => {
  const journal = await openJournal({ diskBytes: 100 })
  journal.append(JSON.stringify({ text: 'x'.repeat(100) }))
  await journal.sync()
  expect(journal.health().accepting).toBe(false)
  expect(() => journal.append('{}')).toThrow(/Spend cannot be recorded/)
  await readAll(journal)
  await journal.close()
})

test('what was written last is handed out as the same objects, what exceeds the bound comes from disk, in order', async () => {
  const journal = await openJournal({ recentRecords: 6, segmentBytes: 300 })
  const append = async (record: SpendRow): Promise<SpendRow> => {
    journal.append(JSON.stringify(record), record)
    expect(await journal.written()).toBeUndefined()
    return record
  }
  const remembered: SpendRow[] = []
  for (let n = 0; n < 6; n++) remembered.push(await append(spendRow(`m${n}`)))
  const beyond = [await append(spendRow('d0')), await append(spendRow('d1'))]
  const first = await journal.read(4)
  expect(first.records).toHaveLength(4)
  for (const [i, record] of first.records.entries()) expect(record).toBe(remembered[i])
  await journal.advance(first)
  const second = await journal.read(4)
  expect(second.records).toEqual(remembered.slice(4))
  await journal.advance(second)
  const third = await journal.read(1)
  expect(third.records).toEqual([JSON.stringify(beyond[0])])
  const late = await append(spendRow('late'))
  await journal.advance(third)
  const fourth = await journal.read(4)
  expect(fourth.records).toEqual([JSON.stringify(beyond[1])])
  await journal.advance(fourth)
  const fifth = await journal.read(4)
  expect(fifth.records[0]).toBe(late)
  await journal.advance(fifth)
  expect(journal.pending).toBe(0)
  expect((await journal.read(4)).records).toEqual([])
  await journal.close()
  const again = await openJournal()
  expect(again.pending).toBe(0)
  await again.close()
})

test('the disk is synced in the background, and what it refuses is written again elsewhere', async () => {
  const synced: number[] = []
  let refuse = true
  const journal = await openJournal({
    syncMs: 1,
    sync: async file => {
      if (refuse) throw Object.assign(new Error('refused'), { code: 'EIO' })
      synced.push(file)
    },
  })
  journal.append('{"n":1}')
  expect(await journal.written()).toBeUndefined()
  expect(journal.health()).toMatchObject({ writable: true })
  await expect.poll(() => journal.health()).toMatchObject({ writable: false, code: 'EIO' })
  expect(journal.health().memoryBytes).toBeGreaterThan(0)
  await expect(journal.sync()).rejects.toMatchObject({ status: 503 })
  refuse = false
  await journal.sync()
  expect(synced.length).toBeGreaterThan(0)
  expect(journal.health()).toMatchObject({ writable: true, memoryBytes: 0 })
  expect(logs().length).toBeGreaterThan(1)
  const all = await readAll(journal)
  expect(new Set(all)).toEqual(new Set(['{"n":1}']))
  expect(journal.pending).toBe(0)
  await journal.close()
})
