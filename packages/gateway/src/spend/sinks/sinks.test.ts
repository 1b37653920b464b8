import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'
import { signAws } from 'sluice/internal'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { NewSpendRow } from '../../db/rows.ts'
import { sqlitePlace } from '../../db/testing/each-database.ts'
import { spendRow } from '../../db/testing/rows.ts'
import { sendBytes } from '../../http/outgoing/send-bytes.ts'
import { openLedger } from '../journal-ledger.ts'
import { createClickHouseSink } from './clickhouse-sink.ts'
import { createParquetSink } from './parquet-sink.ts'
import { SINK_COLUMNS } from './sink-columns.ts'
import type { SpendSink } from './spend-sink.ts'

const directory = mkdtempSync(join(tmpdir(), 'sluice-sinks-'))
const place = sqlitePlace()
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await place.remove()
})

interface Asked {
  readonly request: IncomingMessage
  readonly url: URL
  readonly body: Buffer
}

/** An HTTP server that writes down what it was asked. */
async function listen(answer: (asked: Asked) => [status: number, body: string]) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { request, url: new URL(request.url ?? '', 'http://x'), body: Buffer.concat(chunks) }
      asked.push(one)
      const [status, body] = answer(one)
      response.writeHead(status).end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const ROWS: readonly NewSpendRow[] = [
  spendRow('a', { requestTags: ['x', "it's"], metadata: { note: 'ü"\n' }, completionStartTime: 1_000 }),
  spendRow('b', { spendNanoUsd: null, stream: true, userId: 'u' }),
]

function clickHouse(url: string): SpendSink {
  return createClickHouseSink(
    {
      ...{ type: 'clickhouse', name: 'ch', flushMs: 20, batchRows: 100, url, createTable: true },
      ...{ database: 'my`db', table: 'spend', user: 'me', password: 'secret' },
    },
    sendBytes,
  )
}

test('ClickHouse: makes the table once, inserts rows as JSON, signed in, compressed', async () => {
  const { asked, url } = await listen(() => [200, ''])
  const sink = clickHouse(url)
  await sink.write(ROWS, 'journal-1-1-0')
  await sink.write(ROWS.slice(1), 'journal-1-1-500')
  expect(asked.map(({ url }) => url.searchParams.get('query')?.slice(0, 40))).toEqual([
    'CREATE TABLE IF NOT EXISTS `my\\`db`.`spe',
    'INSERT INTO `my\\`db`.`spend` (request_id',
    'INSERT INTO `my\\`db`.`spend` (request_id',
  ])
  expect(asked[0]?.url.searchParams.get('query')).toContain('ENGINE = ReplacingMergeTree')
  const [, insert] = asked
  expect(insert?.request.headers).toMatchObject({ 'x-clickhouse-user': 'me', 'x-clickhouse-key': 'secret' })
  expect(insert?.url.searchParams.get('insert_deduplication_token')).toBe('journal-1-1-0-2')
  const lines = gunzipSync(insert?.body ?? '')
    .toString()
    .trim()
    .split('\n')
  expect(lines.map(line => JSON.parse(line) as unknown)).toMatchObject([
    {
      ...{ request_id: 'a', spend_nano_usd: 1_500, start_time: '2026-01-02 03:00:00.000', stream: false },
      ...{ request_tags: ['x', "it's"], metadata: '{"note":"ü\\"\\n"}' },
      completion_start_time: '1970-01-01 00:00:01.000',
    },
    { request_id: 'b', spend_nano_usd: null, stream: true, user_id: 'u', completion_start_time: null },
  ])
})

test('ClickHouse: an error is one, also when it comes with status 200', async () => {
  for (const answer of [
    [500, 'Code: 60. DB::Exception: Table does not exist'],
    [200, 'Code: 241. DB::Exception: Memory limit exceeded'],
  ] as const) {
    const { url } = await listen(() => [...answer])
    await expect(clickHouse(url).write(ROWS, 'p')).rejects.toThrow('DB::Exception')
  }
})

async function readParquet(bytes: Buffer) {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  return await parquetReadObjects({ file })
}

