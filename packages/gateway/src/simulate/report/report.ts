import type { Deployment } from 'sluice/internal'
import type { LatencyHistogram } from './latency-histogram.ts'
import type { AnsweredBy, CallSums, Tally } from './tally.ts'

/** What `sluice simulate --json` prints. Money is US dollars, time milliseconds. */
export interface SimulationReport {
  readonly log: {
    readonly rows: number
    /** Calls that were replayed. */
    readonly calls: number
    /** ISO 8601. */
    readonly from: string
    readonly to: string
    readonly unreadable: number
    readonly problems: readonly { readonly line: number; readonly problem: string }[]
    /**
     * Rows that no router had a part in: answered from a cache, refused before routing, given up by the client, and
     * those of other things than models.
     */
    readonly left_out: {
      readonly cached: number
      readonly refused: number
      readonly client_left: number
      readonly foreign: number
    }
  }
  readonly seed: number
  /** What the log says, the baseline's simulation if one was asked for, and the new configuration's. */
  readonly recorded: Column
  readonly baseline?: Column
  readonly simulated: Column
  readonly assumptions: readonly string[]
  readonly not_modelled: readonly string[]
}

export interface Column {
  readonly name: string
  readonly total: Figures
  readonly groups: Readonly<Record<string, Figures>>
  /** Answers by deployment. */
  readonly deployments: Readonly<Record<string, number>>
  /** Failures by class of error. */
  readonly failures: Readonly<Record<string, number>>
}

export interface Figures {
  readonly calls: number
  readonly answered: number
  /** 0 to 1. */
  readonly success_rate: number
  /** Of calls whose price is known. */
  readonly cost_usd: number
  readonly cost_per_answer_usd: number | null
  readonly unknown_cost_calls: number
  /** What failed, retried and hedged attempts cost; null where it is not known. */
  readonly wasted_cost_usd: number | null
  readonly latency_ms: Percentiles | null
  readonly first_token_ms: Percentiles | null
  readonly attempts_per_call: number
  readonly calls_with_fallback: number
  readonly rate_limited: number
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** A column of a tally. `nameOf`: what a deployment is called. `wastes`: what attempts cost is known apart. */
export function columnOf(
  name: string,
  tally: Tally,
  nameOf: (by: AnsweredBy) => string,
  wastes: boolean,
): Column {
  const deployments = new Map<string, number>()
  for (const { by, count } of tally.answers.values()) {
    const called = nameOf(by)
    deployments.set(called, (deployments.get(called) ?? 0) + count)
  }
  return {
    name,
    total: figuresOf(tally.all, wastes),
    groups: Object.fromEntries([...tally.groups].map(([group, sums]) => [group, figuresOf(sums, wastes)])),
    deployments: Object.fromEntries(deployments),
    failures: Object.fromEntries(tally.failures),
  }
}

function figuresOf(sums: CallSums, wastes: boolean): Figures {
  const { calls, answered } = sums
  return {
    calls,
    answered,
    success_rate: calls === 0 ? 0 : answered / calls,
    cost_usd: rounded(sums.costUsd),
    cost_per_answer_usd: answered === 0 ? null : rounded(sums.costUsd / answered),
    unknown_cost_calls: sums.unknownCosts,
    wasted_cost_usd: wastes ? rounded(sums.wastedUsd) : null,
    latency_ms: percentilesOf(sums.latency),
    first_token_ms: percentilesOf(sums.first),
    attempts_per_call: calls === 0 ? 0 : sums.attempts / calls,
    calls_with_fallback: sums.fallbacks,
    rate_limited: sums.rateLimited,
  }
}

function percentilesOf(histogram: LatencyHistogram): Percentiles | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(share => histogram.percentile(share))
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 }
}

/** To a billionth of a dollar: what sums of fractions leave behind is not money. */
function rounded(usd: number): number {
  return Math.round(usd * 1e9) / 1e9
}

const SHORT_ID = 8
const LONG_ID = 24

/**
 * What deployments are called in the report: provider and model, and the beginning of the id where that is not enough. A
 * deployment of the log whose id is not configured any more is the configured one of its model, if there is just one.
 */
export function deploymentNames(configured: readonly Deployment[]): (by: AnsweredBy) => string {
  const called = (provider: string, model: string) => (provider === '' ? model : `${provider}/${model}`)
  const ids = new Map(configured.map(deployment => [deployment.id, deployment]))
  const counts = new Map<string, number>()
  for (const { provider, model } of ids.values()) {
    const name = called(provider, model)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return ({ id, provider, model }) => {
    const name = called(provider, model)
    const count = counts.get(name) ?? 0
    if (id === '' || count === 1 || (count === 0 && ids.has(id))) return name
    return `${name} ${id.length > LONG_ID ? id.slice(0, SHORT_ID) : id}`
  }
}
