import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { untilNextMinute } from '../load/minute-usage.ts'
import { noteRuledOut, ruleOut } from './rule-out.ts'

export interface ReadySettings {
  /** Deployments with a full `rpm` or `tpm` are left out. */
  readonly enforceRates: boolean
  readonly defaultMaxParallelRequests: number | undefined
}

/** What the call is to those it may be given to. */
export interface ReadyCall {
  readonly now: number
  inputTokens(): number
}

/** Puts deployments that rest on the receipt, each with its reason. */
export function noteResting(resting: readonly Candidate[], now: number, visit: RouteVisit): void {
  for (const candidate of resting) noteRuledOut(candidate, 'circuit', () => reasonOf(candidate, now), visit)
}

/** Leaves out deployments whose minute is used up. */
export function withinRates(
  candidates: readonly Candidate[],
  call: ReadyCall,
  visit: RouteVisit,
): readonly Candidate[] {
  return ruleOut(candidates, 'rate', candidate => usedUp(candidate, call), visit)
}

/** True while the call fits into the deployment's minute. */
export function fitsRates(candidate: Candidate, call: ReadyCall): boolean {
  return usedUp(candidate, call) === undefined
}

/** Those with a place free, and those that serve as many calls as they may: a call can wait for them. */
export function withPlace(
  candidates: readonly Candidate[],
  byDefault: number | undefined,
  visit: RouteVisit,
): { readonly free: readonly Candidate[]; readonly full: readonly Candidate[] } {
  const free = ruleOut(candidates, 'parallel', candidate => fullOf(candidate, byDefault), visit)
  return { free, full: free.length === 0 ? candidates : NOBODY }
}

const NOBODY: readonly Candidate[] = []

function reasonOf({ state, credential }: Candidate, now: number): string {
  if (!state.circuit.admits(now)) return restOf('it', state.circuit, now)
  return restOf('its credential', credential.circuit, now)
}

function restOf(who: string, circuit: Candidate['state']['circuit'], now: number): string {
  if (circuit.phase(now) === 'half-open') return `${who} is being tried again after ${circuit.reason}`
  return `${who} rests for ${Math.ceil(circuit.waitMs(now))} ms after ${circuit.reason}`
}

function usedUp({ deployment, load }: Candidate, call: ReadyCall): string | undefined {
  const { rpm, tpm } = deployment
  if (rpm && load.usage.requests(call.now) >= rpm) return `its ${rpm} requests of this minute are used up`
  if (tpm && load.usage.tokens(call.now) + call.inputTokens() > tpm)
    return `its ${tpm} tokens of this minute are used up, or not enough for the prompt`
  return undefined
}

function fullOf({ deployment, load }: Candidate, byDefault: number | undefined): string | undefined {
  const most = deployment.maxParallelRequests ?? byDefault
  return most !== undefined && load.inFlight >= most ? `it serves ${most} calls already` : undefined
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
