import type { BudgetHold } from '../budgets/budget-hold.ts'
import type { Candidate } from '../candidate.ts'
import { releasePlace } from './waiting.ts'

/** One attempt's place at a deployment, from its beginning to its last byte. Whatever happens, it is given back once. */
export class Ticket {
  readonly candidate: Candidate
  readonly startedAt: number
  /** It is the one request that shows whether a resting deployment is well again. */
  readonly isProbe: boolean
  /** What it holds of budgets. */
  readonly hold: BudgetHold | undefined
  private readonly probes: { endProbe(): void }[]
  private readonly reservedTokens: number
  private closed = false

  /** `holdsPlace`: the place was taken over from another call. */
  constructor(
    candidate: Candidate,
    now: number,
    reservedTokens: number,
    holdsPlace: boolean,
    hold?: BudgetHold,
  ) {
    this.candidate = candidate
    this.startedAt = now
    this.reservedTokens = reservedTokens
    this.hold = hold
    const { state, load, credential } = candidate
    if (!holdsPlace) load.inFlight++
    load.usage.addRequest(now)
    load.usage.addTokens(reservedTokens, now)
    state.failures.attempted(now)
    load.outcomes.attempts++
    this.probes = [state.circuit, credential.circuit].filter(circuit => circuit.beginProbe(now))
    this.isProbe = this.probes.length > 0
  }

  /** It is known whether the deployment answers; the next probe may begin. */
  answered(): void {
    for (const circuit of this.probes.splice(0)) circuit.endProbe()
  }

  /** The end of it. `tokens`: what it took; what was reserved when nobody knows. */
  close(now: number, tokens: number | undefined): void {
    if (this.closed) return
    this.closed = true
    this.answered()
    // What was to be charged was settled before; whatever ends here otherwise cost nothing.
    this.hold?.settle(0)
    if (tokens !== undefined) this.candidate.load.usage.addTokens(tokens - this.reservedTokens, now)
    releasePlace(this.candidate)
  }
}
