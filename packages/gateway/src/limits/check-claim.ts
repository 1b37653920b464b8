import type { BudgetVerdict } from 'sluice/internal'
import type { BudgetCounter } from './counters/budget-counter.ts'
import { maxOf } from './counters/max-of.ts'
import { emptyShare, partOf, type Share } from './counters/share.ts'
import { RATES, type Rate, type SubjectCounters } from './counters/subject-counters.ts'
import { tokensOf, tokensToTake } from './counters/token-amounts.ts'
import { budgetError, type LimitType, rateLimitError } from './limit-errors.ts'
import { limitHeaders } from './limit-headers.ts'
import type { Claim, LimitSubject } from './limiter.ts'

/** Decides by one replica's share of each limit: how many replicas there are. */
export interface Alone {
  readonly replicas: number
}

/**
 * Throws the refusal of the first limit that the claim does not fit into, and takes nothing. `held` are the counters of
 * its subjects, prepared. `alone`: others count on the same limits and cannot be asked.
 */
export function checkClaim(claim: Claim, held: readonly SubjectCounters[], alone?: Alone): void {
  checkBudgets(claim, held, alone)
  checkRates(claim, held, alone)
}

/** A model whose price is known to be 0 passes every budget, as in LiteLLM. */
function checkBudgets(claim: Claim, held: readonly SubjectCounters[], alone: Alone | undefined): void {
  if (claim.nanoUsd === 0) return
  for (let i = 0; i < held.length; i++) {
    const subject = claim.subjects[i] as LimitSubject
    const counters = held[i] as SubjectCounters
    const { budget } = counters
    if (budget === undefined || subject.budget === undefined) continue
    let verdict = budget.check(maxOf(subject.budget, claim.now), claim.nanoUsd)
    const isShare = verdict === 'fits' && alone !== undefined
    if (isShare) verdict = verdictAlone(claim, subject, counters, alone)
    if (verdict !== 'fits') throw refusedBudget(claim, held, i, verdict, isShare)
  }
}

/** One call alone may use up the rest of a share, as of a budget. */
function verdictAlone(
  claim: Claim,
  subject: LimitSubject,
  counters: SubjectCounters,
  alone: Alone,
): BudgetVerdict {
  const share = shareOf(claim, subject, counters, alone)
  const { budget } = counters
  if (budget !== undefined && share.resetAt !== budget.resetAt) startPeriod(share, budget, subject, alone)
  const { nanoUsd: most, spentNanoUsd } = share
  const reserved = counters.budget?.reserved ?? 0
  if (spentNanoUsd >= most) return 'held'
  if (claim.nanoUsd === undefined || reserved === 0) return 'fits'
  return reserved + spentNanoUsd + claim.nanoUsd <= most ? 'fits' : 'held'
}

/** A new period is shared equally: nobody has spent anything of it. */
function startPeriod(share: Share, budget: BudgetCounter, subject: LimitSubject, { replicas }: Alone): void {
  share.resetAt = budget.resetAt
  share.spentNanoUsd = 0
  share.nanoUsd = equalPart((subject.budget?.maxNanoUsd ?? 0) - budget.spent, replicas)
}

function equalPart(nanoUsd: number, replicas: number): number {
  return Math.max(0, Math.floor(nanoUsd / replicas))
}

/** Who was never told what is left takes an equal part of what the database knows. */
export function shareOf(
  claim: Claim,
  subject: LimitSubject,
  counters: SubjectCounters,
  { replicas }: Alone,
): Share {
  if (counters.share !== undefined) return counters.share
  const share = emptyShare(subject)
  share.at = claim.now
  const { maxParallelRequests = 0, budget } = subject
  for (const rate of RATES) share.most[rate] = partOf(limitOf(subject, rate), replicas)
  share.parallel = partOf(maxParallelRequests, replicas)
  share.nanoUsd = equalPart(
    (budget === undefined ? 0 : maxOf(budget, claim.now)) - (counters.budget?.spent ?? 0),
    replicas,
  )
  share.resetAt = counters.budget?.resetAt
  counters.share = share
  return share
}

/** The refusal of a budget, told with what is known of it. */
export function refusedBudget(
  claim: Claim,
  held: readonly SubjectCounters[],
  index: number,
  verdict: Exclude<BudgetVerdict, 'fits'>,
  isShare = false,
) {
  const subject = claim.subjects[index] as LimitSubject
  const { budget, share } = held[index] as SubjectCounters
  return budgetError({
    subject,
    spentNanoUsd: budget?.spent ?? 0,
    reservedNanoUsd: (budget?.reserved ?? 0) + (share?.reservedElsewhere ?? 0),
    maxNanoUsd: subject.budget === undefined ? 0 : maxOf(subject.budget, claim.now),
    held: verdict === 'held',
    resetAt: budget?.resetAt,
    isShare,
    headers: limitHeaders(claim.subjects, held, claim.now),
  })
}

