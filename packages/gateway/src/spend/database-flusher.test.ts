import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { openDatabase } from '../db/open-database.ts'
import { eachDatabase } from '../db/testing/each-database.ts'
import { keyRow } from '../db/testing/rows.ts'
import { beginPeriods } from '../jobs/budget-reset.ts'
import { type LedgerOptions, openLedger } from './journal-ledger.ts'
import { spendRowOf } from './spend-row.ts'
import { callRecord } from './testing/call-record.ts'

const DAY = 86_400_000
const NEVER = 1_000_000

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-flusher-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (database: Database, more: Partial<LedgerOptions> = {}) =>
  openLedger({ database, directory, flushMs: NEVER, ...more })

/** Calls of ten days ago. */
const OLD = Math.floor(Date.now() / DAY) * DAY - 10 * DAY
const toRow: LedgerOptions['toRow'] = record => ({
  ...spendRowOf(record),
  ...{ startTime: OLD + 5, endTime: OLD + 9 },
})

async function forgetCheckpoint(): Promise<void> {
  for (const name of readdirSync(join(directory, 'journal')))
    await rm(join(directory, 'journal', name, 'checkpoint'), { force: true })
}

/** As if retention had removed everything before the day after. */
async function expire(database: Database): Promise<void> {
  while ((await database.upkeep.expire(OLD + DAY, 100)).more);
}

eachDatabase('rows that are replayed', makePlace => {
  test('count once, even where retention has removed them and the checkpoint on disk was lost', async () => {
    const database = await makePlace().open()
    await database.upkeep.extend(OLD, OLD + 3 * DAY, 'day')
    const first = await open(database, { toRow })
    for (let n = 0; n < 40; n++) await first.post(callRecord(`r${n}`))
    await first.flush()
    await first.close()
    const spent = await database.spend.spent('user', 'u')
    expect(spent).toBe(40 * 2_500)

    await expire(database)
    await forgetCheckpoint()
    const second = await open(database)
    expect(second.pending).toBe(40)
    await second.post(callRecord('new'))
    await second.flush()
    expect(second.pending).toBe(0)
    expect(await database.spend.spent('user', 'u')).toBe(spent + 2_500)
    await second.close()
  })

  test('count when they come for the first time, however old they are', async () => {
    const database = await makePlace().open()
    const first = await open(database, { toRow })
    await first.post(callRecord('counted'))
    await first.flush()
    await first.close()
    // The database is away for longer than rows are kept.
    const options = { dataDirectory: directory, poolSize: 1, waitForDatabase: false }
    const away = await openDatabase({ url: 'postgresql://u:p@127.0.0.1:1/db', ...options })
    const second = await open(away, { toRow, closeMs: 10 })
    for (let n = 0; n < 5; n++) await second.post(callRecord(`waits-${n}`))
    await second.close()
    await away.close()
    await expire(database)
    await forgetCheckpoint()
    const third = await open(database)
    expect(third.pending).toBe(6)
    await third.flush()
    expect(await database.spend.spent('user', 'u')).toBe(6 * 2_500)
    await third.close()
  })

  test('leave nothing behind of a journal that is gone', async () => {
    const database = await makePlace().open()
    const dead = await open(database)
    await dead.post(callRecord('x'))
    await dead.flush()
    const [name = ''] = readdirSync(join(directory, 'journal'))
    expect(await database.spend.marks.find(name)).toMatchObject({ segment: expect.any(Number) })
    await dead.close()
    await database.spend.marks.forgetBefore(Date.now() + 1)
    expect(await database.spend.marks.find(name)).toBeUndefined()
  })

  test('find the periods of their budgets begun, whether or not the job has been there', async () => {
    const database = await makePlace().open()
    const resetAt = Date.now() - 60_000
    await database.keys.create(keyRow('hash-1', { budgetDuration: '1d', budgetResetAt: resetAt }))
    const ledger = await open(database, {
      beginPeriods: () => beginPeriods({ database, timezone: () => 'UTC' }),
      toRow: record => {
        const endTime = resetAt + (record.id === 'before' ? -1 : 1)
        return { ...spendRowOf(record), startTime: resetAt - 5, endTime }
      },
    })
    await ledger.post(callRecord('before'))
    await ledger.post(callRecord('after'))
    await ledger.flush()
    expect((await database.keys.find('hash-1'))?.spendNanoUsd).toBe(2_500)
    await ledger.close()
  })
})
