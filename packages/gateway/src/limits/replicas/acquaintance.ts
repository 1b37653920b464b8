import type { SubjectCounters } from '../counters/subject-counters.ts'
import type { LimitSubject } from '../limiter.ts'
import { learnShare, type Verdict } from './counter-words.ts'

/** A counter nobody asked for in so long is not asked after any more. */
const IDLE_MS = 60_000
const STALE_MS = 900
const MOST_AT_ONCE = 200

/** The counters that are in use here, with this replica's share of each. As many as are kept in memory. */
export class Acquaintance {
  readonly #counters = new Set<SubjectCounters>()

  get counters(): Iterable<SubjectCounters> {
    return this.#counters
  }

  /** Takes in an answer to a call. */
  learn(
    subjects: readonly LimitSubject[],
    held: readonly SubjectCounters[],
    verdict: Verdict,
    now: number,
  ): void {
    for (let i = 0; i < held.length; i++) {
      const counters = held[i] as SubjectCounters
      learnShare(subjects[i] as LimitSubject, counters, verdict, i, now)
      if (counters.share !== undefined) counters.share.usedAt = now
      this.#counters.add(counters)
    }
  }

  /** Takes in what was looked up for `stale` ones. */
  refresh(
    subjects: readonly LimitSubject[],
    held: readonly SubjectCounters[],
    verdict: Verdict,
    now: number,
  ): void {
    held.forEach((counters, i) => {
      learnShare(subjects[i] as LimitSubject, counters, verdict, i, now)
    })
  }

  /** Those whose share is not fresh any more, the longest waiting first; forgets those nobody asks for. */
  stale(now: number): { readonly subjects: LimitSubject[]; readonly held: SubjectCounters[] } {
    const held: SubjectCounters[] = []
    const subjects: LimitSubject[] = []
    for (const counters of this.#counters) {
      const { share } = counters
      if (share === undefined || (now - share.usedAt > IDLE_MS && counters.parallel === 0)) {
        counters.share = undefined
        this.#counters.delete(counters)
      } else if (now - share.at > STALE_MS && held.length < MOST_AT_ONCE) {
        held.push(counters)
        subjects.push(share.subject)
      }
    }
    for (const counters of held) {
      this.#counters.delete(counters)
      this.#counters.add(counters)
    }
    return { subjects, held }
  }
}
