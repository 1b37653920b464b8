import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from '../database.ts'
import { connectionOf, openDatabase } from '../open-database.ts'
import { postgresTestUrl } from '../testing/each-database.ts'

const server = postgresTestUrl()
const skipped = server === undefined && !process.env['SLUICE_TEST_REQUIRE_POSTGRES']
const role = `pulse_${randomBytes(6).toString('hex')}`

async function asSuperuser(...statements: string[]): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(server)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** Ends every connection of the role but the one that asks whether the database is there. */
const END_OTHERS = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where usename = '${role}' and query not like '%transaction_read_only%'`

describe.skipIf(skipped)('whether PostgreSQL is there', () => {
  let database: Database

  beforeAll(async () => {
    await asSuperuser(`create role ${role} login`, `create schema ${role} authorization ${role}`)
    const url = new URL(server ?? '')
    url.username = role
    url.searchParams.set('schema', role)
    const options = { url: url.href, dataDirectory: tmpdir(), poolSize: 2 }
    database = await openDatabase({ ...options, waitForDatabase: false })
    await becomes('connected')
  }, 60_000)
  afterAll(async () => {
    await database.close()
    await asSuperuser(`drop schema ${role} cascade`, `drop role ${role}`)
  })

  const becomes = (state: string) =>
    vi.waitFor(() => expect(database.condition().state).toBe(state), { timeout: 30_000, interval: 50 })

  test('does not depend on how many wait for a connection', async () => {
    const naps = Array.from({ length: 2 }, () =>
      connectionOf(database).run(kysely => sql`select pg_sleep(7)`.execute(kysely)),
    )
    const states = new Set<string>()
    const watch = setInterval(() => states.add(database.condition().state), 20)
    await Promise.all(naps)
    clearInterval(watch)
    expect([...states]).not.toContain('disconnected')
  }, 60_000)

  test('is denied while calls cannot have a connection, though the one that asks still has its own', async () => {
    await asSuperuser(`alter role ${role} connection limit 1`, END_OTHERS)
    const asking = setInterval(() => void database.ping().catch(() => {}), 50)
    await becomes('disconnected')
    await asSuperuser(`alter role ${role} connection limit -1`)
    await becomes('connected')
    clearInterval(asking)
    await database.ping()
  }, 90_000)
})
