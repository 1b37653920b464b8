import { expect, test } from 'vitest'
import { addressAtDoor } from '../../auth/door/house-rules.ts'
import { hashKey } from '../../auth/hash.ts'
import { writeFiles } from '../../config/testing/load-text.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { openTokenHouse } from './testing/token-house.ts'

const MASTER = 'sk-master-of-the-house'
const opened = sqlitePlace()
const database = await opened.open()
await database.keys.create(keyRow(hashKey('sk-a-key')))
await database.accounts.create(accountRow('user', 'ann', { role: 'internal_user' }))
await database.accounts.create(accountRow('team', 'red', { models: ['smart'], maxBudgetNanoUsd: 1e9 }))
const house = (general: string) => openTokenHouse(database, general)

test('only addresses of the list may call, whatever key they have', async () => {
  const { call } = await house('  allowed_ips: [10.0.0.0/8, "2001:db8::/32"]\n')
  expect((await call(MASTER, { address: '10.1.2.3' })).role).toBe('proxy_admin')
  expect((await call(MASTER, { address: '::ffff:10.1.2.3' })).role).toBe('proxy_admin')
  for (const address of ['11.0.0.1', '::1', '', undefined])
    await expect(call(MASTER, { address: address ?? 'unknown' })).rejects.toMatchObject({
      status: 403,
      type: 'auth_error',
    })
})

test('an address that a client states itself counts only behind a proxy that is trusted', async () => {
  const headers = { 'x-forwarded-for': '10.0.0.1, 192.0.2.7' }
  const plain = await house('  allowed_ips: [10.0.0.0/8]\n')
  await expect(plain.call(MASTER, { address: '192.0.2.7', headers })).rejects.toMatchObject({ status: 403 })
  const general = '  allowed_ips: [10.0.0.0/8]\n  use_x_forwarded_for: true\n'
  const oneProxy = await house(general)
  await expect(oneProxy.call(MASTER, { address: '192.0.2.1', headers })).rejects.toMatchObject({
    status: 403,
  })
  const env = { SLUICE_TRUSTED_PROXIES: '192.0.2.0/24' }
  const listed = await openTokenHouse(database, general, env)
  expect((await listed.call(MASTER, { address: '192.0.2.1', headers })).role).toBe('proxy_admin')
  await expect(listed.call(MASTER, { address: '203.0.113.5', headers })).rejects.toMatchObject({
    status: 403,
  })
})

test('a public route needs no key, opens nothing beside it, and gives no power', async () => {
  const { call } = await house('  public_routes: [/spend/calculate, /model/*]\n')
  expect(await call(undefined, { path: '/spend/calculate' })).toMatchObject({
    role: 'key',
    record: { keyHash: 'litellm_public_route' },
  })
  expect((await call(undefined, { path: '/model/info' })).role).toBe('key')
  for (const path of ['/spend/calculate/more', '/spend', '/models', '/key/generate'])
    await expect(call(undefined, { path })).rejects.toMatchObject({ status: 401 })
  expect((await call(MASTER, { path: '/spend/calculate' })).role).toBe('proxy_admin')
})

test('routes for the admin alone are closed to keys, and routes outside of allowed_routes to all', async () => {
  const { call } = await house('  admin_only_routes: [/v1/embeddings]\n  allowed_routes: [llm_api_routes]\n')
  expect((await call('sk-a-key')).role).toBe('key')
  await expect(call('sk-a-key', { path: '/v1/embeddings' })).rejects.toMatchObject({ status: 403 })
  expect((await call(MASTER, { path: '/v1/embeddings' })).role).toBe('proxy_admin')
  await expect(call(MASTER, { path: '/key/generate' })).rejects.toMatchObject({ status: 403 })
})

const CHECK = `export default async ({ headers, path }, key) => {
  if (key === 'give-key') return 'sk-a-key'
  if (key === 'give-ann') return { user_id: 'ann', team_id: 'red', rpm_limit: 4, tags: [path] }
  if (key === 'give-words') return { user_id: 'ann', models: 'smart' }
  if (key === 'give-debt') return { user_id: 'ann', max_budget: -1 }
  if (key === 'give-role') return { user_role: 'emperor' }
  if (headers['x-portal'] === 'admin') return { user_role: 'proxy_admin' }
  throw new Error('no: ' + key)
}
`

async function withCheck(more = '') {
  const directory = await writeFiles({ 'auth.mjs': CHECK })
  return await house(`  custom_auth: ${directory}/auth.mjs\n${more}`)
}

test('custom_auth says who somebody is; teams, budgets and models hold for them', async () => {
  const { call } = await withCheck()
  expect(await call('give-ann')).toMatchObject({
    role: 'internal_user',
    record: { userId: 'ann', teamId: 'red' },
    tags: ['/v1/chat/completions'],
    modelLayers: [{ of: 'team', models: ['smart'] }],
    subjects: [
      { kind: 'key', rpm: 4 },
      { kind: 'team', id: 'red' },
    ],
  })
  expect((await call('give-key')).record.keyHash).toBe(hashKey('sk-a-key'))
  expect((await call(undefined, { headers: { 'x-portal': 'admin' } })).role).toBe('proxy_admin')
})

test('what custom_auth refuses is refused, without a word of the credential; the master key is not shown to it', async () => {
  const { call } = await withCheck()
  const refusal = await call('sk-a-key').catch((error: unknown) => error)
  expect(refusal).toMatchObject({ status: 401 })
  expect((refusal as Error).message).not.toContain('sk-a-key')
  await expect(call('give-role')).rejects.toMatchObject({ status: 401 })
  expect((await call(MASTER)).role).toBe('proxy_admin')
})

test('in mode auto keys work beside custom_auth, in mode off it is not asked', async () => {
  const auto = await withCheck('  custom_auth_settings: { mode: auto }\n')
  expect((await auto.call('sk-a-key')).role).toBe('key')
  expect((await auto.call('give-ann')).record.userId).toBe('ann')
  const off = await withCheck('  custom_auth_settings: { mode: off }\n')
  await expect(off.call('give-ann')).rejects.toMatchObject({ status: 401 })
})

test('the checks of those behind may be left to custom_auth by explicit choice', async () => {
  const { call } = await withCheck('  custom_auth_run_common_checks: false\n')
  expect(await call('give-ann')).toMatchObject({ modelLayers: [], subjects: [{ kind: 'key' }] })
})

test('fail-open limits: a limit of custom_auth that cannot be read is refused, not left out', async () => {
  const { call } = await withCheck()
  for (const credential of ['give-words', 'give-debt'])
    await expect(call(credential)).rejects.toMatchObject({ status: 401 })
})

test('spoofed X-Forwarded-For: tries to sign in are counted by an address that only a trusted proxy states', async () => {
  const env = { SLUICE_TRUSTED_PROXIES: '192.0.2.0/24' }
  const { settings } = await openTokenHouse(database, '  use_x_forwarded_for: true\n', env)
  const headers = { 'x-forwarded-for': '198.51.100.9' }
  const from = (address: string) =>
    addressAtDoor({ method: 'POST', path: '/login', headers, address }, settings.signIn.door)
  expect(from('203.0.113.5')).toBe('203.0.113.5')
  expect(from('192.0.2.1')).toBe('198.51.100.9')
})
