import type { SluiceError } from '../errors.ts'
import type { RouteVisit } from '../types/route-receipt.ts'
import type { CallAffinity } from './affinity/call-affinity.ts'
import {
  budgetRefusal,
  fitsBudgets,
  noteHeld,
  type SpendingCall,
  withinBudgets,
} from './budgets/within-budgets.ts'
import type { Candidate } from './candidate.ts'
import { type Awake, isAwake, readAwake } from './circuit/awake.ts'
import { lowestOrder } from './filters/order.ts'
import {
  fitsRates,
  leastWait,
  noteResting,
  type ReadyCall,
  type ReadySettings,
  withinRates,
  withPlace,
} from './filters/ready.ts'
import { nobodyReady } from './filters/refusal.ts'
import { type HealthRouting, leaveOutIll } from './health/leave-out-ill.ts'
import type { Pool } from './pools.ts'
import { sample } from './strategies/sample.ts'
import type { PickContext, RoutingStrategy } from './strategies/strategy.ts'
import { undrained } from './weights/undrained.ts'

/** What the choice for one attempt depends on. */
export interface Choosing extends ReadyCall, PickContext {
  readonly pool: Pool
  /** Deployments of the pool that can serve the call; never empty. */
  readonly able: readonly Candidate[]
  readonly strategy: RoutingStrategy
  readonly ready: ReadySettings
  readonly preCallChecks: boolean
  /** Set where health checks drive the choice. */
  readonly health?: HealthRouting | undefined
  /** The call may be tried elsewhere should this attempt fail: a probe may be risked. */
  readonly maySpare: boolean
  /** There is no other way to answer: a deployment that rests is asked all the same. */
  isOnlyWay(): boolean
  readonly visit: RouteVisit
  /** What keeps the call where calls like it went before. */
  readonly affinity?: CallAffinity | undefined
  /** What budgets make of the call; absent where there are none, or the call is free. */
  readonly spending?: SpendingCall | undefined
  random(): number
}

export type Choice =
  | { readonly kind: 'chosen'; readonly candidate: Candidate }
  /** All that may be asked are at their limit of parallel calls. */
  | { readonly kind: 'full'; readonly candidates: readonly Candidate[] }
  /** Milliseconds until one may be asked again, and the error that says so. */
  | { readonly kind: 'nobody'; readonly waitMs: number; readonly error: SluiceError }

/** Rules out who cannot be asked now, and takes one of the others. */
export function choose(choosing: Choosing): Choice {
  const { able, pool, health, now, visit } = choosing
  const heedRest = heedsRest(choosing)
  const awake = able === pool.candidates ? pool.awake.read(now) : readAwake(able, now)
  if (heedRest && awake.resting.length > 0) noteResting(awake.resting, now, visit)
  const wanted = undrained(heedRest ? awake.ready : able)
  const well = health ? leaveOutIll(wanted, health, now, visit) : wanted
  const { ready, full } = readyNow(well, choosing)
  if (full.length > 0) return { kind: 'full', candidates: full }
  if (ready.length === 0) return nobody(choosing)
  return payable(ready, awake, choosing) ?? nobody(choosing)
}

/** While a call waited for its place, others may have made the deployment rest, or used its minute or a budget up. */
export function stillReady(candidate: Candidate, choosing: Choosing, now: number): boolean {
  const { ready, spending, inputTokens } = choosing
  if (heedsRest(choosing) && !isAwake(candidate, now)) return false
  if (ready.enforceRates && !fitsRates(candidate, { now, inputTokens })) return false
  return spending === undefined || fitsBudgets(candidate, { ...spending, now })
}

/** A lone deployment without fallbacks is never kept resting: its own answer is the truth. Its limits still hold. */
function heedsRest({ able, isOnlyWay }: Choosing): boolean {
  return able.length > 1 || !isOnlyWay()
}

/** Of those ready, the one to take. Its worst case is looked at when it was picked: to know all of them costs more than choosing. */
function payable(ready: readonly Candidate[], awake: Awake, choosing: Choosing): Choice | undefined {
  const { spending, visit } = choosing
  for (let left = ready; left.length > 0; ) {
    const candidate = take(left, awake, choosing)
    if (!spending || fitsBudgets(candidate, spending)) return { kind: 'chosen', candidate }
    noteHeld(candidate, spending, visit)
    left = left.filter(other => other !== candidate)
  }
  return undefined
}

/** Prefers who was not tried, keeps to `order` and affinity, and lets the strategy pick. */
function take(ready: readonly Candidate[], awake: Awake, choosing: Choosing): Candidate {
  const { able, pool, tried, affinity, stream, now } = choosing
  const untried = tried.size === 0 ? ready : ready.filter(candidate => !tried.has(candidate))
  const left = untried.length > 0 ? untried : ready
  const level = pool.hasOrder ? lowestOrder(left) : left
  if (affinity === undefined) return pick(level, awake, choosing)
  const preferring = { able, ready, level, tried, stream, now, pick: () => pick(level, awake, choosing) }
  return affinity.choose(preferring)
}

/** Whom the call may wait for: those whose budgets have room. Where none has, time alone does not help. */
function nobody({ able, group, spending, preCallChecks, now, visit }: Choosing): Choice {
  const solvent = spending ? able.filter(candidate => fitsBudgets(candidate, spending)) : able
  if (spending && solvent.length === 0) {
    const error = budgetRefusal(group, able, spending)
    return { kind: 'nobody', waitMs: error.retryAfterMs ?? Number.POSITIVE_INFINITY, error }
  }
  const waitMs = leastWait(solvent, now)
  return { kind: 'nobody', waitMs, error: nobodyReady(group, waitMs, preCallChecks, visit) }
}

/** The only one, one that is due to be tried again, or the strategy's. */
function pick(level: readonly Candidate[], { due }: Awake, choosing: Choosing): Candidate {
  if (level.length === 1) return level[0] as Candidate
  if (choosing.maySpare && due && level.includes(due)) return due
  return choosing.strategy.pick(level, choosing)
}

/** Of those awake, who has room for the call. Of very many, a part is looked at first where a look has a price. */
function readyNow(awake: readonly Candidate[], choosing: Choosing) {
  const { pool, ready: settings, strategy, random, visit, spending } = choosing
  const isRated = settings.enforceRates && pool.hasRates
  const isCapped = pool.hasCaps || settings.defaultMaxParallelRequests !== undefined
  const room = (candidates: readonly Candidate[]) => {
    const rated = isRated ? withinRates(candidates, choosing, visit) : candidates
    const within = spending ? withinBudgets(rated, spending, visit) : rated
    if (!isCapped || within.length === 0) return { ready: within, full: NOBODY }
    const { free, full } = withPlace(within, settings.defaultMaxParallelRequests, visit)
    return { ready: free, full }
  }
  const few =
    !pool.hasOrder && (strategy.comparesAll || isRated || isCapped || spending)
      ? sample(awake, random)
      : awake
  const found = room(few === awake ? few : withPreferred(few, awake, choosing))
  return found.ready.length > 0 || few === awake ? found : room(awake)
}

/** A part of very many, with those the call would rather go to. */
function withPreferred(few: readonly Candidate[], all: readonly Candidate[], { affinity, now }: Choosing) {
  const preferred = affinity?.preferred(all, now).filter(candidate => !few.includes(candidate)) ?? NOBODY
  return preferred.length === 0 ? few : [...few, ...preferred]
}

const NOBODY: readonly Candidate[] = []
