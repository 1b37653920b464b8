import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connectionOf } from '../db/open-database.ts'
import { eachDatabase } from '../db/testing/each-database.ts'
import { keyRow, spendRow } from '../db/testing/rows.ts'
import { verifySpend } from './verify-spend.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = 86_400_000

eachDatabase('the comparison of the books', makePlace => {
  test('finds nothing where nothing is wrong, and every drift that is put in', async () => {
    const database = await makePlace().open()
    await database.keys.create(keyRow('hash-1'))
    await database.spend.addBatch(
      Array.from({ length: 60 }, (_, n) =>
        spendRow(`r${n}`, {
          startTime: NOW - (n % 6) * DAY,
          spendNanoUsd: n % 7 === 0 ? null : n * 1_000_003,
          userId: n % 2 === 0 ? 'u' : null,
          teamId: n % 3 === 0 ? 't' : null,
          projectId: n % 5 === 0 ? 'p' : null,
          ...(n % 4 === 0 && { agentId: 'a' }),
          requestTags: n % 2 === 0 ? ['x', 'User-Agent: y'] : [],
          status: n % 9 === 0 ? 'failure' : 'success',
        }),
      ),
    )
    const verify = (days: number | undefined) => verifySpend({ ...database, days, now: NOW })
    expect(await verify(undefined)).toMatchObject({
      from: '2026-11-16',
      to: '2026-11-21',
      daysCompared: 6,
      drifts: [],
    })
    expect(await verify(3)).toMatchObject({ from: '2026-11-19', daysCompared: 3, drifts: [] })

    await run(sql`update daily_details set spend_nano_usd = spend_nano_usd + 1
      where kind = 'user' and subject_id = 'u' and day = '2026-11-21'`)
    await run(sql`update daily_totals set spend_nano_usd = spend_nano_usd + 1
      where kind = 'team' and subject_id = 't' and day = '2026-11-18'`)
    await run(sql`delete from spend_logs where request_id = 'r4'`)
    await run(sql`update spend_totals set spend_nano_usd = spend_nano_usd - 5 where kind = 'model'`)
    await run(sql`update virtual_keys set spend_base_nano_usd = 999999999999`)

    const { drifts } = await verify(undefined)
    const about = drifts.map(({ between, kind, id, day = '' }) => [between, kind, id, day].join(' '))
    expect(about).toContain('rows/daily user u 2026-11-21')
    expect(about).toContain('rows/daily tag User-Agent: y 2026-11-17')
    expect(about).toContain('rows/daily key hash-1 2026-11-17')
    expect(about).toContain('details/daily user u 2026-11-21')
    expect(about).toContain('details/daily team t 2026-11-18')
    expect(about).toContain('daily/totals team t ')
    expect(about).toContain('daily/totals model gpt-4o ')
    expect(about).toContain('totals/budget key hash-1 ')
    const [grown] = drifts.filter(
      ({ between, kind, day }) => between === 'rows/daily' && kind === 'user' && day === '2026-11-21',
    )
    expect((grown?.found.nanoUsd ?? 0) - (grown?.expected.nanoUsd ?? 0)).toBe(1)
    expect((await verify(3)).drifts.every(({ day = '2026-11-21' }) => day >= '2026-11-19')).toBe(true)

    async function run(statement: ReturnType<typeof sql>): Promise<void> {
      await connectionOf(database).run(kysely => statement.execute(kysely))
    }
  })

  test('leaves out days whose rows retention has removed', async () => {
    const database = await makePlace().open()
    await database.spend.addBatch([
      spendRow('old', { startTime: NOW - 3 * DAY }),
      spendRow('new', { startTime: NOW }),
    ])
    await database.upkeep.expire(Date.UTC(2026, 10, 20), 100)
    const verdict = await verifySpend({ ...database, days: undefined, now: NOW })
    expect(verdict).toMatchObject({ from: '2026-11-20', daysCompared: 2, drifts: [] })
  })

  test('has nothing to say of an empty database', async () => {
    const database = await makePlace().open()
    expect(await verifySpend({ ...database, days: undefined, now: NOW })).toMatchObject({
      ...{ from: undefined, daysCompared: 0, drifts: [] },
    })
  })
})
