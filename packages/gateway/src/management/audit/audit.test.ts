import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import { verifyChain } from '../../db/audit/verify-chain.ts'
import type { Database } from '../../db/database.ts'
import { databaseUnavailable } from '../../db/database-error.ts'
import { silentLog } from '../../db/log.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { NOW, openTestOffice, type TestOffice } from '../testing/test-office.ts'
import { createAudit } from './audit-log.ts'

const place = sqlitePlace()
let database: Database
let office: TestOffice

beforeAll(async () => {
  database = await place.open()
  office = await openTestOffice(database)
})
afterAll(async () => {
  await office.app.close()
  await place.remove()
})

async function audited(query: string) {
  const { json } = await office.call('GET', `/audit?${query}`)
  return json as { audit_logs: Record<string, unknown>[]; total: number; page: number; total_pages: number }
}

describe('every change of a key is written down', () => {
  test('made, changed, blocked, unblocked, rotated, deleted: with before and after, and no secret', async () => {
    const { key } = await office.call('POST', '/key/generate', { key_alias: 'audited', max_budget: 1 })
    await office.call('POST', '/key/update', { key, max_budget: 2, metadata: { password: 'hunter2' } })
    await office.call('POST', '/key/block', { key })
    await office.call('POST', '/key/unblock', { key })
    const { key: next } = await office.call('POST', '/key/regenerate', { key })
    await office.call('POST', '/key/delete', { keys: [next] })

    const { audit_logs: logs, total } = await audited(`object_id=${hashKey(key)}&sort_order=asc`)
    expect(logs.map(({ action }) => action)).toEqual([
      'created',
      'updated',
      'blocked',
      'unblocked',
      'rotated',
    ])
    expect(total).toBe(5)
    const [created, updated] = logs
    expect(created).toMatchObject({
      ...{ table_name: 'LiteLLM_VerificationToken', changed_by: 'default_user_id', before_value: null },
      ...{ changed_by_role: 'proxy_admin', client_ip: '127.0.0.1', user_id: 'default_user_id' },
      changed_by_api_key: 'litellm_proxy_master_key',
      updated_values: { key_alias: 'audited', max_budget: 1, token: hashKey(key) },
    })
    expect(updated).toMatchObject({
      before_value: { max_budget: 1, metadata: {} },
      updated_values: { max_budget: 2, metadata: { password: '[masked]' } },
    })
    expect(logs[4]).toMatchObject({
      before_value: { token: hashKey(key) },
      updated_values: { token: hashKey(next) },
    })
    const gone = await audited(`action=deleted&object_id=${hashKey(next)}`)
    expect(gone.audit_logs).toMatchObject([{ updated_values: null, before_value: { key_alias: 'audited' } }])
    const all = JSON.stringify(await database.audit.after(0, 100))
    for (const secret of [key, next, 'hunter2']) expect(all).not.toContain(secret)
    expect((await verifyChain(database.audit)).broken).toBeUndefined()
  })

  test('what is refused leaves no entry', async () => {
    const { total } = await audited('')
    expect((await office.call('POST', '/key/update', { key: 'sk-nobody', max_budget: 2 })).status).toBe(404)
    expect((await office.call('POST', '/key/generate', { max_budget: -1 })).status).toBe(400)
    await office.call('POST', '/key/generate', { key_alias: 'twice' })
    expect((await office.call('POST', '/key/generate', { key_alias: 'twice' })).status).toBe(409)
    expect((await audited('')).total).toBe(total + 1)
  })

  test('a change whose entry cannot be written is not made', async () => {
    const { key } = await office.call('POST', '/key/generate', {})
    const audit = {
      ...database.audit,
      append: () => Promise.reject(databaseUnavailable()),
    }
    const broken = await openTestOffice({ ...database, audit })
    expect((await broken.call('POST', '/key/block', { key })).status).toBe(503)
    expect((await broken.call('GET', `/key/info?key=${key}`)).json).toMatchObject({
      info: { blocked: false },
    })
    await expect(broken.authenticate(key)).resolves.toBeDefined()
    await broken.app.close()
  })
})

test('nothing is written down when store_audit_logs is off', async () => {
  const { total } = await audited('')
  const audit = createAudit({ database, log: silentLog, isOn: () => false, now: Date.now })
  await audit.record({ action: 'created', table: 'LiteLLM_TeamTable', objectId: 'team' })
  expect((await audited('')).total).toBe(total)
})

test('what the gateway does by itself is done by its job', async () => {
  const audit = createAudit({ database, log: silentLog, isOn: () => true, now: () => NOW })
  await audit.record({
    action: 'rotated',
    table: 'LiteLLM_VerificationToken',
    objectId: 'k',
    actor: 'rotation',
  })
  expect((await audited('action=rotated&object_id=k')).audit_logs).toMatchObject([
    { changed_by: 'rotation', changed_by_role: 'system', user_id: null, client_ip: null },
  ])
})

describe('GET /audit', () => {
  test('answers pages in LiteLLM shape, and one entry by its id', async () => {
    const { audit_logs: logs, ...page } = await audited('page_size=2&page=2')
    expect(logs).toHaveLength(2)
    expect(page).toMatchObject({ page: 2, page_size: 2 })
    expect(page.total_pages).toBe(Math.ceil(page.total / 2))
    const { json } = await office.call('GET', `/audit/${String(logs[0]?.['id'])}`)
    expect(json).toEqual(logs[0])
    expect((await office.call('GET', '/audit/nobody')).status).toBe(404)
  })

  test('takes days, which count whole, and times', async () => {
    const { total } = await audited('')
    expect((await audited('start_date=2026-11-21&end_date=2026-11-21')).total).toBe(total)
    expect((await audited('start_date=2026-11-22')).total).toBe(0)
    expect((await audited('end_date=2026-11-20')).total).toBe(0)
    expect((await audited('start_date=2026-11-21T12:00:00&end_date=2026-11-21T12:00:00Z')).total).toBe(total)
    expect((await audited('start_date=2026-11-21T12:00:01Z')).total).toBe(0)
  })

  test('refuses what it does not know, by name', async () => {
    for (const [query, named] of [
      ['changed=me', 'changed'],
      ['action=made', 'action'],
      ['sort_by=hash', 'sort_by'],
      ['page_size=101', 'page_size'],
      ['start_date=yesterday', 'start_date'],
      ['start_date=2026-11-21&end_date=2026-11-20', 'end_date'],
    ] as const) {
      const { status, error } = await office.call('GET', `/audit?${query}`)
      expect([query, status]).toEqual([query, 400])
      expect(error.message).toContain(named)
    }
  })

  test('is not for a virtual key', async () => {
    const { key } = await office.call('POST', '/key/generate', {})
    expect((await office.call('GET', '/audit', undefined, key)).status).toBe(403)
    expect((await office.call('GET', '/audit', undefined, null)).status).toBe(401)
  })
})
