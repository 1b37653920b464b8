import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { installServices } from './services/install-services.ts'
import { startPostgres } from './services/postgres.ts'

/** An empty PostgreSQL database for one test file. */
export interface TestDatabase {
  readonly url: string
  /** Removes it. */
  close(): Promise<void>
}

/** A database on the server of `SLUICE_TEST_POSTGRES_URL`, else on a server of its own. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = process.env['SLUICE_TEST_POSTGRES_URL']
  if (!server) {
    installServices()
    const own = await startPostgres()
    return { url: own.url, close: () => own.remove() }
  }
  const name = `sluice_e2e_${randomBytes(6).toString('hex')}`
  await run(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, close: () => run(server, `drop database ${name} with (force)`) }
}

async function run(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
