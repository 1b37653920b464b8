import { Family } from '../exposition.ts'
import type { MetricFact } from '../metric-source.ts'
import { lagOf, type SinkHealth } from './sink-health.ts'

type SinkMetric = MetricFact & { readonly read: (sink: SinkHealth, now: number) => number | undefined }

/** What is told of spend sinks, one series for each; nothing where there are none. */
export const SINK_METRICS: readonly SinkMetric[] = [
  {
    ...{ name: 'sluice_spend_sink_rows_total', type: 'counter', labels: ['sink'] },
    help: 'Rows that a spend sink took.',
    read: ({ sent }) => sent,
  },
  {
    ...{ name: 'sluice_spend_sink_failures_total', type: 'counter', labels: ['sink'] },
    help: 'Batches that a spend sink did not take; they come again.',
    read: ({ failures }) => failures,
  },
  {
    ...{ name: 'sluice_spend_sink_pending_bytes', type: 'gauge', labels: ['sink'] },
    help: 'Bytes of rows that wait on disk for a spend sink.',
    read: ({ pendingBytes }) => pendingBytes,
  },
  {
    ...{ name: 'sluice_spend_sink_lag_seconds', type: 'gauge', labels: ['sink'] },
    help: 'How long ago a spend sink had everything; 0 while nothing waits.',
    read: (sink, now) => lagOf(sink, now) / 1_000,
  },
  {
    ...{ name: 'sluice_spend_sink_last_success_timestamp_seconds', type: 'gauge', labels: ['sink'] },
    help: 'When a spend sink last took rows; absent until it did.',
    read: ({ lastSuccessAt }) => lastSuccessAt && lastSuccessAt / 1_000,
  },
  {
    ...{ name: 'sluice_spend_sink_skipped_bytes_total', type: 'counter', labels: ['sink'] },
    help: 'Bytes of rows that a spend sink will not get because too much waited for it.',
    read: ({ skippedBytes }) => skippedBytes,
  },
]

/** The same in Prometheus's text format. */
export function exposeSinks(sinks: readonly SinkHealth[], now: number): string {
  if (sinks.length === 0) return ''
  return SINK_METRICS.map(({ name, help, type, read }) => {
    const family = new Family(name, help, type)
    for (const sink of sinks) {
      const value = read(sink, now)
      if (value !== undefined) family.sample({ sink: sink.name }, value)
    }
    return family.toString()
  }).join('')
}
