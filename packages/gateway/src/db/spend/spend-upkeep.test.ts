import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connectionOf } from '../open-database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { spendRow } from '../testing/rows.ts'
import { listPartitions } from './partitions.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21, 12)
const MIDNIGHT = Date.UTC(2026, 10, 21)

eachDatabase('the upkeep of spend rows', makePlace => {
  test('rows that came before their partition move into it, and replays still count nothing twice', async () => {
    const database = await makePlace().open()
    const rows = [0, 1, 2].map(day =>
      spendRow(`r${day}`, { startTime: NOW + day * DAY, requestTags: ['moved'] }),
    )
    await database.spend.addBatch(rows)
    const made = await database.upkeep.extend(NOW, NOW + 3 * DAY, 'day')
    if (database.dialect === 'sqlite') return expect(made).toEqual([])
    expect(made).toHaveLength(8)
    expect(made).toContain('spend_logs_20261121')
    const partitions = await connectionOf(database).run(listPartitions)
    expect(partitions.filter(({ table }) => table === 'spend_logs').map(({ from }) => from)).toEqual([
      undefined,
      ...[0, 1, 2, 3].map(day => MIDNIGHT + day * DAY),
    ])
    expect(await database.upkeep.extend(NOW, NOW + 3 * DAY, 'day')).toEqual([])
    expect(await database.spend.addBatch(rows)).toBe(0)
    expect((await database.reports.rows({ size: 10, tag: 'moved' })).total).toBe(3)
  })

  test('months follow days where there were days before', async () => {
    const database = await makePlace().open()
    if (database.dialect === 'sqlite') return
    await database.upkeep.extend(NOW, NOW + DAY, 'day')
    const made = await database.upkeep.extend(NOW, Date.UTC(2027, 1, 1), 'month')
    expect(made.filter(name => name.startsWith('spend_logs'))).toEqual([
      'spend_logs_20261123',
      'spend_logs_20261201',
      'spend_logs_20270101',
    ])
    await database.spend.addBatch([spendRow('late', { startTime: Date.UTC(2027, 0, 31, 23) })])
  })

  test('rows older than the database have a partition of their own, before or after the others are made', async () => {
    for (const isFirst of [true, false]) {
      const database = await makePlace().open()
      const old = [1, 400].map(days => spendRow(`r-${days}`, { startTime: NOW - days * DAY }))
      await database.spend.addBatch(old.slice(0, 1))
      if (isFirst) await database.upkeep.openPast(NOW)
      await database.upkeep.extend(NOW, NOW + DAY, 'day')
      for (let turn = 0; turn < 2; turn++) await database.upkeep.openPast(NOW)
      await database.spend.addBatch(old)
      expect((await database.reports.rows({ size: 10 })).total).toBe(2)
      if (database.dialect === 'sqlite') continue
      const all = await connectionOf(database).run(listPartitions)
      expect(all.filter(({ table }) => table === 'spend_logs').map(({ name }) => name)).toEqual([
        expect.stringMatching(/spend_logs_(before|rest)/),
        expect.stringMatching(/spend_logs_(before|rest)/),
        'spend_logs_20261121',
        'spend_logs_20261122',
      ])
      const { rows } = await connectionOf(database).run(kysely =>
        sql<{ count: number }>`select count(*) as count from spend_logs_before`.execute(kysely),
      )
      expect(rows[0]?.count).toBe(2)
    }
  })

  test('rows beyond their time go, in bounded steps, and their sums stay', async () => {
    const database = await makePlace().open()
    await database.spend.addBatch(
      Array.from({ length: 25 }, (_, n) =>
        spendRow(`old-${n}`, { startTime: NOW - 40 * DAY, requestTags: ['x'] }),
      ),
    )
    await database.upkeep.extend(NOW - 10 * DAY, NOW + DAY, 'day')
    await database.spend.addBatch([
      spendRow('partitioned', { startTime: NOW - 9 * DAY }),
      spendRow('kept', { startTime: NOW }),
    ])
    const before = MIDNIGHT - 7 * DAY
    let removed = 0
    const partitions: string[] = []
    for (let turn = 0; turn < 20; turn++) {
      const step = await database.upkeep.expire(before, 10)
      removed += step.rows
      partitions.push(...step.partitions)
      if (!step.more) break
      expect(step.rows).toBeLessThanOrEqual(40)
    }
    if (database.dialect === 'sqlite') expect(removed).toBe(51)
    else {
      expect(removed).toBe(50)
      expect(partitions).toContain('spend_logs_20261112')
    }
    const { rows } = await database.reports.rows({ size: 10 })
    expect(rows.map(row => row.requestId)).toEqual(['kept'])
    expect(await database.spend.spent('key', 'hash-1')).toBe(27 * 1_500)
    expect(await database.upkeep.keptFrom()).toBe(before)
  })
})
