import { type RunningGateway, startGateway } from '@sluice/testkit'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Postgres, startPostgres } from '../services/postgres.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.remove())

test('replicas that start at once on an empty database: one brings the schema up to date, all serve', async () => {
  const count = 4
  const url = await postgres.createDatabase('replicas')
  const masterKey = 'sk-shared-by-all-replicas-0123456'
  const starts = Array.from({ length: count }, () =>
    startGateway({ env: { DATABASE_URL: url, LITELLM_MASTER_KEY: masterKey } }),
  )
  onTestFinished(async () => {
    for (const start of await Promise.allSettled(starts))
      if (start.status === 'fulfilled') await start.value.stop('SIGKILL')
  })
  const replicas = await Promise.all(starts)
  const post = (gateway: RunningGateway, path: string, body: object, key = masterKey) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const keys = await Promise.all(
    replicas.map(replica =>
      eventually('it makes keys', async () => {
        const response = await post(replica, '/key/generate', {})
        return response.ok && ((await response.json()) as { key: string }).key
      }),
    ),
  )
  const migrated = replicas.filter(({ logs }) =>
    logs.some(line => line.includes('the database schema was brought up to date')),
  )
  expect(migrated.length).toBe(1)

  const hello = { model: 'sluice-echo', messages: [{ role: 'user', content: 'Hello' }] }
  for (const replica of replicas)
    for (const key of keys) expect((await post(replica, '/v1/chat/completions', hello, key)).status).toBe(200)

  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    'select name, count(*)::int as count from schema_migrations group by name',
  )
  await client.end()
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row).toMatchObject({ count: 1 })
  for (const replica of replicas) expect(await replica.stop()).toBe(0)
})
