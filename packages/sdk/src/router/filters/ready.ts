import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { untilNextMinute } from '../load/minute-usage.ts'
import { ruleOut } from './rule-out.ts'

export interface ReadySettings {
  /** Deployments with a full `rpm` or `tpm` are left out. */
  readonly enforceRates: boolean
  readonly defaultMaxParallelRequests: number | undefined
}

/** Who may be asked right now. */
export interface Readiness {
  readonly ready: readonly Candidate[]
  /** Those who may, but serve as many calls as they can: a call may wait for them. */
  readonly full: readonly Candidate[]
}

/** Leaves out deployments that rest (where that is heeded), whose minute is used up, or that have no place free. */
export function readyNow(
  candidates: readonly Candidate[],
  { enforceRates, defaultMaxParallelRequests }: ReadySettings,
  heedRest: boolean,
  call: { readonly now: number; inputTokens(): number },
  visit: RouteVisit,
): Readiness {
  let left = candidates
  if (heedRest) left = ruleOut(left, 'circuit', candidate => resting(candidate, call.now), visit)
  if (enforceRates) left = ruleOut(left, 'rate', candidate => usedUp(candidate, call), visit)
  const isFull = (candidate: Candidate) => fullOf(candidate, defaultMaxParallelRequests)
  const ready = ruleOut(left, 'parallel', isFull, visit)
  return { ready, full: ready === left ? NOBODY : left.filter(candidate => isFull(candidate) !== undefined) }
}

const NOBODY: readonly Candidate[] = []

function resting({ state, credential }: Candidate, now: number): string | undefined {
  if (!state.circuit.admits(now)) return restOf('it', state.circuit, now)
  if (!credential.circuit.admits(now)) return restOf('its credential', credential.circuit, now)
  return undefined
}

function restOf(who: string, circuit: Candidate['state']['circuit'], now: number): string {
  if (circuit.phase(now) === 'half-open') return `${who} is being tried again after ${circuit.reason}`
  return `${who} rests for ${Math.ceil(circuit.waitMs(now))} ms after ${circuit.reason}`
}

function usedUp(
  { deployment: { rpm, tpm }, state }: Candidate,
  { now, inputTokens }: { readonly now: number; inputTokens(): number },
): string | undefined {
  if (rpm && state.usage.requests(now) >= rpm) return `its ${rpm} requests of this minute are used up`
  if (tpm && state.usage.tokens(now) + inputTokens() > tpm)
    return `its ${tpm} tokens of this minute are used up, or not enough for the prompt`
  return undefined
}

function fullOf({ deployment, state }: Candidate, byDefault: number | undefined): string | undefined {
  const most = deployment.maxParallelRequests ?? byDefault
  return most !== undefined && state.inFlight >= most ? `it serves ${most} calls already` : undefined
}

/** Milliseconds until one of the candidates may be asked again, as far as can be told. */
export function leastWait(candidates: readonly Candidate[], now: number): number {
  let least = Number.POSITIVE_INFINITY
  for (const { state, credential } of candidates) {
    const wait = Math.max(state.circuit.waitMs(now), credential.circuit.waitMs(now))
    least = Math.min(least, wait > 0 ? wait : untilNextMinute(now))
  }
  return Number.isFinite(least) ? least : 0
}
