import type { Candidate } from './candidate.ts'

/** What the router knows of one deployment right now, for an endpoint and metrics. */
export interface DeploymentReport {
  readonly deploymentId: string
  readonly group: string
  readonly provider: string
  readonly model: string
  readonly apiBase: string | undefined
  /** `open`: it rests. `half-open`: the next request shows whether it is well again. */
  readonly circuit: 'closed' | 'open' | 'half-open'
  /** The name of the error that opened it; of the credential's circuit when that is what keeps it out. */
  readonly reason?: string | undefined
  /** It rests because of its credential. */
  readonly credential: boolean
  /** Milliseconds until it may be asked again. */
  readonly restMs: number
  /** It failed within the last minute or so. */
  readonly failing: boolean
  /** How often it, or its credential, was left alone, by the name of the error. */
  readonly openings: ReadonlyMap<string, number>
  readonly inFlight: number
  readonly waiting: number
  /** Of this minute. */
  readonly requests: number
  readonly tokens: number
}

export function reportOf({ deployment, state, load, credential }: Candidate, now: number): DeploymentReport {
  const byCredential = credential.circuit.phase(now) !== 'closed'
  const circuit = byCredential ? credential.circuit : state.circuit
  const phase = circuit.phase(now)
  return {
    deploymentId: deployment.id,
    group: deployment.group,
    provider: deployment.provider,
    model: deployment.model,
    apiBase: deployment.apiBase && withoutQuery(deployment.apiBase),
    circuit: phase,
    reason: phase === 'closed' ? undefined : circuit.reason,
    credential: byCredential,
    restMs: circuit.waitMs(now),
    failing: state.failures.isFailing(now),
    openings: together(state.circuit.openings, credential.circuit.openings),
    inFlight: load.inFlight,
    waiting: load.waiting.length,
    requests: load.usage.requests(now),
    tokens: load.usage.tokens(now),
  }
}

function together(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sum = new Map(first)
  for (const [reason, count] of second) sum.set(reason, (sum.get(reason) ?? 0) + count)
  return sum
}

/** A query may carry a key. */
function withoutQuery(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? url : url.slice(0, at)
}
