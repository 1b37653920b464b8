import { ConflictError } from 'sluice/internal'
import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { accountRow, keyRow, spendRow } from '../testing/rows.ts'

eachDatabase('the key store', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
  })

  test('a key comes back as it was written, every field of it', async () => {
    const row = keyRow('full', {
      keyAlias: 'billing',
      userId: 'u',
      teamId: 't',
      organizationId: 'o',
      models: ['gpt-4o', 'claude'],
      aliases: { fast: 'gpt-4o-mini' },
      maxBudgetNanoUsd: 5_000_000_000_000,
      softBudgetNanoUsd: 1,
      spendNanoUsd: 77,
      budgetDuration: '30d',
      budgetResetAt: 9_000_000_000_000,
      rpmLimit: 1,
      tpmLimit: 2,
      maxParallelRequests: 3,
      expiresAt: 4_102_444_800_000,
      blocked: true,
      metadata: { tags: ['ä', '\0'], n: 1 },
      tags: ['a'],
      permissions: { x: true },
      allowedRoutes: ['llm_api_routes'],
      accessGroupIds: ['g'],
      rotation: {
        isAutomatic: true,
        interval: '30d',
        grace: '1h',
        dueAt: 5,
        count: 1,
        lastAt: 4,
        firstHash: 'first',
        failures: 0,
      },
      createdBy: 'admin',
      updatedBy: 'admin',
      lastActiveAt: 12,
    })
    await database.keys.create(row)
    expect(await database.keys.find('full')).toEqual(row)
    expect(await database.keys.find('nobody')).toBeUndefined()
  })

  test('a taken hash and a taken alias are conflicts, keys without alias are not', async () => {
    await database.keys.create(keyRow('c1', { keyAlias: 'taken' }))
    await expect(database.keys.create(keyRow('c1'))).rejects.toBeInstanceOf(ConflictError)
    await expect(database.keys.create(keyRow('c2', { keyAlias: 'taken' }))).rejects.toBeInstanceOf(
      ConflictError,
    )
    await database.keys.create(keyRow('c3'))
    await database.keys.create(keyRow('c4'))
  })

  test('an error of the database never carries SQL in its message', async () => {
    const error = await database.keys.create(keyRow('c1')).catch((caught: unknown) => caught)
    expect(String(error)).not.toMatch(/insert|virtual_keys|unique constraint/i)
  })

  test('a change touches its fields only, makes updatedAt grow, and sets spend', async () => {
    await database.keys.create(keyRow('change', { rpmLimit: 5, teamId: 't' }))
    await database.spend.addBatch([spendRow('change-1', { apiKey: 'change' })])
    const after = await database.keys.update('change', { rpmLimit: null, blocked: true, updatedAt: 500 })
    expect(after).toMatchObject({ rpmLimit: null, blocked: true, teamId: 't', spendNanoUsd: 1_500 })
    expect(after?.updatedAt).toBe(1_001)
    expect(await database.keys.update('change', { spendNanoUsd: 9 })).toMatchObject({ spendNanoUsd: 9 })
    expect(await database.keys.update('nobody', { blocked: true })).toBeUndefined()
  })

  test('spending and being used do not look like a change to replicas', async () => {
    await database.keys.create(keyRow('quiet'))
    await database.spend.addBatch([spendRow('quiet-1', { apiKey: 'quiet', startTime: 5_000 })])
    expect(await database.keys.find('quiet')).toMatchObject({
      spendNanoUsd: 1_500,
      updatedAt: 1_000,
      lastActiveAt: 5_000,
    })
    expect(await database.keys.update('quiet', { lastActiveAt: 6_000 })).toMatchObject({
      updatedAt: 1_000,
      lastActiveAt: 6_000,
    })
  })

  test('a new secret keeps the row and its spend, and replicas hear that the old hash is gone', async () => {
    await database.keys.create(keyRow('old', { keyAlias: 'rotated', spendNanoUsd: 10 }))
    await database.spend.addBatch([spendRow('old-1', { apiKey: 'old' })])
    const now = Date.now()
    const after = await database.keys.replaceHash({
      oldHash: 'old',
      newHash: 'new',
      keyName: 'sk-...wxyz',
      now,
      endsAt: now,
    })
    expect(after).toMatchObject({
      tokenHash: 'new',
      keyName: 'sk-...wxyz',
      keyAlias: 'rotated',
      spendNanoUsd: 1_510,
    })
    expect(await database.keys.find('old')).toBeUndefined()
    expect((await database.keys.changedSince(now, 100)).removed).toContain('old')
    expect(
      await database.keys.replaceHash({ oldHash: 'nobody', newHash: 'x', keyName: 'y', now, endsAt: now }),
    ).toBeUndefined()
  })

  test("what the old secret spends after it was replaced is the key's, also when the old one is forgotten", async () => {
    await database.keys.create(keyRow('s1', { maxBudgetNanoUsd: 1, spendNanoUsd: 10 }))
    await database.keys.replaceHash({ oldHash: 's1', newHash: 's2', keyName: 'k', now: 5_000, endsAt: 9_000 })
    await database.spend.addBatch([
      spendRow('late-1', { apiKey: 's1' }),
      spendRow('late-2', { apiKey: 's2' }),
    ])
    expect(await database.keys.find('s2')).toMatchObject({ spendNanoUsd: 3_010, maxBudgetNanoUsd: 1 })
    await database.keys.replaceHash({ oldHash: 's2', newHash: 's3', keyName: 'k', now: 6_000, endsAt: null })
    await database.spend.addBatch([
      spendRow('late-3', { apiKey: 's1' }),
      spendRow('late-4', { apiKey: 's2' }),
    ])
    expect(await database.keys.find('s3')).toMatchObject({ spendNanoUsd: 6_010 })
    expect(await database.keys.foldRetired(9_001)).toBe(1)
    expect(await database.keys.findRetired('s1')).toBeUndefined()
    expect(await database.keys.find('s3')).toMatchObject({ spendNanoUsd: 6_010 })
    expect(await database.keys.update('s3', { spendNanoUsd: 7 })).toMatchObject({ spendNanoUsd: 7 })
  })

  test('earlier secrets stand for the key as it is named now, and end at the soonest time they were given', async () => {
    await database.keys.create(keyRow('r1'))
    const replace = (oldHash: string, newHash: string, endsAt: number | null, now: number) =>
      database.keys.replaceHash({ oldHash, newHash, keyName: newHash, now, endsAt })
    await replace('r1', 'r2', 9_000, 5_000)
    expect(await database.keys.findRetired('r1')).toMatchObject({ activeHash: 'r2', endsAt: 9_000 })
    await replace('r2', 'r3', null, 6_000)
    expect(await database.keys.findRetired('r1')).toMatchObject({ activeHash: 'r3', endsAt: 9_000 })
    expect(await database.keys.findRetired('r2')).toMatchObject({ activeHash: 'r3', endsAt: null })
    await database.keys.endRetired('r3', 7_000, 6_500)
    expect((await database.keys.retiredOf('r3')).map(each => [each.tokenHash, each.endsAt])).toEqual([
      ['r2', 7_000],
      ['r1', 7_000],
    ])
    const { retired } = await database.keys.changedSince(6_500, 100)
    expect(retired.filter(each => each.activeHash === 'r3')).toHaveLength(2)
    await expect(database.keys.create(keyRow('r1'))).rejects.toBeInstanceOf(ConflictError)
    await expect(replace('r3', 'r1', null, 7_000)).rejects.toBeInstanceOf(ConflictError)
    await database.keys.remove(['r3'])
    expect(await database.keys.findRetired('r1')).toBeUndefined()
  })

  test('keys due for rotation come with the longest overdue first', async () => {
    const rotation = {
      isAutomatic: true,
      interval: '1d',
      grace: null,
      count: 0,
      lastAt: null,
      firstHash: null,
      failures: 0,
    }
    await database.keys.create(keyRow('due-b', { rotation: { ...rotation, dueAt: 200 } }))
    await database.keys.create(keyRow('due-a', { rotation: { ...rotation, dueAt: 100 } }))
    expect((await database.keys.dueForRotation(200, 10)).map(row => row.tokenHash)).toContain('due-b')
    expect((await database.keys.dueForRotation(199, 10)).at(-1)?.tokenHash).toBe('due-a')
  })

  test('one process at a time has the lease of a job, and keeps it until it ends', async () => {
    expect(await database.leases.take('job', 'a', 100, 200)).toBe(true)
    expect(await database.leases.take('job', 'b', 199, 300)).toBe(false)
    expect(await database.leases.take('job', 'a', 150, 250)).toBe(true)
    expect(await database.leases.take('job', 'b', 249, 300)).toBe(false)
    expect(await database.leases.take('job', 'b', 250, 300)).toBe(true)
  })

  test('removing returns the rows, and a hash registered anew is not reported as removed', async () => {
    await database.keys.create(keyRow('gone', { userId: 'u9' }))
    const before = Date.now()
    expect(await database.keys.remove(['gone', 'nobody'])).toEqual([keyRow('gone', { userId: 'u9' })])
    expect((await database.keys.changedSince(before, 100)).removed).toContain('gone')
    await database.keys.create(keyRow('gone'))
    expect((await database.keys.changedSince(before, 100)).removed).not.toContain('gone')
    await database.keys.remove(['gone'])
    expect(await database.keys.remove([])).toEqual([])
  })

  test('a due budget is reset once, however many replicas try', async () => {
    await database.keys.create(keyRow('due', { budgetDuration: '1d', budgetResetAt: 100 }))
    await database.spend.addBatch([spendRow('due-1', { apiKey: 'due' })])
    expect((await database.keys.dueForReset(100, 10)).map(row => row.tokenHash)).toEqual(['due'])
    expect(await database.keys.dueForReset(99, 10)).toEqual([])
    await database.keys.resetBudgets([{ tokenHash: 'due', periodFrom: 100, nextResetAt: 200 }])
    await database.spend.addBatch([spendRow('due-2', { apiKey: 'due' })])
    await database.keys.resetBudgets([{ tokenHash: 'due', periodFrom: 100, nextResetAt: 200 }])
    const row = await database.keys.find('due')
    expect(row).toMatchObject({ spendNanoUsd: 1_500, budgetResetAt: 200 })
    expect(row?.updatedAt).toBeGreaterThan(1_000)
    expect(await database.spend.spent('key', 'due')).toBe(3_000)
  })
})

