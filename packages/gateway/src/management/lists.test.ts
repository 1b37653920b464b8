import { beforeAll, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { eachDatabase } from '../db/testing/each-database.ts'
import { accountRow, keyRow } from '../db/testing/rows.ts'
import { openTestOffice, type TestOffice } from './testing/test-office.ts'

const TEAMS = 120
const KEYS = 501

eachDatabase('long lists', makePlace => {
  let database: Database
  let office: TestOffice
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => i)

  beforeAll(async () => {
    database = await makePlace().open()
    office = await openTestOffice(database)
    await database.together(async () => {
      for (const i of numbered(TEAMS)) {
        // Names that need escaping in JSON, and some teams without one.
        const alias = i % 40 === 39 ? null : `"team" ${String(i).padStart(3, '0')}, ]`
        await database.accounts.create(
          accountRow('team', `t${i}`, { alias, organizationId: `o${i % 30}`, createdAt: 1_000 + i }),
        )
        const member = { teamId: `t${i}`, userId: 'u', role: 'user' }
        await database.accounts.create(accountRow('team_member', `t${i}/u`, member))
      }
      for (const i of numbered(30)) await database.accounts.create(accountRow('organization', `o${i}`))
      for (const i of numbered(KEYS)) await database.keys.create(keyRow(`hash-${i}`, { teamId: 't7' }))
    })
    return async () => {
      await office.app.close()
      await database.close()
    }
  })

  test('all teams come in one list, in the order of their names, those without one last, with their members', async () => {
    const { status, list } = await office.call('GET', '/team/list')
    expect(status).toBe(200)
    expect(list).toHaveLength(TEAMS)
    const aliases = list.map(team => team['team_alias'])
    const named = aliases.filter(alias => alias !== null)
    expect(aliases).toEqual([...named.toSorted(), null, null, null])
    for (const team of list)
      expect(team).toMatchObject({ members: ['u'], team_memberships: [{ user_id: 'u' }], keys: null })
  })

  test('a list of organizations has all their teams', async () => {
    const { list } = await office.call('GET', '/organization/list')
    expect(list.map(({ teams }) => (teams as unknown[]).length)).toEqual(Array(30).fill(TEAMS / 30))
  })

  test('a team says that it has more keys than it shows', async () => {
    const { json } = await office.call('GET', '/team/info?team_id=t7')
    expect(json).toMatchObject({
      total_keys: KEYS,
      warnings: ['`keys` has the newest 500 of 501 keys; /key/list?team_id=t7 has all of them, by page.'],
    })
    expect(json['keys']).toHaveLength(500)
    expect((await office.call('GET', '/team/info?team_id=t8')).json).not.toHaveProperty('warnings')
  })

  test('rows without a value come last whichever way they are sorted, and pages neither repeat nor leave out', async () => {
    for (const sortOrder of ['asc', 'desc'] as const) {
      const filter = { kind: 'team', sortBy: 'alias', sortOrder } as const
      const whole = await database.accounts.listIds({ ...filter, page: 1, size: 1_000 })
      expect(whole.slice(-3).toSorted()).toEqual(['t119', 't39', 't79'])
      const pages = [1, 2, 3].map(page => database.accounts.list({ ...filter, page, size: 50 }))
      const rows = (await Promise.all(pages)).flatMap(page => page.rows)
      expect(rows.map(({ id }) => id)).toEqual(whole)
    }
  })

  test('keys of users are counted together', async () => {
    await database.keys.create(keyRow('of-ann', { userId: 'ann' }))
    await database.keys.create(keyRow('of-ann-too', { userId: 'ann' }))
    await database.keys.create(keyRow('of-bob', { userId: 'bob' }))
    expect(await database.keys.countOf(['ann', 'bob', 'eve'])).toEqual(
      new Map([
        ['ann', 2],
        ['bob', 1],
      ]),
    )
  })
})
