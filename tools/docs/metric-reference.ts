import { CallMetrics } from '../../packages/gateway/src/telemetry/call-metrics.ts'
import { LIMIT_METRICS } from '../../packages/gateway/src/telemetry/limit-metrics.ts'
import type { MetricFact } from '../../packages/gateway/src/telemetry/metric-source.ts'
import { CALL_METRICS } from '../../packages/gateway/src/telemetry/metric-table.ts'
import { ROUTER_METRICS } from '../../packages/gateway/src/telemetry/router-metrics.ts'
import { SINK_METRICS } from '../../packages/gateway/src/telemetry/spend/sink-metrics.ts'
import { SPEND_METRICS } from '../../packages/gateway/src/telemetry/spend/spend-metrics.ts'
import { WEIGHT_METRICS } from '../../packages/gateway/src/telemetry/weight-metrics.ts'
import { code, codes, table } from './table.ts'

/** Every metric of our own as a Markdown table; the generated part of docs/reference/metrics.md. */
export function metricReference(): string {
  const rows = (metrics: readonly MetricFact[]) =>
    metrics.map(({ name, type, help, labels }) => [code(name), type, help, codes(labels)])
  return table(
    ['metric', 'type', 'meaning', 'labels'],
    [
      ...rows(CALL_METRICS),
      ...othersShown(),
      ...rows(Object.values(ROUTER_METRICS)),
      ...rows(WEIGHT_METRICS),
      ...rows(LIMIT_METRICS),
      ...rows(SPEND_METRICS),
      ...rows(SINK_METRICS),
    ],
  )
}

/** Families that are shown without being a row of the table. */
function othersShown(): string[][] {
  const known = new Set(CALL_METRICS.map(({ name }) => name))
  const lines = new CallMetrics().expose().split('\n')
  return lines
    .filter(line => line.startsWith('# HELP '))
    .map(line => line.slice('# HELP '.length))
    .map(line => ({ name: line.slice(0, line.indexOf(' ')), help: line.slice(line.indexOf(' ') + 1) }))
    .filter(({ name }) => !known.has(name))
    .map(({ name, help }) => [code(name), typeOf(name, lines), help, ''])
}

function typeOf(name: string, lines: readonly string[]): string {
  return lines.find(line => line.startsWith(`# TYPE ${name} `))?.slice(`# TYPE ${name} `.length) ?? ''
}
