import { type CallRecord, type DeploymentReport, statusOfErrorName } from 'sluice/internal'
import { BoundedCounter } from './bounded-counter.ts'
import { Family, type LabelSet } from './exposition.ts'
import type { MetricFact, MetricSource } from './metric-source.ts'

const DEPLOYMENT = ['litellm_model_name', 'model_id', 'api_base', 'api_provider'] as const
const FALLBACK = [
  'requested_model',
  'fallback_model',
  'hashed_api_key',
  'api_key_alias',
  'team',
  'team_alias',
  'exception_status',
  'exception_class',
  'model_id',
] as const

/** LiteLLM's metrics of its router, and ours beside them. */
export const ROUTER_METRICS = {
  state: {
    name: 'litellm_deployment_state',
    help: '0 healthy, 1 partial outage (it fails, or is being tried again), 2 complete outage (it rests).',
    type: 'gauge',
    labels: DEPLOYMENT,
  },
  cooled: {
    name: 'litellm_deployment_cooled_down_total',
    help: 'How often a deployment was left alone after failures.',
    type: 'counter',
    labels: [...DEPLOYMENT, 'exception_status'],
  },
  fallbacksOk: {
    name: 'litellm_deployment_successful_fallbacks_total',
    help: 'Fallbacks that brought an answer.',
    type: 'counter',
    labels: FALLBACK,
  },
  fallbacksFailed: {
    name: 'litellm_deployment_failed_fallbacks_total',
    help: 'Fallbacks that failed as well.',
    type: 'counter',
    labels: FALLBACK,
  },
  inFlight: {
    name: 'sluice_deployment_in_flight',
    help: 'Calls under way, streams until their last byte.',
    type: 'gauge',
    labels: DEPLOYMENT,
  },
  waiting: {
    name: 'sluice_deployment_waiting',
    help: 'Calls that wait for a place.',
    type: 'gauge',
    labels: DEPLOYMENT,
  },
  hedges: {
    name: 'sluice_hedges_total',
    help: 'Second requests beside a slow one; outcome: won, lost or failed.',
    type: 'counter',
    labels: ['model_group', 'outcome'],
  },
  continuations: {
    name: 'sluice_continuations_total',
    help: 'Broken streams that another deployment was asked to go on with; outcome: success or failure.',
    type: 'counter',
    labels: ['model_group', 'outcome'],
  },
} as const satisfies Readonly<Record<string, MetricFact>>

const STATES = { closed: 0, 'half-open': 1, open: 2 } as const

/** Tells how deployments are, as the router sees them, and counts what it had to do for calls. */
export class RouterMetrics implements MetricSource {
  readonly name = 'router_metrics'
  readonly isInternal = true
  private readonly reports: () => readonly DeploymentReport[]
  private readonly fallbacksOk = new BoundedCounter(ROUTER_METRICS.fallbacksOk)
  private readonly fallbacksFailed = new BoundedCounter(ROUTER_METRICS.fallbacksFailed)
  private readonly hedges = new BoundedCounter(ROUTER_METRICS.hedges)
  private readonly continuations = new BoundedCounter(ROUTER_METRICS.continuations)

  constructor(reports: () => readonly DeploymentReport[]) {
    this.reports = reports
  }

  onEnd(record: CallRecord): void {
    const { routing } = record
    // Most calls are answered by the first deployment they are given: nothing to count.
    if (routing === undefined || (record.attempts.length < 2 && routing.visits.length < 2)) return
    this.countFallbacks(record)
    for (const { group, attempts } of routing.visits)
      for (const { hedge, cancelled, continues, error } of attempts) {
        if (hedge) this.hedges.count([group, cancelled ? 'lost' : error ? 'failed' : 'won'])
        if (continues) this.continuations.count([group, error ? 'failure' : 'success'])
      }
  }

  expose(): string {
    const reports = this.reports()
    const families = [
      this.gauge(ROUTER_METRICS.state, reports, ({ circuit, failing }) =>
        Math.max(STATES[circuit], failing ? 1 : 0),
      ),
      this.gauge(ROUTER_METRICS.inFlight, reports, ({ inFlight }) => inFlight),
      this.gauge(ROUTER_METRICS.waiting, reports, ({ waiting }) => waiting),
      cooled(reports),
    ]
    const counters = [this.fallbacksOk, this.fallbacksFailed, this.hedges, this.continuations]
    return [...families, ...counters].map(String).join('')
  }

  private countFallbacks({ routing, requestedModel, caller, status, deployment }: CallRecord): void {
    const visits = routing?.visits ?? []
    visits.slice(1).forEach(({ group, because }, index) => {
      const isLast = index === visits.length - 2
      const counter = isLast && status === 'success' ? this.fallbacksOk : this.fallbacksFailed
      counter.count([
        ...[requestedModel, group, caller?.keyHash, caller?.keyAlias, caller?.teamId, caller?.teamAlias],
        ...[because && String(statusOfErrorName(because)), because, isLast ? deployment?.id : undefined],
      ])
    })
  }

  private gauge(
    fact: MetricFact,
    reports: readonly DeploymentReport[],
    read: (report: DeploymentReport) => number,
  ): Family {
    const family = new Family(fact.name, fact.help, fact.type)
    for (const report of reports) family.sample(labelsOf(report), read(report))
    return family
  }
}

function cooled(reports: readonly DeploymentReport[]): Family {
  const { name, help, type } = ROUTER_METRICS.cooled
  const family = new Family(name, help, type)
  for (const report of reports) {
    const byStatus = new Map<string, number>()
    for (const [reason, count] of report.openings) {
      const status = String(statusOfErrorName(reason))
      byStatus.set(status, (byStatus.get(status) ?? 0) + count)
    }
    for (const [exception_status, count] of byStatus)
      family.sample({ ...labelsOf(report), exception_status }, count)
  }
  return family
}

function labelsOf({ deploymentId, model, apiBase, provider }: DeploymentReport): LabelSet {
  return {
    litellm_model_name: model,
    model_id: deploymentId,
    api_base: apiBase ?? 'None',
    api_provider: provider,
  }
}
