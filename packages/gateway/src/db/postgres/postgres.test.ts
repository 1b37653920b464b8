import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { sql } from 'kysely'
import { ServiceUnavailableError } from 'sluice/internal'
import { afterAll, describe, expect, test } from 'vitest'
import { connectionOf, type OpenDatabaseOptions, openDatabase } from '../open-database.ts'
import { postgresPlace, postgresTestUrl } from '../testing/each-database.ts'
import { isPostgresUrl, parsePostgresUrl } from './address.ts'
import { postgresError } from './sql-state.ts'

/** A TCP proxy that can pass, stay silent or refuse. */
class Wire {
  mode: 'pass' | 'silent' = 'pass'
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: URL | undefined) {
    this.#server = createServer(inbound => {
      this.#keep(inbound)
      if (target === undefined) return
      const outbound = connect(Number(target.port || 5432), target.hostname)
      this.#keep(outbound)
      inbound.on('data', bytes => this.mode === 'pass' && outbound.write(bytes))
      outbound.on('data', bytes => this.mode === 'pass' && inbound.write(bytes))
      inbound.on('close', () => outbound.destroy())
      outbound.on('close', () => inbound.destroy())
    })
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

const QUICK = { dataDirectory: tmpdir(), poolSize: 2, connectTimeoutMs: 150, statementTimeoutMs: 200 }

test('a database that was never reached is disconnected from the first moment', async () => {
  const wire = new Wire(undefined)
  const port = await wire.listen()
  for (const url of [`postgresql://u@127.0.0.1:${port}/db`, 'postgresql://u@127.0.0.1:1/db']) {
    const database = await openDatabase({ ...QUICK, url, waitForDatabase: false })
    expect(database.condition().state).toBe('disconnected')
    await expect(database.ping()).rejects.toThrow(ServiceUnavailableError)
    expect(database.condition().state).toBe('disconnected')
    await database.close()
  }
  await wire.close()
})

test('a server that accepts and says nothing is unavailable within the time-out', async () => {
  const wire = new Wire(undefined)
  const port = await wire.listen()
  const started = Date.now()
  const opening = openDatabase({ ...QUICK, url: `postgresql://u:secret@127.0.0.1:${port}/db` })
  const error: unknown = await opening.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ServiceUnavailableError)
  expect(String(error)).not.toContain('secret')
  expect(Date.now() - started).toBeLessThan(15_000)
  await wire.close()
})

test('opening without waiting succeeds while the server is down, and methods say unavailable', async () => {
  const database = await openDatabase({
    ...QUICK,
    url: 'postgresql://u:p@127.0.0.1:1/db',
    waitForDatabase: false,
  })
  await expect(database.ping()).rejects.toBeInstanceOf(ServiceUnavailableError)
  await expect(database.keys.find('x')).rejects.toMatchObject({ status: 503, retryable: true })
  await database.close()
})

test('a malformed URL is refused without being repeated', async () => {
  const opening = openDatabase({ ...QUICK, url: 'postgresql://u:sec ret@:x/db' })
  await expect(opening).rejects.toMatchObject({ status: 400, param: 'database_url' })
  await expect(opening).rejects.not.toThrow(/sec ret/)
  expect(() => parsePostgresUrl('postgresql://h/db?schema=a;drop')).toThrow(/letters, digits/)
})

test("Prisma's parameters are understood and kept from the driver", () => {
  expect(parsePostgresUrl('postgresql://u:p%40@h:1/db?schema=llm&pgbouncer=true&connection_limit=5')).toEqual(
    {
      url: 'postgresql://u:p%40@h:1/db',
      schema: 'llm',
      pooled: true,
    },
  )
  expect(isPostgresUrl('postgres://h/db')).toBe(true)
  expect(isPostgresUrl('mysql://h/db')).toBe(false)
})

test('errors are classified by SQLSTATE', () => {
  const status = (state: string): number => postgresError(state, undefined).status
  expect(status('23505')).toBe(409)
  for (const state of ['08006', '53300', '57P01', '57014', '40P01', '55P03', '25006', '58030']) {
    expect(status(state)).toBe(503)
  }
  for (const state of ['22021', '23502', '54000']) expect(status(state)).toBe(422)
  expect(status('42601')).toBe(500)
})

