import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import type { Database } from '../database.ts'
import { type OpenDatabaseOptions, openDatabase } from '../open-database.ts'

/** A place of its own for one database; every `open` opens the same one. */
export interface DatabasePlace {
  readonly options: OpenDatabaseOptions
  open(more?: Partial<OpenDatabaseOptions>): Promise<Database>
  remove(): Promise<void>
}

/** For tests only: the PostgreSQL server to test against, if there is one. */
export function postgresTestUrl(): string | undefined {
  return process.env['SLUICE_TEST_POSTGRES_URL'] || undefined
}

/**
 * Runs a suite on SQLite and on PostgreSQL. Without a server the second half is skipped for all to see, or fails when
 * `SLUICE_TEST_REQUIRE_POSTGRES` is set.
 */
export function eachDatabase(name: string, suite: (makePlace: () => DatabasePlace) => void): void {
  const url = postgresTestUrl()
  const skipped = url === undefined && !process.env['SLUICE_TEST_REQUIRE_POSTGRES']
  describe(`${name} on SQLite`, () => {
    withPlaces(sqlitePlace, suite)
  })
  describe.skipIf(skipped)(`${name} on PostgreSQL${skipped ? ' (set SLUICE_TEST_POSTGRES_URL)' : ''}`, () => {
    withPlaces(() => postgresPlace(url), suite)
  })
}

function withPlaces(make: () => DatabasePlace, suite: (makePlace: () => DatabasePlace) => void): void {
  const places: DatabasePlace[] = []
  afterAll(async () => {
    for (const place of places) await place.remove()
  })
  suite(() => {
    const place = make()
    places.push(place)
    return place
  })
}

/** A directory of its own under the system's temporary directory. */
export function sqlitePlace(): DatabasePlace {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'sluice-db-'))
  return place({ dataDirectory, poolSize: 2 }, () => rm(dataDirectory, { recursive: true, force: true }))
}

/** A schema of its own on the server. */
export function postgresPlace(server: string | undefined): DatabasePlace {
  if (server === undefined) throw new Error('SLUICE_TEST_POSTGRES_URL names no server to test against')
  const schema = `test_${randomBytes(8).toString('hex')}`
  const url = new URL(server)
  url.searchParams.set('schema', schema)
  return place({ url: url.href, dataDirectory: tmpdir(), poolSize: 4 }, async () => {
    const { default: pg } = await import('pg')
    const client = new pg.Client(server)
    await client.connect()
    await client.query(`drop schema if exists ${schema} cascade`)
    await client.end()
  })
}

function place(options: OpenDatabaseOptions, clean: () => Promise<void>): DatabasePlace {
  const opened: Database[] = []
  return {
    options,
    async open(more = {}) {
      const database = await openDatabase({ ...options, ...more })
      opened.push(database)
      return database
    },
    async remove() {
      for (const database of opened) await database.close()
      await clean()
    },
  }
}
