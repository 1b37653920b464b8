import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { createError } from 'sluice/internal'
import type { ClickHouseSinkSettings } from '../../config/settings.ts'
import type { NewSpendRow } from '../../db/rows.ts'
import { SINK_COLUMNS, type SinkColumn, type SinkType } from './sink-columns.ts'
import type { SendBytes, SpendSink } from './spend-sink.ts'

const TYPES: Readonly<Record<SinkType, string>> = {
  text: 'String',
  name: 'LowCardinality(String)',
  json: 'String',
  texts: 'Array(String)',
  count: 'UInt64',
  money: 'Int64',
  time: "DateTime64(3, 'UTC')",
  flag: 'Bool',
}

const MOST_ERROR_CHARACTERS = 300
const compress = promisify(gzip)

/**
 * Inserts over HTTP, as `JSONEachRow`: https://clickhouse.com/docs/interfaces/http. A row that comes twice has the same
 * sorting key, and ReplacingMergeTree keeps one of the two: at a merge, or at once with `FINAL`.
 */
export function createClickHouseSink(settings: ClickHouseSinkSettings, send: SendBytes): SpendSink {
  const table = `${quoted(settings.database)}.${quoted(settings.table)}`
  let isMade = !settings.createTable
  return {
    ...{ name: settings.name, flushMs: settings.flushMs, batchRows: settings.batchRows },
    async write(rows, place) {
      if (!isMade) await ask(settings, send, { query: clickHouseTable(settings.database, settings.table) })
      isMade = true
      const columns = SINK_COLUMNS.map(({ name }) => name).join(', ')
      const lines = rows.map(row => `${JSON.stringify(objectOf(row))}\n`).join('')
      await ask(settings, send, {
        query: `INSERT INTO ${table} (${columns}) FORMAT JSONEachRow`,
        // Replicated tables drop a block they have seen; a batch that grew since is no such block, and is merged.
        parameters: { insert_deduplication_token: `${place}-${rows.length}` },
        body: await compress(lines),
      })
    },
  }
}

/** The statement that makes the table; what `create_table: true` runs at the first batch. */
export function clickHouseTable(database: string, table: string): string {
  const columns = SINK_COLUMNS.map(column => `  ${quoted(column.name)} ${typeOf(column)}`)
  return [
    `CREATE TABLE IF NOT EXISTS ${quoted(database)}.${quoted(table)} (`,
    `${columns.join(',\n')},`,
    '  spend Nullable(Float64) ALIAS spend_nano_usd / 1000000000',
    ') ENGINE = ReplacingMergeTree',
    'PARTITION BY toYYYYMM(start_time)',
    'ORDER BY (start_time, request_id)',
  ].join('\n')
}

function typeOf({ type, optional }: SinkColumn): string {
  return optional ? `Nullable(${TYPES[type]})` : TYPES[type]
}

function objectOf(row: NewSpendRow): Record<string, unknown> {
  return Object.fromEntries(
    SINK_COLUMNS.map(({ name, type, value }) => {
      const its = value(row)
      return [name, type === 'time' && typeof its === 'number' ? timeText(its) : its]
    }),
  )
}

/** `2026-11-21 10:00:00.123`, UTC. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 23)
}

function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

interface Question {
  readonly query: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

async function ask(
  settings: ClickHouseSinkSettings,
  send: SendBytes,
  { query, parameters, body }: Question,
): Promise<void> {
  const url = new URL(settings.url)
  for (const [name, value] of Object.entries({ ...parameters, query })) url.searchParams.set(name, value)
  const headers: Record<string, string> = {}
  if (settings.user !== undefined) headers['x-clickhouse-user'] = settings.user
  if (settings.password !== undefined) headers['x-clickhouse-key'] = settings.password
  if (body !== undefined) headers['content-encoding'] = 'gzip'
  const response = await send(url.href, { method: 'POST', headers, body })
  const { text } = response
  // An error after the head was sent comes with status 200.
  if (response.ok && !response.headers.has('x-clickhouse-exception-code') && !text.startsWith('Code:')) return
  throw createError({
    kind: 'unavailable',
    message: `ClickHouse answered ${response.status}: ${text.slice(0, MOST_ERROR_CHARACTERS)}`,
  })
}
