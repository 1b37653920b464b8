import { createError, type SluiceError } from 'sluice/internal'
import type { LimitSubject, SubjectKind } from './limiter.ts'

export type LimitType = 'requests' | 'tokens' | 'input_tokens' | 'output_tokens' | 'max_parallel_requests'

/** LiteLLM's word for each kind of subject. */
const DESCRIPTORS: Readonly<Record<SubjectKind, string>> = {
  key: 'api_key',
  user: 'user',
  team: 'team',
  team_member: 'team_member',
  organization: 'organization',
  organization_member: 'organization_member',
  project: 'project',
  customer: 'end_user',
  tag: 'tag',
  model: 'model',
  priority: 'priority_model',
  global: 'proxy',
}

/** LiteLLM's word for a subject: `api_key`, `model_per_team` … */
export function descriptorOf({ kind, model }: Pick<LimitSubject, 'kind' | 'model'>): string {
  if (model === undefined || kind === 'model' || kind === 'priority') return DESCRIPTORS[kind]
  return `model_per_${kind === 'key' ? 'key' : DESCRIPTORS[kind]}`
}

export interface RateRefusal {
  readonly subject: LimitSubject
  readonly type: LimitType
  readonly limit: number
  readonly remaining: number
  readonly now: number
  /** Milliseconds until the same claim fits; undefined when only the end of another call can tell. */
  readonly waitMs: number | undefined
  /** True where this replica's part of the limit is used up while it cannot ask what the others left. */
  readonly isShare?: boolean | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The 429 of a rate limit, in LiteLLM's words. */
export function rateLimitError(refusal: RateRefusal): SluiceError {
  const { subject, type, limit, remaining, waitMs } = refusal
  const resets = waitMs === undefined ? undefined : utcTime(refusal.now + waitMs)
  const name = subject.model === undefined ? subject.label : `${subject.label}:${subject.model}`
  return createError({
    kind: 'rate_limit',
    message:
      `Rate limit exceeded for ${descriptorOf(subject)}: ${name}. Limit type: ${type}. ` +
      `Current limit: ${limit}, Remaining: ${Math.max(0, remaining)}. ` +
      `Limit resets at: ${resets ?? 'the end of a running request'}${refusal.isShare ? SHARE : ''}`,
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
  readonly isShare?: boolean | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The 429 of a budget, in LiteLLM's words: terminal when spent, retryable while it is only held. */
export function budgetError(refusal: BudgetRefusal): SluiceError {
  const { held, isShare = false } = refusal
  const spent = usd(refusal.spentNanoUsd)
  const max = usd(refusal.maxNanoUsd)
  const hold =
    held && !isShare
      ? `. Running requests hold ${usd(refusal.reservedNanoUsd)} more; retry when they end`
      : ''
  const reset = refusal.resetAt === undefined || held ? '' : `. Budget resets at: ${utcTime(refusal.resetAt)}`
  return createError({
    kind: 'budget',
    message: budgetMessage(refusal.subject, spent, max) + hold + reset + (isShare ? SHARE : ''),
    retryable: held,
    headers: refusal.headers,
  })
}

const SHARE =
  '. Redis cannot be asked what other replicas left, and the share of this one is used up; retry soon'

function budgetMessage(subject: LimitSubject, spent: string, max: string): string {
  const { kind, id, label, model, window } = subject
  const cost = `Current cost: ${spent}, Max budget: ${max}`
  if (window !== undefined) {
    return `ExceededBudget: ${wordOf(kind)}=${label} over ${window} budget. Spend=$${spent}, Limit=$${max}`
  }
  if (model !== undefined) {
    return `LiteLLM ${kind === 'key' ? 'Virtual Key' : wordOf(kind)}: ${label}, exceeded budget for model=${model}. ${cost}`
  }
  switch (kind) {
    case 'user':
    case 'customer':
      return `ExceededBudget: ${wordOf(kind)}=${id} over budget. Spend=${spent}, Budget=${max}`
    case 'team_member':
    case 'organization_member':
      return `Budget has been exceeded! ${label} ${cost}`
    case 'global':
      return `Budget has been exceeded! ${cost}`
    default:
      return `Budget has been exceeded! ${wordOf(kind)}=${kind === 'key' ? label : id} ${cost}`
  }
}

function wordOf(kind: SubjectKind): string {
  if (kind === 'customer') return 'End User'
  return kind
    .split('_')
    .map(part => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join(' ')
}

function usd(nano: number): string {
  return String(nano / 1e9)
}

/** `2026-11-21 12:00:00 UTC`, rounded up to the second. */
function utcTime(instant: number): string {
  return `${new Date(Math.ceil(instant / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