function checkRates(claim: Claim, held: readonly SubjectCounters[], alone: Alone | undefined): void {
  const second = Math.floor(claim.now / 1000)
  const amounts = tokensOf(claim)
  for (let i = 0; i < held.length; i++) {
    const subject = claim.subjects[i] as LimitSubject
    const counters = held[i] as SubjectCounters
    const share = alone && shareOf(claim, subject, counters, alone)
    const { maxParallelRequests: slots } = subject
    if (slots !== undefined && counters.parallel >= Math.min(slots, share?.parallel ?? slots)) {
      throw refusedRate(claim, held, i, 'max_parallel_requests', { used: counters.parallel, share })
    }
    if (mayBorrow(claim, held, i, second)) continue
    if (subject.rpm !== undefined) checkRate(claim, held, i, 'requests', 1, share)
    const { tpm, inputTpm, outputTpm } = subject
    if (tpm === undefined && inputTpm === undefined && outputTpm === undefined) continue
    const asked = tokensToTake(subject, amounts)
    if (tpm !== undefined) checkRate(claim, held, i, 'tokens', asked.tokens, share)
    if (inputTpm !== undefined) checkRate(claim, held, i, 'input', asked.input, share)
    if (outputTpm !== undefined) checkRate(claim, held, i, 'output', asked.output, share)
  }
}

function checkRate(
  claim: Claim,
  held: readonly SubjectCounters[],
  index: number,
  rate: Rate,
  amount: number,
  share: Share | undefined,
): void {
  const limit = limitOf(claim.subjects[index] as LimitSubject, rate)
  const counted = (held[index] as SubjectCounters)[rate]
  const used = counted?.used(Math.floor(claim.now / 1000)) ?? 0
  const most = share === undefined ? limit : Math.min(limit, share.most[rate])
  const asked = Math.min(amount, most)
  if (limit > 0 && used + asked <= most) return
  const waitMs = limit === 0 ? undefined : counted?.msUntilRoom(claim.now, asked, most)
  throw refusedRate(claim, held, index, TYPES[rate], {
    used,
    waitMs,
    share: used + amount > limit ? undefined : share,
  })
}

/** True while the subject before leaves room for all: then shares of it may be exceeded. */
function mayBorrow(claim: Claim, held: readonly SubjectCounters[], index: number, second: number): boolean {
  const { strictFrom } = claim.subjects[index] as LimitSubject
  if (strictFrom === undefined || index === 0) return false
  const whole = claim.subjects[index - 1] as LimitSubject
  const counters = held[index - 1] as SubjectCounters
  const saturation = (rate: Rate) => {
    const limit = limitOf(whole, rate)
    return limit === Infinity ? 0 : counters.used(rate, second) / limit
  }
  return Math.max(...RATES.map(saturation)) < strictFrom
}

interface RefusalFacts {
  readonly used: number
  readonly waitMs?: number | undefined
  readonly share?: Share | undefined
}

/** The refusal of a rate or of parallel slots. */
export function refusedRate(
  claim: Claim,
  held: readonly SubjectCounters[],
  index: number,
  type: LimitType,
  { used, waitMs, share }: RefusalFacts,
) {
  const subject = claim.subjects[index] as LimitSubject
  const rate = RATES.find(each => TYPES[each] === type)
  const limit = rate === undefined ? (subject.maxParallelRequests ?? 0) : limitOf(subject, rate)
  return rateLimitError({
    ...{ subject, type, limit, remaining: limit - used, now: claim.now, waitMs },
    isShare: share !== undefined,
    headers: limitHeaders(claim.subjects, held, claim.now),
  })
}

/** The limit of one rate; infinite where there is none. */
export function limitOf(subject: LimitSubject, rate: Rate): number {
  switch (rate) {
    case 'requests':
      return subject.rpm ?? Infinity
    case 'tokens':
      return subject.tpm ?? Infinity
    case 'input':
      return subject.inputTpm ?? Infinity
    case 'output':
      return subject.outputTpm ?? Infinity
  }
}

const TYPES: Readonly<Record<Rate, LimitType>> = {
  requests: 'requests',
  tokens: 'tokens',
  input: 'input_tokens',
  output: 'output_tokens',
}
