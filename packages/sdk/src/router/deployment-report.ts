import type { Candidate } from './candidate.ts'

/** What the router knows of one deployment right now, for an endpoint and metrics. */
export interface DeploymentReport {
  readonly deploymentId: string
  readonly group: string
  readonly provider: string
  readonly model: string
  /** `open`: it rests. `half-open`: the next request shows whether it is well again. */
  readonly circuit: 'closed' | 'open' | 'half-open'
  /** The name of the error that opened it; of the credential's circuit when that is what keeps it out. */
  readonly reason?: string | undefined
  /** It rests because of its credential. */
  readonly credential: boolean
  /** Milliseconds until it may be asked again. */
  readonly restMs: number
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
    circuit: phase,
    reason: phase === 'closed' ? undefined : circuit.reason,
    credential: byCredential,
    restMs: circuit.waitMs(now),
    inFlight: load.inFlight,
    waiting: load.waiting.length,
    requests: load.usage.requests(now),
    tokens: load.usage.tokens(now),
  }
}
