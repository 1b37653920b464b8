import { createError, type SluiceError } from '../../errors.ts'
import type { RouteVisit } from '../../types/route-receipt.ts'
import type { Candidate } from '../candidate.ts'
import { noteRuledOut, ruleOut } from '../filters/rule-out.ts'
import type { BudgetState } from './budget-state.ts'

/** The code of a refusal because every deployment's budget, or its provider's, is used up: a group elsewhere may have one. */
export const NO_BUDGET_LEFT = 'no_budget_left'

/** What calls under way hold may be given back at any time. */
const HELD_WAIT_MS = 1_000

/** What budgets make of a call. */
export interface SpendingCall {
  readonly now: number
  /** Nano-dollars; undefined when the price is unknown. */
  worstCase(candidate: Candidate): number | undefined
}

/** Leaves out deployments whose own budget, or whose provider's, has no room for any call: whether this one fits is dearer to know. */
export function withinBudgets(
  candidates: readonly Candidate[],
  call: SpendingCall,
  visit: RouteVisit,
): readonly Candidate[] {
  const anyCall = { ...call, worstCase: () => 0 }
  return ruleOut(
    candidates,
    'budget',
    candidate => (hasRoom(candidate, call.now) ? undefined : usedUp(candidate, anyCall)),
    visit,
  )
}

function hasRoom({ budgets }: Candidate, now: number): boolean {
  for (const budget of budgets) if (!budget.hasRoom(now)) return false
  return true
}

/** Puts on the receipt that the call does not fit into a budget of a deployment that was picked. */
export function noteHeld(candidate: Candidate, call: SpendingCall, visit: RouteVisit): void {
  noteRuledOut(candidate, 'budget', () => usedUp(candidate, call) ?? '', visit)
}

/** True while the call fits into every budget of the deployment. */
export function fitsBudgets(candidate: Candidate, call: SpendingCall): boolean {
  return usedUp(candidate, call) === undefined
}

/** The error when budgets alone left nobody: which, and until when. It goes on to fallbacks. */
export function budgetRefusal(
  group: string,
  candidates: readonly Candidate[],
  call: SpendingCall,
): SluiceError {
  const told = new Set<string>()
  let waitMs = Number.POSITIVE_INFINITY
  let isHeld = false
  for (const candidate of candidates) {
    const blocking = blockingOf(candidate, call)
    if (blocking === undefined) continue
    told.add(reasonOf(blocking.budget, blocking.isHeld))
    isHeld ||= blocking.isHeld
    waitMs = Math.min(waitMs, waitOf(blocking, call.now))
  }
  return createError({
    kind: 'budget',
    message: `No deployment of ${group} has a budget left: ${[...told].slice(0, MOST_TOLD).join('; ')}.`,
    code: NO_BUDGET_LEFT,
    retryable: isHeld,
    ...(Number.isFinite(waitMs) && { retryAfterMs: waitMs }),
  })
}

const MOST_TOLD = 20

interface Blocking {
  readonly budget: BudgetState
  readonly isHeld: boolean
}

function blockingOf(candidate: Candidate, call: SpendingCall): Blocking | undefined {
  for (const budget of candidate.budgets) {
    const verdict = budget.check(call.now, () => call.worstCase(candidate))
    if (verdict !== 'fits') return { budget, isHeld: verdict === 'held' }
  }
  return undefined
}

function usedUp(candidate: Candidate, call: SpendingCall): string | undefined {
  if (candidate.budgets.length === 0) return undefined
  const blocking = blockingOf(candidate, call)
  return blocking && reasonOf(blocking.budget, blocking.isHeld)
}

function waitOf({ budget, isHeld }: Blocking, now: number): number {
  if (isHeld) return HELD_WAIT_MS
  return budget.resetAt === undefined ? Number.POSITIVE_INFINITY : Math.max(1, budget.resetAt - now)
}

function reasonOf(budget: BudgetState, isHeld: boolean): string {
  const { kind, id, spent, reserved, maxNanoUsd, resetAt } = budget
  const held = isHeld ? `, and calls under way hold ${usd(reserved)} more` : ''
  const reset =
    resetAt === undefined ? 'it does not reset' : `it resets at ${new Date(resetAt).toISOString()}`
  return `the budget of ${kind} ${id} is used up: ${usd(spent)} of ${usd(maxNanoUsd)}${held}; ${reset}`
}

function usd(nano: number): string {
  return `$${Number((nano / 1e9).toPrecision(6))}`
}
