import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../database.ts'
import { eachDatabase } from '../testing/each-database.ts'
import { accountRow, spendRow } from '../testing/rows.ts'
import { memberId } from './member-id.ts'

eachDatabase('accounts', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    return () => database.close()
  })

  test('a row comes back as it was written, and spend rows of its kind are its spend', async () => {
    const row = accountRow('team', 'red', {
      alias: 'Red',
      models: ['gpt-4o'],
      maxBudgetNanoUsd: 5_000,
      moreLimits: { model_rpm_limit: { 'gpt-4o': 3 } },
      metadata: { a: [1] },
      details: { team_member_permissions: ['/key/info'] },
      spendNanoUsd: 200,
    })
    await database.accounts.create(row)
    expect(await database.accounts.find('team', 'red')).toEqual(row)
    await database.spend.addBatch([spendRow('r1', { teamId: 'red', userId: 'u/1', projectId: 'p' })])
    expect(await database.accounts.find('team', 'red')).toMatchObject({ spendNanoUsd: 1_700 })
    const member = memberId('red', 'u/1')
    await database.accounts.create(accountRow('team_member', member, { teamId: 'red', userId: 'u/1' }))
    expect(await database.spend.spent('team_member', member)).toBe(1_500)
    expect(await database.spend.spent('project', 'p')).toBe(1_500)
    // Made after it had spent: what was spent before its row is not its own to begin with.
    expect(await database.accounts.find('team_member', member)).toMatchObject({ spendNanoUsd: 0 })
  })

  test('a taken id is a conflict; a removed one gives its place and is told to replicas', async () => {
    await database.accounts.create(accountRow('tag', 'x'))
    await expect(database.accounts.create(accountRow('tag', 'x'))).rejects.toMatchObject({ kind: 'conflict' })
    await database.accounts.create(accountRow('customer', 'x'))
    const removed = await database.accounts.remove([{ kind: 'tag', id: 'x' }], 5_000, 'me')
    expect(removed.map(({ id }) => id)).toEqual(['x'])
    expect(await database.accounts.find('tag', 'x')).toBeUndefined()
    const { rows } = await database.accounts.changedSince(5_000, 10)
    expect(rows).toMatchObject([{ kind: 'tag', id: 'x', deletedAt: 5_000, updatedBy: 'me' }])
    await database.accounts.create(accountRow('tag', 'x', { alias: 'again', createdAt: 6_000 }))
    expect(await database.accounts.find('tag', 'x')).toMatchObject({ alias: 'again', createdAt: 6_000 })
  })

  test('an update changes what it names, and its time always grows', async () => {
    await database.accounts.create(accountRow('user', 'u', { email: 'a@b.c', updatedAt: 9_000 }))
    const changed = await database.accounts.update('user', 'u', { role: 'internal_user', updatedAt: 8_000 })
    expect(changed).toMatchObject({ role: 'internal_user', email: 'a@b.c', updatedAt: 9_001 })
    expect(await database.accounts.update('user', 'nobody', { role: 'x' })).toBeUndefined()
  })

  test('what changed is read in order and completely, however it is cut', async () => {
    for (let index = 0; index < 7; index++)
      await database.accounts.create(
        accountRow('project', `c${index}`, { updatedAt: 20_000 + Math.floor(index / 3) }),
      )
    const seen = new Set<string>()
    let since = 20_000
    for (let round = 0; round < 10; round++) {
      const { rows, next } = await database.accounts.changedSince(since, 2)
      for (const { id } of rows) seen.add(id)
      if (next <= since) break
      since = next
    }
    expect([...seen].sort()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'])
  })

  test('lists filter, page and sort; a searched text is no pattern (CVE-2026-25591)', async () => {
    for (const [id, alias] of [
      ['o1', 'Alpha 100%'],
      ['o2', 'beta_x'],
      ['o3', 'alphabet'],
    ] as const)
      await database.accounts.create(accountRow('organization', id, { alias }))
    const list = async (more: object) => {
      const { rows, total } = await database.accounts.list({
        ...{ kind: 'organization', page: 1, size: 10, sortBy: 'id', sortOrder: 'asc' },
        ...more,
      })
      return [total, ...rows.map(({ id }) => id)]
    }
    expect(await list({})).toEqual([3, 'o1', 'o2', 'o3'])
    expect(await list({ search: 'ALPHA' })).toEqual([2, 'o1', 'o3'])
    expect(await list({ search: '%' })).toEqual([1, 'o1'])
    expect(await list({ search: 'a_x' })).toEqual([1, 'o2'])
    expect(await list({ page: 2, size: 2 })).toEqual([3, 'o3'])
    expect(await list({ ids: [] })).toEqual([0])
    expect(await list({ ids: ['o2', 'zz'] })).toEqual([1, 'o2'])
    expect(await list({ within: { ids: ['o3'], organizationIds: ['of-none'] } })).toEqual([1, 'o3'])
    expect(await list({ within: { ids: [], organizationIds: [] } })).toEqual([0])
  })

  test('a due budget starts again once, whoever resets it', async () => {
    await database.accounts.create(
      accountRow('customer', 'due', { budgetDuration: '1d', budgetResetAt: 100, spendNanoUsd: 7 }),
    )
    const due = await database.accounts.dueForReset(100, 10)
    expect(due.map(({ id }) => id)).toEqual(['due'])
    const again = { kind: 'customer', id: 'due', periodFrom: 100, nextResetAt: 200 } as const
    await database.accounts.resetBudgets([again])
    await database.spend.addBatch([spendRow('late', { endUser: 'due' })])
    await database.accounts.resetBudgets([again])
    expect(await database.accounts.find('customer', 'due')).toMatchObject({
      spendNanoUsd: 1_500,
      budgetResetAt: 200,
    })
  })
})
