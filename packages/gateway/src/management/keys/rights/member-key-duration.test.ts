import { afterAll, beforeAll, expect, test } from 'vitest'
import { memberId } from '../../../db/accounts/member-id.ts'
import { sqlitePlace } from '../../../db/testing/each-database.ts'
import { accountRow } from '../../../db/testing/rows.ts'
import { NOW, openTestOffice, type TestOffice } from '../../testing/test-office.ts'

const place = sqlitePlace()
let office: TestOffice
let member = ''
const DAY = 86_400_000

afterAll(async () => {
  await office.app.close()
  await place.remove()
})
beforeAll(async () => {
  const database = await place.open()
  office = await openTestOffice(database)
  const details = {
    team_member_key_duration: '7d',
    team_member_permissions: ['/key/generate', '/key/update', '/key/regenerate'],
  }
  await database.accounts.create(accountRow('team', 'red', { details }))
  await database.accounts.create(accountRow('user', 'ann', { role: 'internal_user' }))
  const ann = { teamId: 'red', userId: 'ann', role: 'user' }
  await database.accounts.create(accountRow('team_member', memberId('red', 'ann'), ann))
  member = (await office.call('POST', '/key/generate', { user_id: 'ann' })).key
})

async function generate(body: object, by?: string) {
  const { status, json, error } = await office.call('POST', '/key/generate', { team_id: 'red', ...body }, by)
  return { status, param: error.param, expires: json['expires'], key: String(json['key']) }
}
const in7Days = new Date(NOW + 7 * DAY).toISOString()

test('a key in a member’s name ends when the team says, whoever makes it and says nothing', async () => {
  expect(await generate({}, member)).toMatchObject({ status: 200, expires: in7Days })
  expect(await generate({ user_id: 'ann' })).toMatchObject({ status: 200, expires: in7Days })
  // Of the team alone: nobody's.
  expect(await generate({})).toMatchObject({ status: 200, expires: null })
})

test('a member may have less and not more, now and later; the admin of the gateway may give more', async () => {
  const short = await generate({ duration: '1d' }, member)
  expect(short.expires).toBe(new Date(NOW + DAY).toISOString())
  for (const duration of ['8d', '-1', null])
    expect(await generate({ duration }, member)).toMatchObject({ status: 403, param: 'duration' })
  const change = (path: string, duration: string) =>
    office.call('POST', path, { key: short.key, duration }, member).then(({ error }) => error.param)
  expect(await change('/key/update', '30d')).toBe('duration')
  expect(await change('/key/regenerate', '30d')).toBe('duration')
  const long = await generate({ user_id: 'ann', duration: '30d' })
  expect(long.expires).toBe(new Date(NOW + 30 * DAY).toISOString())
})
