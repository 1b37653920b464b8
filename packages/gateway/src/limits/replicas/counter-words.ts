import { limitOf } from '../check-claim.ts'
import { maxOf } from '../counters/max-of.ts'
import { emptyShare } from '../counters/share.ts'
import { RATES, type SubjectCounters } from '../counters/subject-counters.ts'
import type { TokenAmounts } from '../counters/token-amounts.ts'
import type { LimitSubject } from '../limiter.ts'

/** What the database says counts against what Redis says once it is known for so long: by then it was told, or is lost. */
const CONFIRMED_MS = 5_000
const MOST = Number.MAX_SAFE_INTEGER
/** Numbers per counter in an answer of `RESERVE`, and before the first. */
const PER_COUNTER = 8
const HEAD = 6

/** A counter as `RESERVE` takes it; -1 where there is no such limit. */
export function askWords(
  subject: LimitSubject,
  { budget }: SubjectCounters,
  asked: TokenAmounts,
  now: number,
): number[] {
  const { rpm, tpm, inputTpm, outputTpm, maxParallelRequests, strictFrom } = subject
  const words = [rpm, tpm, inputTpm, outputTpm, maxParallelRequests].map(limit => limit ?? -1)
  words.push(Math.ceil(asked.tokens), Math.ceil(asked.input), Math.ceil(asked.output))
  if (budget === undefined || subject.budget === undefined) words.push(-1, 0, 0, 0, -1)
  else {
    const max = Math.min(maxOf(subject.budget, now), MOST)
    const told = budget.toldFor(CONFIRMED_MS, now) ?? -1
    words.push(max, budget.spent, budget.resetAt ?? 0, budget.setAt ?? 0, told)
  }
  words.push(strictFrom ?? -1)
  return words
}

/** What `RESERVE` answers. */
export interface Verdict {
  readonly granted: boolean
  /** Index of the counter that refused, which of its limits, and how long to wait (-1: nobody knows). */
  readonly counter: number
  readonly limit: number
  readonly waitMs: number
  readonly replicas: number
  /** Redis's clock, seconds. */
  readonly second: number
  readonly words: readonly number[]
}

/** Undefined where Redis does not know this replica. */
export function readVerdict(reply: unknown): Verdict | undefined {
  const words = reply as readonly number[]
  const [granted = -1, counter = 0, limit = 0, waitMs = 0, replicas = 1, second = 0] = words
  if (granted < 0) return undefined
  return { granted: granted === 1, counter: counter - 1, limit, waitMs, replicas, second, words }
}

/**
 * Takes in what all replicas together have used of a counter, and what may be handed out alone from now on. Own counters
 * hold what the answer counts of this replica, or less.
 */
export function learnShare(
  subject: LimitSubject,
  counters: SubjectCounters,
  { words, replicas }: Verdict,
  index: number,
  now: number,
): void {
  const share = (counters.share ??= emptyShare(subject))
  const second = Math.floor(now / 1000)
  const at = HEAD + index * PER_COUNTER
  const word = (offset: number) => words[at + offset] ?? 0
  const part = (left: number) => Math.max(0, Math.floor(left / replicas))
  share.subject = subject
  share.at = now
  for (let i = 0; i < RATES.length; i++) {
    const rate = RATES[i] as (typeof RATES)[number]
    const limit = limitOf(subject, rate)
    if (limit === Infinity) continue
    const own = counters[rate]?.used(second) ?? 0
    share.others[rate] = Math.max(0, word(i) - own)
    share.most[rate] = Math.max(1, own + part(limit - word(i)))
  }
  share.parallel = Math.max(1, counters.parallel + part((subject.maxParallelRequests ?? Infinity) - word(4)))
  const { budget } = counters
  if (budget === undefined || subject.budget === undefined) return
  const max = maxOf(subject.budget, now)
  const resetAt = word(7) === 0 ? undefined : word(7)
  budget.learnTotal(word(5), resetAt)
  share.resetAt = budget.resetAt
  share.spentNanoUsd = 0
  share.reservedElsewhere = Math.max(0, word(6) - budget.reserved)
  share.nanoUsd = budget.reserved + part(max - word(5) - word(6))
}
