import { createError, type SluiceError } from 'sluice/internal'
import type { LimitSubject } from './limiter.ts'

export type LimitType = 'requests' | 'tokens' | 'max_parallel_requests'

/** LiteLLM's word for each kind of subject. */
const DESCRIPTORS = { key: 'api_key', user: 'user', team: 'team', global: 'proxy' } as const

export interface RateRefusal {
  readonly subject: LimitSubject
  readonly type: LimitType
  readonly limit: number
  readonly remaining: number
  readonly now: number
  /** Milliseconds until the same claim fits; undefined when only the end of another call can tell. */
  readonly waitMs: number | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The 429 of a rate limit, in LiteLLM's words. */
export function rateLimitError(refusal: RateRefusal): SluiceError {
  const { subject, type, limit, remaining, waitMs } = refusal
  const resets = waitMs === undefined ? undefined : utcTime(refusal.now + waitMs)
  return createError({
    kind: 'rate_limit',
    message:
      `Rate limit exceeded for ${DESCRIPTORS[subject.kind]}: ${subject.label}. Limit type: ${type}. ` +
      `Current limit: ${limit}, Remaining: ${Math.max(0, remaining)}. ` +
      `Limit resets at: ${resets ?? 'the end of a running request'}`,
    retryAfterMs: waitMs,
    headers: {
      ...refusal.headers,
      rate_limit_type: type,
      ...(waitMs === undefined ? {} : { reset_at: String(Math.ceil((refusal.now + waitMs) / 1000)) }),
    },
  })
}

export interface BudgetRefusal {
  readonly subject: LimitSubject
  readonly spentNanoUsd: number
  readonly reservedNanoUsd: number
  readonly maxNanoUsd: number
  /** True when the budget is not spent but held by calls in flight: trying again may succeed. */
  readonly held: boolean
  readonly resetAt: number | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The 429 of a budget, in LiteLLM's words: terminal when spent, retryable while it is only held. */
export function budgetError(refusal: BudgetRefusal): SluiceError {
  const spent = usd(refusal.spentNanoUsd)
  const max = usd(refusal.maxNanoUsd)
  const hold = refusal.held
    ? `. Running requests hold ${usd(refusal.reservedNanoUsd)} more; retry when they end`
    : ''
  const reset =
    refusal.resetAt === undefined || refusal.held ? '' : `. Budget resets at: ${utcTime(refusal.resetAt)}`
  return createError({
    kind: 'budget',
    message: budgetMessage(refusal.subject, spent, max) + hold + reset,
    retryable: refusal.held,
    headers: refusal.headers,
  })
}

function budgetMessage(subject: LimitSubject, spent: string, max: string): string {
  switch (subject.kind) {
    case 'user':
      return `ExceededBudget: User=${subject.id} over budget. Spend=${spent}, Budget=${max}`
    case 'team':
      return `Budget has been exceeded! Team=${subject.id} Current cost: ${spent}, Max budget: ${max}`
    case 'key':
      return `Budget has been exceeded! Key=${subject.label} Current cost: ${spent}, Max budget: ${max}`
    case 'global':
      return `Budget has been exceeded! Current cost: ${spent}, Max budget: ${max}`
  }
}

function usd(nano: number): string {
  return String(nano / 1e9)
}

/** `2026-11-21 12:00:00 UTC`, rounded up to the second. */
function utcTime(instant: number): string {
  return `${new Date(Math.ceil(instant / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
