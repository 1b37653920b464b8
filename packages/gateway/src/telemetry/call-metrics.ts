import type { Callback, CallRecord } from 'sluice/internal'
import { type CallSeries, Histogram, seriesKey, seriesLabels } from './call-series.ts'
import { Family, type LabelSet } from './exposition.ts'
import { CALL_METRICS, type CallMetric } from './metric-table.ts'

/** LiteLLM's latency buckets, seconds. */
export const LATENCY_BUCKETS: readonly number[] = [
  0.005, 0.00625, 0.0125, 0.025, 0.05, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8,
  8.5, 9, 9.5, 10, 15, 20, 25, 30, 60, 120, 180, 240, 300,
]

/** Series kept apart; calls beyond share one whose labels say `other`. Calls wait while their text is made. */
const MOST_SERIES = 2_000

/**
 * Counts calls under LiteLLM's metric names. A call costs one look-up and a few additions; text is made when
 * Prometheus asks.
 */
export class CallMetrics implements Callback {
  readonly name = 'prometheus'
  private readonly series = new Map<string, CallSeries>()
  private readonly bounds: readonly number[]
  /** Calls being served. */
  inFlight = 0

  constructor(bounds: readonly number[] = LATENCY_BUCKETS) {
    this.bounds = bounds
  }

  onStart(): void {
    this.inFlight++
  }

  onEnd(record: CallRecord): void {
    this.inFlight--
    const series = this.seriesOf(record)
    const seconds = ((record.endedAt ?? record.startedAt) - record.startedAt) / 1000
    series.requests++
    series.latency.observe(seconds)
    if (record.status === 'failure') series.failures++
    if (record.cost.state === 'known') series.spendNanoUsd += record.cost.nanoUsd
    if (record.usage) {
      series.inputTokens += record.usage.prompt_tokens
      series.outputTokens += record.usage.completion_tokens
      series.cachedTokens += record.usage.prompt_tokens_details?.cached_tokens ?? 0
    }
    if (record.attempts.length === 0) return
    const upstream = record.upstreamMs / 1000
    series.apiLatency.observe(upstream)
    if (record.stream && record.firstTokenAt)
      series.firstToken.observe((record.firstTokenAt - record.startedAt) / 1000)
    else series.overhead.observe(Math.max(seconds - upstream, 0))
  }

  /** The metrics in Prometheus's text format. */
  expose(): string {
    const text = CALL_METRICS.map(metric => this.family(metric))
    const gauge = new Family('litellm_in_flight_requests', 'Requests being served.', 'gauge')
    return text.join('') + gauge.sample({}, this.inFlight).toString()
  }

  private seriesOf(record: CallRecord): CallSeries {
    const key = seriesKey(record)
    const known = this.series.get(key)
    if (known) return known
    if (this.series.size < MOST_SERIES) return this.open(key, seriesLabels(record))
    const other = this.series.get('other')
    if (other) return other
    const labels = Object.fromEntries(Object.keys(seriesLabels(record)).map(name => [name, 'other']))
    return this.open('other', labels)
  }

  private open(key: string, labels: LabelSet): CallSeries {
    const series: CallSeries = {
      ...{
        labels,
        requests: 0,
        failures: 0,
        spendNanoUsd: 0,
        inputTokens: 0,
        outputTokens: 0,
        cachedTokens: 0,
      },
      latency: new Histogram(this.bounds),
      apiLatency: new Histogram(this.bounds),
      firstToken: new Histogram(this.bounds),
      overhead: new Histogram(this.bounds),
    }
    this.series.set(key, series)
    return series
  }

  /** Series that differ only in labels this metric does not carry are one. */
  private family(metric: CallMetric): string {
    const family = new Family(metric.name, metric.help, metric.type)
    const merged = new Map<string, { labels: LabelSet; value: number; histogram: Histogram }>()
    for (const series of this.series.values()) {
      if (metric.when && !metric.when(series)) continue
      const labels = Object.fromEntries(metric.labels.map(name => [name, series.labels[name] ?? 'None']))
      const key = JSON.stringify(labels)
      let sum = merged.get(key)
      if (!sum) merged.set(key, (sum = { labels, value: 0, histogram: new Histogram(this.bounds) }))
      const read = metric.read(series)
      if (read instanceof Histogram) sum.histogram.add(read)
      else sum.value += read
    }
    for (const { labels, value, histogram } of merged.values()) {
      if (metric.type === 'histogram') family.histogram(labels, this.bounds, histogram.counts, histogram.sum)
      else family.sample(labels, value)
    }
    return family.toString()
  }
}
