import { type CallRecord, SluiceError } from 'sluice/internal'
import type { LabelSet } from './exposition.ts'

/** Calls that share every label, added up. */
export interface CallSeries {
  readonly labels: LabelSet
  requests: number
  failures: number
  spendNanoUsd: number
  inputTokens: number
  outputTokens: number
  cachedTokens: number
  readonly latency: Histogram
  readonly apiLatency: Histogram
  readonly firstToken: Histogram
  readonly overhead: Histogram
}

/** Counts of observations between bounds, in seconds. */
export class Histogram {
  readonly counts: Float64Array
  sum = 0
  private readonly bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(seconds: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && seconds > (bounds[at] as number)) at++
    counts[at] = (counts[at] as number) + 1
    this.sum += seconds
  }

  add(other: Histogram): void {
    const { counts } = this
    for (let at = 0; at < counts.length; at++)
      counts[at] = (counts[at] as number) + (other.counts[at] as number)
    this.sum += other.sum
  }
}

/** What LiteLLM writes where it knows nothing. */
const NONE = 'None'

/** A name that led to no deployment is the caller's invention: a series for each would have no bound. */
function requestedModelOf({ deployment, requestedModel }: CallRecord): string {
  return deployment === undefined ? NONE : requestedModel
}

/** The text that calls of one series share. */
export function seriesKey(record: CallRecord): string {
  const { caller, deployment, error } = record
  const status = error instanceof SluiceError ? error.kind : record.status
  return `${caller?.keyHash}|${requestedModelOf(record)}|${deployment?.id}|${status}|${record.route}|${record.stream}`
}

/** Every label a per-call metric of LiteLLM may carry. */
export function seriesLabels(record: CallRecord): LabelSet {
  const { caller, deployment, error } = record
  const failed = error instanceof SluiceError ? error : undefined
  const status = String(failed?.status ?? (record.status === 'success' ? 200 : 500))
  const base = deployment?.apiBase ?? NONE
  return {
    end_user: NONE,
    hashed_api_key: caller?.keyHash ?? NONE,
    api_key_alias: caller?.keyAlias ?? NONE,
    team: caller?.teamId ?? NONE,
    team_alias: caller?.teamAlias ?? NONE,
    user: caller?.userId ?? NONE,
    user_email: caller?.userEmail ?? NONE,
    requested_model: requestedModelOf(record),
    model: deployment?.model ?? NONE,
    litellm_model_name: deployment?.model ?? NONE,
    model_group: deployment?.group ?? NONE,
    model_id: deployment?.id ?? NONE,
    api_base: base,
    api_provider: deployment?.provider ?? NONE,
    route: record.route ?? NONE,
    status_code: status,
    exception_status: status,
    exception_class: failed?.name ?? NONE,
    // A series per address or program would have no bound.
    client_ip: NONE,
    user_agent: NONE,
  }
}
