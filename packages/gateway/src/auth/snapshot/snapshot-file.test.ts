import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { keyRow } from '../../db/testing/rows.ts'
import { readSnapshot, type Snapshot, SnapshotRefused, writeSnapshot } from './snapshot-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-snapshot-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newPlace = () => ({
  path: join(folder, `keys-${files++}.snapshot`),
  secret: 'sk-master',
  database: 'db/llm',
})

function snapshotOf(count: number): Snapshot {
  const rows = Array.from({ length: count }, (_, index) => keyRow(`hash-${index}`))
  return {
    keys: { rows, missing: [], retired: [], confirmedAt: 5_000 },
    accounts: { rows: [], missing: ['user nobody'], confirmedAt: 5_001 },
  }
}

test('what was written is read again, by this user alone', async () => {
  const place = newPlace()
  expect(await readSnapshot(place)).toBeUndefined()
  expect(await writeSnapshot(place, snapshotOf(1_001))).toBe(0)
  expect(statSync(place.path).mode & 0o777).toBe(0o600)
  expect(await readSnapshot(place)).toEqual(snapshotOf(1_001))
  await writeSnapshot(place, snapshotOf(0))
  expect(await readSnapshot(place)).toEqual(snapshotOf(0))
})

test('a torn file is refused, wherever it was torn', async () => {
  const place = newPlace()
  await writeSnapshot(place, snapshotOf(3))
  const whole = readFileSync(place.path)
  for (let length = 0; length < whole.length - 1; length += 7) {
    writeFileSync(place.path, whole.subarray(0, length))
    await expect(readSnapshot(place)).rejects.toBeInstanceOf(SnapshotRefused)
  }
})

test('a file that somebody altered is refused, and so is one of another master key, database or release', async () => {
  const place = newPlace()
  await writeSnapshot(place, snapshotOf(3))
  const text = readFileSync(place.path, 'utf8')
  writeFileSync(place.path, text.replace('"hash-1"', '"hash-9"'))
  await expect(readSnapshot(place)).rejects.toThrow('altered')
  writeFileSync(place.path, text)
  await expect(readSnapshot({ ...place, secret: 'sk-other' })).rejects.toThrow('another master key')
  await expect(readSnapshot({ ...place, database: 'db/other' })).rejects.toThrow('another database')
})

test('the bound counts bytes, so that what was written is never too large to be read', async () => {
  const place = newPlace()
  const { keys, accounts } = snapshotOf(200)
  const keyAlias = 'ü'.repeat(200_000)
  const rows = [...keys.rows].map(row => ({ ...row, keyAlias }))
  expect(await writeSnapshot(place, { keys: { ...keys, rows }, accounts })).toBeGreaterThan(0)
  await expect(readSnapshot(place)).resolves.toBeDefined()
})