test('Parquet: a file for each day, which another library reads; the same place takes its place', async () => {
  const sink = createParquetSink(
    {
      ...{ type: 'parquet', name: 'pq', flushMs: 20, batchRows: 100, s3: undefined },
      directory: join(directory, 'files'),
    },
    sendBytes,
  )
  const late = spendRow('c', { startTime: Date.UTC(2026, 0, 3), spendNanoUsd: 9_007_199_254_740_991 })
  await sink.write(ROWS, 'journal-1-1-0')
  await sink.write([...ROWS, late], 'journal-1-1-0')
  const files = readdirSync(join(directory, 'files'), { recursive: true }).map(String)
  expect(files.filter(name => name.endsWith('.parquet')).sort()).toEqual([
    'day=2026-01-02/journal-1-1-0.parquet',
    'day=2026-01-03/journal-1-1-0.parquet',
  ])
  const read = await readParquet(
    readFileSync(join(directory, 'files', 'day=2026-01-02/journal-1-1-0.parquet')),
  )
  expect(Object.keys(read[0] ?? {})).toEqual(SINK_COLUMNS.map(({ name }) => name))
  expect(read).toMatchObject([
    {
      ...{ request_id: 'a', spend_nano_usd: 1_500n, prompt_tokens: 10n, stream: false, status: 'success' },
      ...{ request_tags: '["x","it\'s"]', metadata: '{"note":"ü\\"\\n"}' },
      ...{ start_time: new Date(Date.UTC(2026, 0, 2, 3)), completion_start_time: new Date(1_000) },
    },
    { request_id: 'b', spend_nano_usd: null, stream: true, completion_start_time: null },
  ])
  const other = await readParquet(
    readFileSync(join(directory, 'files', 'day=2026-01-03/journal-1-1-0.parquet')),
  )
  expect(other).toMatchObject([{ spend_nano_usd: 9_007_199_254_740_991n }])
})

test('Parquet in S3: the object is put where it belongs, and its signature is the one AWS computes', async () => {
  const { asked, url } = await listen(() => [200, ''])
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: undefined }
  const s3 = { bucket: 'spend', region: 'eu-west-1', endpoint: url, prefix: 'logs/', keys }
  const settings = { type: 'parquet', name: 'pq', flushMs: 20, batchRows: 100, directory, s3 } as const
  await createParquetSink(settings, sendBytes).write(ROWS, 'journal-1-1-0')
  const [put] = asked
  expect([put?.request.method, put?.url.pathname]).toEqual([
    'PUT',
    '/spend/logs/day%3D2026-01-02/journal-1-1-0.parquet',
  ])
  expect(await readParquet(put?.body ?? Buffer.alloc(0))).toHaveLength(2)
  const { authorization, ...headers } = put?.request.headers ?? {}
  expect(headers['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/)
  const stamp = String(headers['x-amz-date'])
  const now = Date.parse(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'))
  const again = {
    ...{ method: 'PUT', url: `${url}${put?.url.pathname}`, body: put?.body },
    headers: { 'content-type': String(headers['content-type']) } as Record<string, string>,
  }
  await signAws(again, keys, { service: 's3', region: 'eu-west-1', now })
  expect(again.headers['authorization']).toBe(authorization)
})

test('a sink that is away holds up neither calls nor the database, and gets everything once it is back', async () => {
  const database = await place.open()
  const kept = new Map<string, NewSpendRow>()
  let isAway = true
  const sink: SpendSink = {
    ...{ name: 'sink', flushMs: 5, batchRows: 7 },
    async write(rows) {
      if (isAway) throw new Error('away')
      expect(rows.length).toBeLessThanOrEqual(7)
      for (const row of rows) kept.set(row.requestId, row)
    },
  }
  let next = 0
  const open = () =>
    openLedger({
      ...{ database, flushMs: 5, sinks: [sink], directory: join(directory, 'ledger') },
      toRow: () => spendRow(`call-${next++}`, { apiKey: 'k' }),
    })
  const record = { caller: {}, cost: { state: 'known' } } as never
  const first = await open()
  for (let i = 0; i < 50; i++) await first.post(record)
  await first.flush()
  expect((await database.spend.list({ page: 1, size: 1 })).total).toBe(50)
  expect(first.pending).toBe(0)
  expect(first.sinks()).toMatchObject([{ name: 'sink', sent: 0 }])
  expect(first.sinks()[0]?.pendingBytes).toBeGreaterThan(0)
  await first.close()

  const second = await open()
  isAway = false
  for (let i = 0; i < 10; i++) await second.post(record)
  await second.close()
  expect([...kept.keys()].sort()).toEqual(Array.from({ length: 60 }, (_, i) => `call-${i}`).sort())
})
