import type { SubjectCounters } from '../counters/subject-counters.ts'

/** What Redis is told of one counter by a replica that was away. */
export interface RetoldCounter {
  readonly counters: SubjectCounters
  readonly held: { readonly parallel: number; readonly nanoUsd: number }
  /** Nano-dollars spent meanwhile. */
  readonly nanoUsd: number
  /** Requests, tokens, input and output that are still in the window. */
  readonly rates: readonly number[]
}

/** A counter as `RETELL` takes it. */
export function retoldWords({ counters: { budget }, held, nanoUsd, rates }: RetoldCounter): number[] {
  return [
    held.parallel,
    held.nanoUsd,
    ...rates.map(Math.ceil),
    nanoUsd,
    budget === undefined ? 0 : 1,
    budget?.spent ?? 0,
    budget?.resetAt ?? 0,
    budget?.setAt ?? 0,
  ]
}
