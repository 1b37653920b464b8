import type { LimitSubject } from '../limiter.ts'
import type { Rate } from './subject-counters.ts'

/**
 * What one replica may hand out by itself while the others cannot be asked, as the last answer of Redis left it: its own
 * use at that moment, and its part of what was left to all. The parts of replicas that heard the same add up to no more
 * than the limit.
 */
export interface Share {
  /** Whose limits they were. */
  subject: LimitSubject
  /** When it was told, and when somebody last asked for the subject, milliseconds. */
  at: number
  usedAt: number
  /** Most requests and tokens of its own in any window. */
  readonly most: Record<Rate, number>
  /** What others had in the window. */
  readonly others: Record<Rate, number>
  /** Most calls of its own in flight. */
  parallel: number
  /** Most nano-dollars of its own: holds, and what was spent here since. */
  nanoUsd: number
  /** Nano-dollars spent here since. */
  spentNanoUsd: number
  /** End of the period these are of. */
  resetAt: number | undefined
  /** Nano-dollars that others held. */
  reservedElsewhere: number
}

export function emptyShare(subject: LimitSubject): Share {
  const none = { requests: 0, tokens: 0, input: 0, output: 0 }
  const any = { requests: Infinity, tokens: Infinity, input: Infinity, output: Infinity }
  return {
    ...{ subject, at: 0, usedAt: 0, most: any, others: none },
    ...{ parallel: Infinity, nanoUsd: 0, spentNanoUsd: 0, resetAt: undefined, reservedElsewhere: 0 },
  }
}

/** One replica's part of what is left to so many: at least one, so that a small limit is not nothing for everybody. */
export function partOf(left: number, replicas: number): number {
  return Math.max(1, Math.floor(left / replicas))
}
