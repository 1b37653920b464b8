import { once } from 'node:events'
import { connect } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Postgres, startPostgres } from './postgres.ts'
import { type Redis, startRedis } from './redis.ts'

async function answers(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const result = await client.query<{ name: string }>('select current_database() as name')
  await client.end()
  return result.rows[0]?.name
}

async function ping(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('PING\r\n')
  const [reply] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return reply.toString()
}

describe('a PostgreSQL of our own', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.remove())

  test('creates databases that accept connections', async () => {
    expect(await answers(await postgres.createDatabase('one "quoted" name'))).toBe('one "quoted" name')
  })

  test.each(['fast', 'immediate'] as const)('keeps its port and data over a %s stop', async mode => {
    const url = await postgres.createDatabase(`kept_${mode}`)
    await postgres.stop(mode)
    await expect(answers(url)).rejects.toThrow('ECONNREFUSED')
    await postgres.start()
    expect(await answers(url)).toBe(`kept_${mode}`)
  })
})

describe('a Redis of our own', () => {
  let redis: Redis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.remove())

  test('answers again on the same port after a stop', async () => {
    expect(await ping(redis.port)).toBe('+PONG\r\n')
    await redis.stop()
    await expect(ping(redis.port)).rejects.toThrow('ECONNREFUSED')
    await redis.start()
    expect(await ping(redis.port)).toBe('+PONG\r\n')
  })
})
