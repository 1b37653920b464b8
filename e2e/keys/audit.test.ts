import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { startRig } from '../gateway.ts'
import { run } from '../start/command.ts'
import { openTestDatabase } from '../test-database.ts'

interface Entry {
  readonly sequence: number
  readonly object_id: string
  readonly previous_hash: string
  readonly hash: string
}

describe('the audit log of a gateway with the embedded database', async () => {
  const rig = await startRig({ config: { litellm_settings: { store_audit_logs: true } } })
  afterAll(() => rig.close())
  const { dataDirectory } = rig.gateway
  const verify = (...more: readonly string[]) =>
    run(['audit', 'verify', '--data-directory', dataDirectory, ...more], { cwd: dataDirectory })
  const sqlite = (statement: string) => {
    const file = new DatabaseSync(join(dataDirectory, 'sluice.db'), { timeout: 5_000 })
    file.exec(statement)
    file.close()
  }

  test('says who changed what, from where, and shows no key', async () => {
    const key = await rig.newKey({ key_alias: 'audited', max_budget: 1 })
    const { url, masterKey } = rig.gateway
    const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' }
    const blocked = await fetch(`${url}/key/block`, {
      ...{ method: 'POST', body: JSON.stringify({ key }) },
      headers: { ...headers, 'litellm-changed-by': 'anna@example.org' },
    })
    expect(blocked.status).toBe(200)
    const text = await (await rig.admin('/audit?sort_order=asc')).text()
    expect(text).not.toContain(key)
    expect(text).not.toContain(masterKey)
    const { audit_logs: logs } = JSON.parse(text) as { audit_logs: readonly object[] }
    expect(logs).toMatchObject([
      { action: 'created', changed_by: 'default_user_id', table_name: 'LiteLLM_VerificationToken' },
      {
        ...{ action: 'blocked', changed_by: 'anna@example.org', user_id: 'default_user_id' },
        ...{ client_ip: '127.0.0.1', before_value: { blocked: false }, updated_values: { blocked: true } },
      },
    ])
  })

  test('is verified while the gateway runs, by a head that its log has kept too; deeds of other hands are found', async () => {
    await rig.newKey()
    const head = await eventually('the third entry is logged', () => {
      const line = rig.gateway.logs.find(text => text.includes('new head') && text.includes('"sequence":3,'))
      return /"hash":"([0-9a-f]{64})"/.exec(line ?? '')?.[1]
    })
    const whole = await verify('--expect', head)
    expect([whole.code, whole.err]).toEqual([0, ''])
    expect(whole.out).toContain(`head   3 ${head}`)

    sqlite("update audit_log set changed_by = 'nobody' where sequence = 2")
    const broken = await verify()
    expect(broken.code).toBe(1)
    expect(broken.out).toMatch(/broken at entry 2, id [0-9a-f-]{36}: its content was altered/)

    sqlite('delete from audit_log; delete from audit_chain')
    const rewritten = JSON.parse((await verify('--expect', head, '--json')).out) as object
    expect(rewritten).toMatchObject({ entries: 0, broken: { why: expect.stringContaining('rewritten') } })
  })
})

test('two gateways on one PostgreSQL that change things at once write one chain', async () => {
  const database = await openTestDatabase()
  const config = { general_settings: { database_url: database.url } }
  const one = await startRig({ config })
  const env = { LITELLM_MASTER_KEY: one.gateway.masterKey }
  const two = await startRig({ config, upstream: one.upstream, env })
  await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? one : two).newKey({ key_alias: `k${i}` })))
  const answer = await (await two.admin('/audit?page_size=100')).json()
  const { audit_logs: listed, total } = answer as { audit_logs: readonly Entry[]; total: number }
  const logs = listed.toSorted((a, b) => a.sequence - b.sequence)
  expect(total).toBe(60)
  expect(new Set(logs.map(entry => entry.object_id)).size).toBe(60)
  const verify = () =>
    run(['audit', 'verify'], { cwd: one.gateway.dataDirectory, env: { DATABASE_URL: database.url } })
  expect(logs.slice(1).map(entry => entry.previous_hash)).toEqual(logs.slice(0, -1).map(entry => entry.hash))

  const client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query('delete from audit_log where sequence = 30')
  await client.end()
  const broken = await verify()
  expect(broken.code).toBe(1)
  expect(broken.out).toContain('at entry 31')
  expect(broken.out).toContain('entry 30 before it is missing')
  await two.close()
  await one.close()
  await database.close()
})
