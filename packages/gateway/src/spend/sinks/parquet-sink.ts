import type { ParquetSinkSettings } from '../../config/settings.ts'
import type { NewSpendRow } from '../../db/rows.ts'
import { localStore } from './local-store.ts'
import { s3Store } from './s3-store.ts'
import { SINK_COLUMNS, type SinkType } from './sink-columns.ts'
import type { SendBytes, SpendSink } from './spend-sink.ts'

/** Where files go. A file of the same name takes the place of the one before. */
export interface FileStore {
  put(name: string, bytes: Uint8Array): Promise<void>
}

const TYPES = {
  text: 'STRING',
  name: 'STRING',
  // As text: not every reader takes a list for JSON.
  json: 'STRING',
  texts: 'STRING',
  count: 'INT64',
  money: 'INT64',
  time: 'TIMESTAMP',
  flag: 'BOOLEAN',
} as const satisfies Record<SinkType, string>

/**
 * Parquet files in a directory or in S3, by day: `day=2026-11-21/<place in the journal>.parquet`, as Hive, Athena, Spark,
 * DuckDB and ClickHouse read them. A batch that is written again begins at the same place, and so replaces its file.
 */
export function createParquetSink(settings: ParquetSinkSettings, send: SendBytes): SpendSink {
  const store: FileStore =
    settings.s3 === undefined ? localStore(settings.directory) : s3Store(settings.s3, send)
  return {
    ...{ name: settings.name, flushMs: settings.flushMs, batchRows: settings.batchRows },
    async write(rows, place) {
      for (const [day, ofDay] of Map.groupBy(rows, dayOf)) {
        const bytes = await parquetBytes(ofDay)
        await store.put(`day=${day}/${place}.parquet`, bytes)
      }
    },
  }
}

function dayOf({ startTime }: NewSpendRow): string {
  return new Date(startTime).toISOString().slice(0, 10)
}

/** One row group, compressed with Snappy. */
export async function parquetBytes(rows: readonly NewSpendRow[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columnData = SINK_COLUMNS.map(({ name, type, optional, value }) => ({
    name,
    type: TYPES[type],
    nullable: optional === true,
    data: rows.map(row => encode(type, value(row))),
  }))
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: rows.length }))
}

function encode(type: SinkType, value: ReturnType<(typeof SINK_COLUMNS)[number]['value']>): unknown {
  if (value === null) return null
  switch (type) {
    case 'count':
    case 'money':
      return BigInt(value as number)
    case 'time':
      return new Date(value as number)
    case 'texts':
      return JSON.stringify(value)
    default:
      return value
  }
}
