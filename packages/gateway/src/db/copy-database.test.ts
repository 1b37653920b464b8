import { ConflictError } from 'sluice/internal'
import { expect, test } from 'vitest'
import { type CopyProgress, copyDatabase } from './copy-database.ts'
import { eachDatabase, sqlitePlace } from './testing/each-database.ts'
import { keyRow, spendRow } from './testing/rows.ts'

eachDatabase('copying from SQLite', makePlace => {
  test('every table arrives, a second copy changes nothing, and a target with other rows is refused', async () => {
    const place = sqlitePlace()
    const from = await place.open()
    const to = await makePlace().open()
    await from.keys.create(keyRow('k1', { keyAlias: 'one' }))
    await from.keys.create(keyRow('k2'))
    await from.keys.remove(['k2'])
    await from.facts.write('id', '7')
    const rows = Array.from({ length: 1_100 }, (_, n) =>
      spendRow(`r${n}`, { apiKey: 'k1', requestTags: ['t'] }),
    )
    for (let at = 0; at < rows.length; at += 500) await from.spend.addBatch(rows.slice(at, at + 500))
    const progress: CopyProgress[] = []
    await copyDatabase(from, to, step => progress.push(step))
    expect(progress).toContainEqual({ table: 'spend_logs', copied: 1_000, total: 1_100 })
    expect(await to.keys.find('k1')).toEqual(await from.keys.find('k1'))
    expect((await to.keys.find('k1'))?.spendNanoUsd).toBe(1_650_000)
    expect((await to.keys.changedSince(0, 10)).removed).toEqual(['k2'])
    expect(await to.facts.read('id')).toBe('7')
    const filter = { tag: 't', page: 3, size: 10 }
    expect(await to.spend.list(filter)).toEqual(await from.spend.list(filter))
    await copyDatabase(from, to)
    await to.keys.create(keyRow('foreign'))
    await expect(copyDatabase(from, to)).rejects.toBeInstanceOf(ConflictError)
    await place.remove()
  }, 30_000)
})
