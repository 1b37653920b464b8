import { beforeAll, expect, test } from 'vitest'
import { beginPeriods, resetDueBudgets } from '../../../jobs/budget-reset.ts'
import { memberId } from '../../accounts/member-id.ts'
import type { Database } from '../../database.ts'
import type { AccountKind, SpendRow } from '../../rows.ts'
import { eachDatabase } from '../../testing/each-database.ts'
import { accountRow, keyRow, spendRow } from '../../testing/rows.ts'

const MIDNIGHT = Date.parse('2026-11-22T00:00:00Z')
const TOMORROW = MIDNIGHT + 86_400_000
const due = { budgetDuration: '1d', budgetResetAt: MIDNIGHT, maxBudgetNanoUsd: 1e12 }

let count = 0
/** A call that ended so many milliseconds after midnight, and took a second. */
function call(after: number, more: Partial<SpendRow> = {}): SpendRow {
  const endTime = MIDNIGHT + after
  return spendRow(`late-${++count}`, { startTime: endTime - 1_000, endTime, spendNanoUsd: 100, ...more })
}

eachDatabase('calls at the turn of a period', makePlace => {
  let one: Database
  let two: Database
  beforeAll(async () => {
    const place = makePlace()
    one = await place.open()
    two = await place.open()
  })
  const reset = (time: number, database = one) =>
    resetDueBudgets({ database, timezone: () => 'UTC', now: () => time })
  const begin = (time: number, database = one) =>
    beginPeriods({ database, timezone: () => 'UTC', now: () => time })
  const spendOf = async (hash: string) => (await two.keys.find(hash))?.spendNanoUsd

  test('what ended before the period began is not in it, however late it is written down', async () => {
    await one.keys.create(keyRow('night', due))
    await one.spend.addBatch([call(-60_000, { apiKey: 'night', spendNanoUsd: 7 })])
    expect(await spendOf('night')).toBe(7)
    await reset(MIDNIGHT + 8_000)
    expect(await spendOf('night')).toBe(0)
    // The database was away: among these, one that began before midnight and ended after it.
    const waiting = [call(-5_000), call(-1), call(0), call(500), call(3_600_000)]
    await two.spend.addBatch(waiting.map(row => ({ ...row, apiKey: 'night' })))
    expect(await spendOf('night')).toBe(300)
    expect(await one.spend.spent('key', 'night')).toBe(507)
    expect(await one.reports.budgetDrift()).toEqual([])
  })

  test('what is written down before the budget was looked at is in the new period', async () => {
    await one.keys.create(keyRow('early', due))
    await one.spend.addBatch([call(-1, { apiKey: 'early', spendNanoUsd: 7 })])
    await begin(MIDNIGHT + 1_000)
    await one.spend.addBatch([call(900, { apiKey: 'early' })])
    expect(await reset(MIDNIGHT + 8_000)).toBe(0)
    expect(await spendOf('early')).toBe(100)
  })

  test('several periods that passed unseen are told apart', async () => {
    await one.keys.create(keyRow('hours', { ...due, budgetDuration: '1h' }))
    const hour = 3_600_000
    await begin(MIDNIGHT + 3 * hour + 60_000)
    await one.spend.addBatch(
      [1, hour, 2 * hour, 3 * hour, 3 * hour + 5].map(at => call(at, { apiKey: 'hours' })),
    )
    expect(await spendOf('hours')).toBe(200)
    expect((await one.keys.find('hours'))?.budgetResetAt).toBe(MIDNIGHT + 4 * hour)
  })

  test('it holds for everybody a call is charged to', async () => {
    const ids: [AccountKind, string][] = [
      ['user', 'u'],
      ['team', 't'],
      ['team_member', memberId('t', 'u')],
      ['organization', 'o'],
      ['organization_member', memberId('o', 'u')],
      ['project', 'p'],
      ['customer', 'c'],
      ['tag', 'x'],
    ]
    for (const [kind, id] of ids) await one.accounts.create(accountRow(kind, id, due))
    await reset(MIDNIGHT)
    const of = {
      userId: 'u',
      teamId: 't',
      organizationId: 'o',
      projectId: 'p',
      endUser: 'c',
      requestTags: ['x'],
    }
    await one.spend.addBatch([call(-1, of), call(-2, of), call(1, of)])
    for (const [kind, id] of ids)
      expect([kind, (await two.accounts.find(kind, id))?.spendNanoUsd]).toEqual([kind, 100])
  })

  test('a key that was given a new secret at that time is one key', async () => {
    await one.keys.create(keyRow('r1', due))
    await one.keys.replaceHash({
      oldHash: 'r1',
      newHash: 'r2',
      keyName: 'r',
      now: MIDNIGHT - 5,
      endsAt: TOMORROW,
    })
    await reset(MIDNIGHT)
    await one.spend.addBatch([
      call(-9, { apiKey: 'r1' }),
      call(9, { apiKey: 'r1' }),
      call(-3, { apiKey: 'r2' }),
    ])
    expect(await spendOf('r2')).toBe(100)
  })

  test('spend that is set by hand counts what ended since, and a period that is begun late leaves it', async () => {
    await one.keys.create(keyRow('hand', due))
    await one.accounts.create(accountRow('team', 'hand', due))
    await one.keys.update('hand', { spendNanoUsd: 5, updatedAt: MIDNIGHT + 4_000 })
    await one.accounts.update('team', 'hand', { spendNanoUsd: 5, updatedAt: MIDNIGHT + 4_000 })
    const rows = [call(3_000), call(3_999), call(4_001)]
    await one.spend.addBatch(rows.map(row => ({ ...row, apiKey: 'hand', teamId: 'hand' })))
    await reset(MIDNIGHT + 8_000)
    expect(await spendOf('hand')).toBe(105)
    expect((await one.accounts.find('team', 'hand'))?.spendNanoUsd).toBe(105)
    await reset(TOMORROW)
    expect(await spendOf('hand')).toBe(0)
  })

  test('replicas that write and begin periods at the same time lose nothing and count nothing twice', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `race-${n}`)
    for (const name of names) await one.keys.create(keyRow(name, due))
    const write = (database: Database, around: number) =>
      Array.from({ length: 6 }, async () => {
        await begin(MIDNIGHT + 1_000, database)
        await database.spend.addBatch(
          names.flatMap(apiKey => [call(around - 900, { apiKey }), call(around + 900, { apiKey })]),
        )
      })
    await Promise.all([...write(one, -1), ...write(two, -1), reset(MIDNIGHT, one), reset(MIDNIGHT, two)])
    for (const name of names) expect([name, await spendOf(name)]).toEqual([name, 1_200])
    expect(await one.spend.spent('key', names[0] ?? '')).toBe(2_400)
  })

  test('a period waits for calls that are just being written down', async () => {
    await one.keys.create(keyRow('mid', due))
    let beginning: Promise<unknown> | undefined
    await one.together(async () => {
      await one.spend.addBatch([call(-1, { apiKey: 'mid' })])
      beginning = two.keys.resetBudgets([{ tokenHash: 'mid', periodFrom: MIDNIGHT, nextResetAt: TOMORROW }])
      // Time enough for it to go wrong.
      for (let n = 0; n < 30; n++) await one.keys.find('mid')
    })
    await beginning
    expect(await spendOf('mid')).toBe(0)
  })

  test('a row of an older release, which does not say when it ended, counts by its start', async () => {
    await one.keys.create(keyRow('old-release', due))
    await reset(MIDNIGHT)
    await one.spend.addBatch([call(9, { apiKey: 'old-release', startTime: MIDNIGHT + 3, endTime: 0 })])
    expect(await spendOf('old-release')).toBe(100)
  })
})
