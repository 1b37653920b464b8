import type { SluiceError } from '../errors.ts'
import type { RouteVisit } from '../types/route-receipt.ts'
import type { Candidate } from './candidate.ts'
import { lowestOrder } from './filters/order.ts'
import { leastWait, type ReadySettings, readyNow } from './filters/ready.ts'
import { nobodyReady } from './filters/refusal.ts'
import type { RoutingStrategy } from './strategies/strategy.ts'

/** What the choice for one attempt depends on. */
export interface Choosing {
  readonly group: string
  /** Deployments that can serve the call; never empty. */
  readonly able: readonly Candidate[]
  /** Those that failed in this call. */
  readonly tried: ReadonlySet<Candidate>
  readonly strategy: RoutingStrategy
  readonly ready: ReadySettings
  readonly preCallChecks: boolean
  readonly stream: boolean
  /** The call may be tried elsewhere should this attempt fail: a probe may be risked. */
  readonly maySpare: boolean
  /** There is no other way to answer: a deployment that rests is asked all the same. */
  isOnlyWay(): boolean
  readonly now: number
  readonly visit: RouteVisit
  inputTokens(): number
}

export type Choice =
  | { readonly kind: 'chosen'; readonly candidate: Candidate }
  /** All that may be asked are at their limit of parallel calls. */
  | { readonly kind: 'full'; readonly candidates: readonly Candidate[] }
  /** Milliseconds until one may be asked again, and the error that says so. */
  | { readonly kind: 'nobody'; readonly waitMs: number; readonly error: SluiceError }

/** Rules out who cannot be asked now, prefers who was not tried, keeps to `order`, and lets the strategy pick. */
export function choose(choosing: Choosing): Choice {
  const { able, tried, strategy, now, stream, visit } = choosing
  // A lone deployment without fallbacks is never kept resting: its own answer is the truth. Its limits still hold.
  const heedRest = able.length > 1 || !choosing.isOnlyWay()
  const { ready, full } = readyNow(able, choosing.ready, heedRest, choosing, visit)
  if (ready.length === 0) {
    if (full.length > 0) return { kind: 'full', candidates: full }
    const waitMs = leastWait(able, now)
    return {
      kind: 'nobody',
      waitMs,
      error: nobodyReady(choosing.group, waitMs, choosing.preCallChecks, visit),
    }
  }
  const untried = tried.size === 0 ? ready : ready.filter(candidate => !tried.has(candidate))
  const level = lowestOrder(untried.length > 0 ? untried : ready)
  if (level.length === 1) return { kind: 'chosen', candidate: level[0] as Candidate }
  const due = choosing.maySpare ? level.find(candidate => isProbeDue(candidate, now)) : undefined
  return { kind: 'chosen', candidate: due ?? strategy.pick(level, { now, stream }) }
}

function isProbeDue({ state, credential }: Candidate, now: number): boolean {
  return state.circuit.phase(now) === 'half-open' || credential.circuit.phase(now) === 'half-open'
}
