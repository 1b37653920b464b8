import type { SpendSinkSettings } from '../../config/settings.ts'
import { createClickHouseSink } from './clickhouse-sink.ts'
import { createParquetSink } from './parquet-sink.ts'
import type { SendBytes, SpendSink } from './spend-sink.ts'

/** The sinks of `spend_sinks`. */
export function openSinks(settings: readonly SpendSinkSettings[], send: SendBytes): readonly SpendSink[] {
  return settings.map(one =>
    one.type === 'clickhouse' ? createClickHouseSink(one, send) : createParquetSink(one, send),
  )
}
