import type { Callback, RouteTable } from 'sluice/internal'
import type { Settings } from '../config/settings.ts'
import { exposeBudgets } from './budget-metrics.ts'
import { CallMetrics } from './call-metrics.ts'
import { type DatabaseCounts, exposeDatabase } from './database-metrics.ts'
import { exposeLimits } from './limit-metrics.ts'
import type { MetricSource } from './metric-source.ts'
import { RouterMetrics } from './router-metrics.ts'
import { exposeShared } from './shared-metrics.ts'
import { exposeSinks } from './spend/sink-metrics.ts'
import { exposeSpend } from './spend/spend-metrics.ts'
import { exposeWeights } from './weight-metrics.ts'

/** What is measured of calls and router, and told to Prometheus. */
export interface Telemetry {
  readonly metrics: CallMetrics
  readonly callbacks: readonly Callback[]
  readonly metricSources: readonly MetricSource[]
}

/** What is measured besides calls. */
export interface Measured extends DatabaseCounts {
  readonly shared: Parameters<typeof exposeShared>[0]
  readonly limiter: Parameters<typeof exposeLimits>[0]
  readonly alerts: Parameters<typeof exposeLimits>[1]
  /** Rollbacks of adaptive weights so far. */
  readonly adaptive: { readonly rollbacks: number }
  /** The last comparison of the books of spend. */
  readonly reconciliation: { readonly last: Parameters<typeof exposeSpend>[0] }
  readonly ledger: { sinks(): Parameters<typeof exposeSinks>[0] }
  readonly settings: () => Settings
  readonly routes: () => RouteTable
}

export function openTelemetry({
  shared,
  adaptive,
  settings,
  routes,
  database,
  limiter,
  alerts,
  snapshot,
  reconciliation,
  ledger,
}: Measured): Telemetry {
  const metrics = new CallMetrics(settings().telemetry.latencyBuckets)
  const router = new RouterMetrics(() => routes().state())
  const weights = () =>
    settings().router.adaptiveWeights ? exposeWeights(routes().weightReports(), adaptive.rollbacks) : ''
  const metricSources = [
    ...[metrics, router],
    { expose: () => exposeShared(shared) },
    { expose: () => exposeDatabase({ database, snapshot }) },
    { expose: () => exposeLimits(limiter, alerts) },
    { expose: () => exposeBudgets(routes().budgets.reports()) },
    { expose: weights },
    { expose: () => exposeSpend(reconciliation.last) },
    { expose: () => exposeSinks(ledger.sinks(), Date.now()) },
  ]
  return { metrics, callbacks: [metrics, router], metricSources }
}