const server = postgresTestUrl()
describe.skipIf(server === undefined)('against a server that comes and goes', () => {
  const target = new URL(server ?? 'postgresql://none')
  const places: { remove(): Promise<void> }[] = []
  afterAll(async () => {
    for (const place of places) await place.remove()
  })

  async function throughWire(wire: Wire, port?: number): Promise<OpenDatabaseOptions> {
    const place = postgresPlace(target.href)
    places.push(place)
    const url = new URL(place.options.url ?? '')
    url.hostname = '127.0.0.1'
    url.port = String(port ?? (await wire.listen()))
    return { ...QUICK, connectTimeoutMs: 1_000, url: url.href }
  }

  test('the gateway starts while its database is down and is ready when it comes back', async () => {
    const port = await freePort()
    const wire = new Wire(target)
    const database = await openDatabase({ ...(await throughWire(wire, port)), waitForDatabase: false })
    await expect(database.ping()).rejects.toBeInstanceOf(ServiceUnavailableError)
    await wire.listen(port)
    await expect
      .poll(
        () =>
          database.facts.write('a', 'b').then(
            () => true,
            () => false,
          ),
        { timeout: 8_000 },
      )
      .toBe(true)
    await database.close()
    await wire.close()
  }, 15_000)

  test('connections that break are replaced without help, idle ones and busy ones', async () => {
    const wire = new Wire(target)
    const database = await openDatabase(await throughWire(wire))
    wire.cut()
    await expect
      .poll(() =>
        database.ping().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    const busy = connectionOf(database).transaction(async transaction => {
      await sql`select 1`.execute(transaction)
      wire.cut()
      await sql`select 2`.execute(transaction)
    })
    await expect(busy).rejects.toBeInstanceOf(ServiceUnavailableError)
    await expect
      .poll(() =>
        database.ping().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await database.close()
    await wire.close()
  })

  test('a server that falls silent in mid-life is unavailable within the time-out, then fine again', async () => {
    const wire = new Wire(target)
    const database = await openDatabase(await throughWire(wire))
    await database.ping()
    wire.mode = 'silent'
    const started = Date.now()
    await expect(database.ping()).rejects.toBeInstanceOf(ServiceUnavailableError)
    expect(Date.now() - started).toBeLessThan(15_000)
    wire.mode = 'pass'
    await database.ping()
    await database.close()
    await wire.close()
  }, 15_000)

  test('a statement that takes too long is cancelled, and its connection stays good', async () => {
    const wire = new Wire(target)
    const database = await openDatabase(await throughWire(wire))
    const slow = connectionOf(database).run(kysely => sql`select pg_sleep(5)`.execute(kysely))
    await expect(slow).rejects.toBeInstanceOf(ServiceUnavailableError)
    await database.ping()
    await database.close()
    await wire.close()
  })

  test('a replica that is cut off in mid-transaction does not keep the others waiting', async () => {
    const wire = new Wire(target)
    const options = await throughWire(wire)
    const database = await openDatabase(options)
    const direct = new URL(options.url ?? '')
    direct.port = target.port
    const other = await openDatabase({ ...options, url: direct.href, statementTimeoutMs: 5_000 })
    await database.facts.write('shared', 'a')
    const stuck = connectionOf(database).transaction(async transaction => {
      await transaction.updateTable('facts').set({ value: 'b' }).execute()
      wire.mode = 'silent'
      await other.facts.write('shared', 'c')
    })
    await expect(stuck).rejects.toBeInstanceOf(ServiceUnavailableError)
    expect(await other.facts.read('shared')).toBe('c')
    await database.close()
    await other.close()
    await wire.close()
  }, 15_000)

  test('big integers are numbers, and beyond 2^53 an error', async () => {
    const wire = new Wire(target)
    const database = await openDatabase(await throughWire(wire))
    const read = (text: string) =>
      connectionOf(database).run(kysely =>
        sql<{ n: number }>`select ${sql.raw(text)}::bigint as n`.execute(kysely),
      )
    expect((await read('9007199254740991')).rows).toEqual([{ n: 9_007_199_254_740_991 }])
    await expect(read('9007199254740993')).rejects.toMatchObject({ code: 'database_error' })
    await database.close()
    await wire.close()
  })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