eachDatabase('listing keys', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    for (const [hash, budget, spend] of [
      ['a', 30, 1],
      ['b', null, 3],
      ['c', 10, 2],
    ] as const) {
      const userId = hash === 'a' ? 'u1' : 'u2'
      await database.keys.create(
        keyRow(hash, { maxBudgetNanoUsd: budget, spendNanoUsd: spend, userId, updatedAt: 5_000 }),
      )
    }
  })

  test('filters by owner take any of those named, and what is written in a search is text', async () => {
    const place = makePlace()
    const other = await place.open()
    await other.accounts.create(accountRow('team', 't-org', { organizationId: 'org' }))
    const rows = {
      mine: { userId: 'u' },
      team: { teamId: 't', keyAlias: 'Prod_100%' },
      org: { teamId: 't-org', keyAlias: 'prod-1000' },
      made: { createdBy: 'u', projectId: 'p', accessGroupIds: ['g1', 'g2'] },
    }
    for (const [hash, more] of Object.entries(rows)) await other.keys.create(keyRow(hash, more))
    const found = async (filter: object) => {
      const { rows: keys, total } = await other.keys.list({ page: 1, size: 10, sortOrder: 'asc', ...filter })
      expect(total).toBe(keys.length)
      return keys.map(row => row.tokenHash).sort()
    }
    expect(await found({ anyOf: { userIds: ['u'] } })).toEqual(['mine'])
    expect(await found({ anyOf: { userIds: ['u'], teamIds: ['t'], createdBy: 'u' } })).toEqual([
      'made',
      'mine',
      'team',
    ])
    expect(await found({ anyOf: { organizationIds: ['org'] } })).toEqual(['org'])
    expect(await found({ anyOf: {} })).toEqual([])
    expect(await found({ projectId: 'p' })).toEqual(['made'])
    expect(await found({ accessGroupId: 'g2' })).toEqual(['made'])
    expect(await found({ accessGroupId: 'g' })).toEqual([])
    expect(await found({ search: 'prod' })).toEqual(['org', 'team'])
    expect(await found({ search: 'PROD_100%' })).toEqual(['team'])
    await other.keys.remove(['team', 'org'], 'admin')
    expect(await other.keys.listDeleted({ page: 1, size: 10, teamId: 't' })).toMatchObject({
      total: 1,
      rows: [{ row: { tokenHash: 'team', keyAlias: 'Prod_100%' }, deletedBy: 'admin' }],
    })
  })

  async function hashes(filter: object): Promise<string> {
    const { rows } = await database.keys.list({ page: 1, size: 10, ...filter })
    return rows.map(row => row.tokenHash).join('')
  }

  test('keys are filtered, sorted with missing values last, and paged with the whole count', async () => {
    expect(await hashes({ userId: 'u2', sortBy: 'spend', sortOrder: 'desc' })).toBe('bc')
    expect(await hashes({ sortBy: 'spend', sortOrder: 'asc' })).toBe('acb')
    expect(await hashes({ sortBy: 'max_budget', sortOrder: 'asc' })).toBe('cab')
    expect(await hashes({ sortBy: 'max_budget', sortOrder: 'desc' })).toBe('acb')
    expect(await database.keys.list({ page: 2, size: 2 })).toMatchObject({
      rows: [{ tokenHash: 'a' }],
      total: 3,
    })
  })

  test('following changes in small pages misses none, even when all bear one time', async () => {
    await database.keys.create(keyRow('d', { updatedAt: 5_001 }))
    const seen = new Set<string>()
    let since = 0
    for (let step = 0; step < 10; step++) {
      const changes = await database.keys.changedSince(since, 2)
      for (const row of changes.rows) seen.add(row.tokenHash)
      since = changes.next
    }
    expect([...seen].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(since).toBe(5_001)
  })
})
