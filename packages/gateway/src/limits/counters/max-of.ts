import type { BudgetLimit } from '../limiter.ts'

/** Nano-dollars that may be spent at this moment. */
export function maxOf({ maxNanoUsd, extraNanoUsd = 0, extraUntil = 0 }: BudgetLimit, now: number): number {
  return now < extraUntil ? maxNanoUsd + extraNanoUsd : maxNanoUsd
}
