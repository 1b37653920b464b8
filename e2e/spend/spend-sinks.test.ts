import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'

const dataDirectory = await mkdtemp(join(tmpdir(), 'sluice-sinks-e2e-'))
const rigs: Rig[] = []

/** Speaks as much of ClickHouse's HTTP interface as an insert needs, and keeps one row for each request_id. */
const warehouse = { isAway: true, tables: 0, rows: new Map<string, Record<string, unknown>>(), refused: 0 }
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(chunks)))
})

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const query = new URL(request.url ?? '', 'http://x').searchParams.get('query') ?? ''
  const isSignedIn = request.headers['x-clickhouse-key'] === 'ch-secret'
  if (warehouse.isAway || !isSignedIn) {
    warehouse.refused++
    response.writeHead(503).end('away')
    return
  }
  if (query.startsWith('CREATE TABLE IF NOT EXISTS')) warehouse.tables++
  else if (/^INSERT INTO `default`\.`sluice_spend_logs` \(request_id, .*\) FORMAT JSONEachRow$/.test(query))
    for (const line of gunzipSync(body).toString().trim().split('\n')) {
      const row = JSON.parse(line) as Record<string, unknown>
      warehouse.rows.set(String(row['request_id']), row)
    }
  else {
    response.writeHead(400).end(`Code: 62. DB::Exception: Syntax error: ${query.slice(0, 80)}`)
    return
  }
  response.writeHead(200).end()
}

await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

afterAll(async () => {
  for (const rig of rigs) await rig.close()
  server.close()
  await rm(dataDirectory, { recursive: true, force: true })
})

async function start(first?: Rig): Promise<Rig> {
  const sinks = [
    { type: 'clickhouse', url, user: 'sluice', password: 'os.environ/CH_PASSWORD', flush_seconds: 0.1 },
    { type: 'parquet', directory: join(dataDirectory, 'parquet'), flush_seconds: 0.1 },
  ]
  const env = { CH_PASSWORD: 'ch-secret', ...(first && { LITELLM_MASTER_KEY: first.gateway.masterKey }) }
  const upstream = first && { upstream: first.upstream }
  const rig = await startRig({ dataDirectory, env, config: { spend_sinks: sinks }, ...upstream })
  rigs.push(rig)
  return rig
}

async function call(rig: Rig, times: number): Promise<void> {
  const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello there' }] }
  for (let i = 0; i < times; i++) {
    const answer = await post(rig.gateway, '/v1/chat/completions', body, rig.gateway.masterKey)
    expect(answer.status).toBe(200)
  }
}

async function readiness(rig: Rig) {
  const response = await fetch(`${rig.gateway.url}/health/readiness`)
  expect(response.status).toBe(200)
  return (await response.json()) as { status: string; problems: string[] }
}

test('rows that a warehouse missed reach it after a crash, once each, and the same rows are in Parquet files', async () => {
  const first = await start()
  await call(first, 5)
  await eventually('the warehouse was tried', () => warehouse.refused > 0)
  expect(warehouse.rows.size).toBe(0)
  const told = await eventually('readiness names the warehouse and no other', async () => {
    const { status, problems } = await readiness(first)
    return status === 'degraded' && problems
  })
  expect(told).toEqual([
    expect.stringMatching(/^The spend sink clickhouse does not take rows: .* MB wait on disk/),
  ])
  const metrics = await eventually('the files have their rows', async () => {
    const text = await (await first.admin('/metrics')).text()
    return text.includes('sluice_spend_sink_rows_total{sink="parquet"} 5') && text
  })
  expect(metrics).toMatch(/sluice_spend_sink_failures_total\{sink="clickhouse"\} [1-9]/)
  expect(metrics).toMatch(/sluice_spend_sink_pending_bytes\{sink="clickhouse"\} [1-9]/)
  expect(metrics).toMatch(/sluice_spend_sink_last_success_timestamp_seconds\{sink="parquet"\} 1\d{9}/)
  expect(metrics).not.toContain('sluice_spend_sink_last_success_timestamp_seconds{sink="clickhouse"}')
  await first.gateway.stop('SIGKILL')

  warehouse.isAway = false
  const second = await start(first)
  await call(second, 3)
  await eventually('the warehouse has all', () => warehouse.rows.size === 8)
  await eventually('nothing is wrong', async () => (await readiness(second)).status === 'healthy')
  expect(warehouse.tables).toBe(1)
  const logs = (await eventually('the database has all', async () => {
    const rows = (await (await second.admin('/spend/logs?summarize=false')).json()) as {
      request_id: string
      spend: number
    }[]
    return rows.length === 8 && rows
  })) as readonly { request_id: string; spend: number }[]
  for (const { request_id: id, spend } of logs)
    expect(warehouse.rows.get(id)).toMatchObject({ model: 'gpt-4o', spend_nano_usd: Math.round(spend * 1e9) })

  const inFiles = await eventually('the files have all', async () => {
    const ids = new Set<string>()
    for (const file of globSync(join(dataDirectory, 'parquet', 'day=*', '*.parquet'))) {
      const bytes = await readFile(file)
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
      for (const row of await parquetReadObjects({ file: buffer })) ids.add(String(row['request_id']))
    }
    return ids.size === 8 && ids
  })
  expect([...inFiles].sort()).toEqual(logs.map(row => row.request_id).sort())
  expect(second.gateway.logs.join('\n')).not.toContain('ch-secret')
})
