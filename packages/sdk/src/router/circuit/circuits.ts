import type { ErrorKind, SluiceError } from '../../errors.ts'
import type { Candidate } from '../candidate.ts'
import { errorClassOf, type PerErrorClass } from '../error-class.ts'

export interface CircuitSettings {
  /** Failures within a minute that are forgiven. */
  readonly allowedFails: number
  /** The same by class of error; a class named here is counted by itself, and opens nothing at once. */
  readonly allowedFailsPolicy?: PerErrorClass | undefined
  /** Milliseconds a deployment rests. */
  readonly cooldownMs: number
  readonly disableCooldowns: boolean
}

/** Failures that say "not this deployment, not now" at once. */
const AT_ONCE: ReadonlySet<ErrorKind> = new Set(['rate_limit', 'not_found', 'permission', 'timeout'])
/** Failures of the credential, whichever deployment met them. */
const OF_CREDENTIAL: ReadonlySet<ErrorKind> = new Set(['authentication', 'insufficient_quota'])
/** Below this share of failed attempts, failures are the weather of a busy deployment. */
const FAILING_SHARE = 0.1
/** A provider that asks to be left alone for longer is asked again after this. */
const LONGEST_ASKED_MS = 3_600_000

/** What happened, and to a call begun when. */
export interface Failure {
  readonly error: SluiceError
  readonly startedAt: number
  readonly now: number
  /** The caller left less time than the operator does. */
  readonly callersHaste?: boolean | undefined
}

/** Decides which failures open whose circuit, and which answers close it. */
export class Circuits {
  private readonly settings: CircuitSettings

  constructor(settings: CircuitSettings) {
    this.settings = settings
  }

  succeeded({ state, credential }: Candidate, startedAt: number, now: number): void {
    state.circuit.close(startedAt, now)
    credential.circuit.close(startedAt, now)
  }

  failed(candidate: Candidate, failure: Failure): void {
    const { error, now, startedAt } = failure
    const { deployment, state, credential } = candidate
    if (this.settings.disableCooldowns || error.kind === 'aborted') return
    if (error.kind === 'timeout' && failure.callersHaste) return
    const restMs = this.restOf(candidate, error)
    if (restMs <= 0) return
    const open = ({ circuit }: Candidate['state' | 'credential']) =>
      circuit.open(restMs, error.name, startedAt, now)
    const allowed = this.allowedOf(error)
    if (allowed !== undefined) {
      if (state.failures.failed(errorClassOf(error.kind), now) > allowed) open(state)
    } else if (OF_CREDENTIAL.has(error.kind)) open(credential)
    else if (error.kind === 'permission' && isSecondDenial(candidate)) open(credential)
    else if (AT_ONCE.has(error.kind)) open(state)
    else if (error.retryable) this.count(candidate, open, now)
    if (error.kind === 'permission') credential.deniedAt = deployment.id
    // While a probe is due, any failure that counts is its answer.
    if (error.retryable && state.circuit.phase(now) === 'half-open') open(state)
  }

  private count({ state }: Candidate, open: (state: Candidate['state']) => void, now: number): void {
    const failures = state.failures.failed(undefined, now)
    if (failures <= this.settings.allowedFails || state.failures.share() < FAILING_SHARE) return
    state.failures.reset()
    open(state)
  }

  private allowedOf(error: SluiceError): number | undefined {
    const errorClass = errorClassOf(error.kind)
    return errorClass && this.settings.allowedFailsPolicy?.get(errorClass)
  }

  /** The deployment's own time, else what the provider asked, else the router's. */
  private restOf({ deployment }: Candidate, error: SluiceError): number {
    if (deployment.cooldownMs !== undefined) return deployment.cooldownMs
    if (error.retryAfterMs !== undefined) return Math.min(error.retryAfterMs, LONGEST_ASKED_MS)
    return this.settings.cooldownMs
  }
}

/** A 403 may be about one model; from two deployments it is about the credential they share. */
function isSecondDenial({ deployment, credential }: Candidate): boolean {
  return credential.deniedAt !== undefined && credential.deniedAt !== deployment.id
}
