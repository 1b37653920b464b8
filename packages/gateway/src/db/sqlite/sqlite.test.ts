import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { sql } from 'kysely'
import { ServiceUnavailableError, SluiceError } from 'sluice/internal'
import { afterAll, expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { connectionOf, openDatabase } from '../open-database.ts'
import { sqlitePlace } from '../testing/each-database.ts'
import { keyRow } from '../testing/rows.ts'
import { SqliteWorkerDriver } from './driver.ts'
import { lockFile } from './file-lock.ts'
import { WorkerClient } from './worker-client.ts'

const directory = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function client(name: string): WorkerClient {
  return new WorkerClient({ path: join(directory, name), busyTimeoutMs: 100 }, silentLog)
}

/** A statement that keeps the worker busy for a while: termination is noticed when it ends. */
const LONG =
  'with recursive n(x) as (select 1 union all select x + 1 from n limit 1000000) select count(*) as c from n'

test('a worker that dies rejects what it held as unavailable, and the next request gets a new one', async () => {
  const worker = client('crash.db')
  const first = worker.ensure()
  await worker.send(first, { kind: 'query', sql: 'create table t (x bigint)' })
  await worker.send(first, { kind: 'begin' })
  const running = worker.send(first, { kind: 'query', sql: LONG })
  worker.kill()
  await expect(running).rejects.toBeInstanceOf(ServiceUnavailableError)
  // A transaction must not go on in a worker that never began it.
  await expect(worker.send(first, { kind: 'commit' })).rejects.toBeInstanceOf(ServiceUnavailableError)
  const second = worker.ensure()
  expect(second).toBe(first + 1)
  const { rows } = await worker.send(second, { kind: 'query', sql: 'select count(*) as c from t' })
  expect(rows).toEqual([{ c: 0 }])
  await worker.close()
})

test('a file that is no database is unavailable, and is not tried again for every request', async () => {
  writeFileSync(join(directory, 'garbage.db'), 'x'.repeat(5_000))
  const worker = client('garbage.db')
  const first = worker.ensure()
  await expect(worker.send(first, { kind: 'query', sql: 'select 1' })).rejects.toBeInstanceOf(
    ServiceUnavailableError,
  )
  expect(() => worker.ensure()).toThrow(ServiceUnavailableError)
  expect(worker.generation).toBe(first)
  await worker.close()
})

test('the queue for the one connection is bounded in length and in time', async () => {
  const driver = new SqliteWorkerDriver(client('queue.db'), { queueSize: 1, queueTimeoutMs: 5 })
  const held = await driver.acquireConnection()
  const waiting = driver.acquireConnection()
  await expect(driver.acquireConnection()).rejects.toBeInstanceOf(ServiceUnavailableError)
  await expect(waiting).rejects.toBeInstanceOf(ServiceUnavailableError)
  const next = driver.acquireConnection()
  await driver.releaseConnection()
  expect(await next).not.toBe(held)
  await driver.releaseConnection()
  await driver.destroy()
})

test('transactions take turns, and a failed one leaves nothing behind', async () => {
  const place = sqlitePlace()
  const database = await place.open()
  const connection = connectionOf(database)
  const failing = connection.transaction(async transaction => {
    await transaction.insertInto('facts').values({ name: 'a', value: '1' }).execute()
    throw new Error('changed my mind')
  })
  const following = database.facts.write('b', '2')
  await expect(failing).rejects.toBeInstanceOf(SluiceError)
  await following
  expect(await database.facts.read('a')).toBeUndefined()
  expect(await database.facts.read('b')).toBe('2')
  await place.remove()
})

test('a lock held by another connection is unavailability, not a fault', async () => {
  const worker = client('busy.db')
  const other = client('busy.db')
  await worker.send(worker.ensure(), { kind: 'begin' })
  await expect(other.send(other.ensure(), { kind: 'begin' })).rejects.toBeInstanceOf(ServiceUnavailableError)
  await worker.close()
  await other.close()
})

test('the data directory and the database are for their owner only, and the log is written through', async () => {
  const dataDirectory = join(directory, 'new', 'data')
  const database = await openDatabase({ dataDirectory, poolSize: 1 })
  expect(statSync(dataDirectory).mode & 0o777).toBe(0o700)
  for (const file of ['sluice.db', 'sluice.db-wal']) {
    expect(statSync(join(dataDirectory, file)).mode & 0o777).toBe(0o600)
  }
  const settings = await connectionOf(database).run(async kysely => [
    (await sql`pragma journal_mode`.execute(kysely)).rows,
    (await sql`pragma synchronous`.execute(kysely)).rows,
    (await sql`pragma foreign_keys`.execute(kysely)).rows,
  ])
  expect(settings).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: 2 }], [{ foreign_keys: 1 }]])
  await database.close()
  await expect(database.ping()).rejects.toBeInstanceOf(ServiceUnavailableError)
})

test('a data directory that cannot be used is named', async () => {
  const file = join(directory, 'a-file')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  const opening = openDatabase({ dataDirectory: join(file, 'data'), poolSize: 1 })
  await expect(opening).rejects.toThrow(/data directory .*a-file.*ENOTDIR/)
})

test('an integer beyond 2^53 is an error, never a wrong number', async () => {
  const place = sqlitePlace()
  const database = await place.open()
  await database.keys.create(keyRow('big'))
  const reading = connectionOf(database).run(kysely => sql`select 9007199254740993 as n`.execute(kysely))
  await expect(reading).rejects.toMatchObject({ code: 'database_error' })
  await place.remove()
})

test('a file lock excludes others until it is released', () => {
  const path = join(directory, 'lock')
  const lock = lockFile(path)
  expect(lock).toBeDefined()
  expect(lockFile(path)).toBeUndefined()
  lock?.release()
  const again = lockFile(path)
  expect(again).toBeDefined()
  again?.release()
})

test('the worker loads from a bundle too', async () => {
  const out = join(directory, 'bundle')
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  await build({
    entryPoints: { main: source('../testing/open-and-close.ts'), 'sqlite-worker': source('./worker.ts') },
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sluice/source'],
    external: ['pg'],
    // Dependencies in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    },
    logLevel: 'silent',
  })
  writeFileSync(join(out, 'package.json'), '{"type":"module"}')
  const options = JSON.stringify({ dataDirectory: join(out, 'data'), poolSize: 1 })
  execFileSync(process.execPath, [join(out, 'main.js'), options])
  const database = await openDatabase({ dataDirectory: join(out, 'data'), poolSize: 1 })
  expect(Number(await database.facts.read('process'))).toBeGreaterThan(0)
  await database.close()
}, 20_000)
