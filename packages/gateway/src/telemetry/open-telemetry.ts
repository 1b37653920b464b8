import type { Callback, RouteTable } from 'sluice/internal'
import type { TelemetrySettings } from '../config/settings.ts'
import { exposeBudgets } from './budget-metrics.ts'
import { CallMetrics } from './call-metrics.ts'
import type { MetricSource } from './metric-source.ts'
import { RouterMetrics } from './router-metrics.ts'
import { exposeShared } from './shared-metrics.ts'
import { exposeWeights } from './weight-metrics.ts'

/** What is measured of calls and router, and told to Prometheus. */
export interface Telemetry {
  readonly metrics: CallMetrics
  readonly callbacks: readonly Callback[]
  readonly metricSources: readonly MetricSource[]
}

/** What is measured besides calls. */
export interface Measured {
  readonly shared: Parameters<typeof exposeShared>[0]
  /** Rollbacks of adaptive weights so far. */
  readonly adaptive: { readonly rollbacks: number }
  /** Weights are adapted. */
  readonly isAdaptive: () => boolean
  readonly routes: () => RouteTable
}

export function openTelemetry(
  { latencyBuckets }: TelemetrySettings,
  { shared, adaptive, isAdaptive, routes }: Measured,
): Telemetry {
  const metrics = new CallMetrics(latencyBuckets)
  const router = new RouterMetrics(() => routes().state())
  const metricSources = [
    ...[metrics, router],
    { expose: () => exposeShared(shared) },
    { expose: () => exposeBudgets(routes().budgets.reports()) },
    { expose: () => (isAdaptive() ? exposeWeights(routes().weightReports(), adaptive.rollbacks) : '') },
  ]
  return { metrics, callbacks: [metrics, router], metricSources }
}
