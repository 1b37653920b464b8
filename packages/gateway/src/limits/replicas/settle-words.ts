import type { LimitSubject } from '../limiter.ts'
import type { Hold } from '../memory-reservation.ts'
import type { Outcome } from './shared-reservation.ts'

/** A counter as `SETTLE` takes it. `requests`: to add to its window, negative to give back. */
export function settleWords(
  { maxParallelRequests, rpm, budget: limit }: LimitSubject,
  { taken, tokens, input, output, budget }: Hold,
  { used, nanoUsd }: Outcome,
  worstNanoUsd: number,
  requests: number,
): number[] {
  const hasBudget = budget !== undefined && limit !== undefined
  const excess = (rate: 'tokens' | 'input' | 'output') =>
    used === undefined ? 0 : Math.ceil(used[rate]) - Math.ceil(taken[rate])
  return [
    maxParallelRequests === undefined ? 0 : 1,
    hasBudget ? worstNanoUsd : 0,
    rpm === undefined ? 0 : requests,
    tokens === undefined ? 0 : excess('tokens'),
    input === undefined ? 0 : excess('input'),
    output === undefined ? 0 : excess('output'),
    hasBudget ? 1 : 0,
    // What was spent before this call.
    hasBudget ? Math.max(0, budget.spent - nanoUsd) : 0,
    budget?.resetAt ?? 0,
    budget?.setAt ?? 0,
  ]
}
