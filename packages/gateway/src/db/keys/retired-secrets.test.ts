import { expect, test } from 'vitest'
import { eachDatabase } from '../testing/each-database.ts'
import { keyRow, spendRow } from '../testing/rows.ts'

eachDatabase('secrets that were given up', makePlace => {
  test('two replicas that fold the same secrets at once count what each spent once', async () => {
    const place = makePlace()
    const one = await place.open()
    const two = await place.open()
    const names = Array.from({ length: 40 }, (_, n) => `k${n}`)
    for (const name of names) {
      await one.keys.create(keyRow(`${name}-1`))
      await one.keys.replaceHash({
        ...{ oldHash: `${name}-1`, newHash: `${name}-2`, keyName: name, now: 5_000, endsAt: 6_000 },
      })
    }
    const rows = names.flatMap(name => [
      spendRow(`${name}-a`, { apiKey: `${name}-1`, spendNanoUsd: 100 }),
      spendRow(`${name}-b`, { apiKey: `${name}-2`, spendNanoUsd: 7 }),
    ])
    await one.spend.addBatch(rows)
    await Promise.all([one, two, one, two].map(replica => replica.keys.foldRetired(7_000)))
    const spends = await Promise.all(names.map(name => two.keys.find(`${name}-2`)))
    expect(new Set(spends.map(row => row?.spendNanoUsd))).toEqual(new Set([107]))
    expect(await one.keys.foldRetired(7_000)).toBe(0)
  })

  test('a secret whose key was removed meanwhile is forgotten all the same', async () => {
    const database = await makePlace().open()
    await database.keys.create(keyRow('g1'))
    await database.keys.replaceHash({ oldHash: 'g1', newHash: 'g2', keyName: 'g', now: 5_000, endsAt: 6_000 })
    await database.keys.remove(['g2'])
    expect(await database.keys.foldRetired(7_000)).toBe(0)
    expect(await database.keys.findRetired('g1')).toBeUndefined()
  })
})
