import { maxOf } from './counters/max-of.ts'
import type { SubjectCounters } from './counters/subject-counters.ts'
import { descriptorOf } from './limit-errors.ts'
import type { LimitSubject } from './limiter.ts'
import { UNREACHED } from './subjects/dynamic-limits.ts'

/**
 * What is left, as it stands now; lower-case names. The first subject with limits speaks in OpenAI's `x-ratelimit-*`,
 * the key in `x-litellm-key-*` besides, limits per model and everybody else under LiteLLM's name for them.
 */
export function limitHeaders(
  subjects: readonly LimitSubject[],
  counters: readonly SubjectCounters[],
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {}
  let hasSpoken = false
  for (let i = 0; i < subjects.length; i++) {
    const subject = subjects[i] as LimitSubject
    const counted = counters[i] as SubjectCounters
    const { model, window, kind } = subject
    const isWhole = model === undefined && window === undefined
    if (kind === 'key' && isWhole) addKey(headers, subject, counted, now)
    if (kind === 'key' && model !== undefined) addKeyModel(headers, subject, counted, now)
    if (tokenLimit(subject) === undefined && rpmOf(subject) === undefined) continue
    if (!hasSpoken && isWhole) addRates(headers, 'x-ratelimit-', subject, counted, now)
    else if (!(kind === 'key' && model !== undefined)) addDescribed(headers, subject, counted, now)
    hasSpoken ||= isWhole
  }
  return headers
}

/** The token window a client is told of: both kinds together where they are limited so. */
function tokenLimit(subject: LimitSubject) {
  const { tpm, inputTpm, outputTpm } = subject
  if (tpm === UNREACHED || inputTpm === UNREACHED || outputTpm === UNREACHED) return undefined
  if (tpm !== undefined) return { limit: tpm, rate: 'tokens' } as const
  if (inputTpm !== undefined) return { limit: inputTpm, rate: 'input' } as const
  return outputTpm === undefined ? undefined : ({ limit: outputTpm, rate: 'output' } as const)
}

function rpmOf({ rpm }: LimitSubject): number | undefined {
  return rpm === UNREACHED ? undefined : rpm
}

function addRates(
  headers: Record<string, string>,
  prefix: string,
  subject: LimitSubject,
  counted: SubjectCounters,
  now: number,
): void {
  const second = Math.floor(now / 1000)
  const rpm = rpmOf(subject)
  if (rpm !== undefined) {
    headers[`${prefix}limit-requests`] = String(rpm)
    headers[`${prefix}remaining-requests`] = left(rpm, counted.used('requests', second))
    headers[`${prefix}reset-requests`] = seconds(counted.requests?.msUntilEmpty(now))
  }
  const tokens = tokenLimit(subject)
  if (tokens === undefined) return
  headers[`${prefix}limit-tokens`] = String(tokens.limit)
  headers[`${prefix}remaining-tokens`] = left(tokens.limit, counted.used(tokens.rate, second))
  headers[`${prefix}reset-tokens`] = seconds(counted[tokens.rate]?.msUntilEmpty(now))
}

function addKey(
  headers: Record<string, string>,
  subject: LimitSubject,
  counted: SubjectCounters,
  now: number,
): void {
  const tpm = tokenLimit(subject)?.limit
  const rpm = rpmOf(subject)
  if (rpm !== undefined) headers['x-litellm-key-rpm-limit'] = String(rpm)
  if (tpm !== undefined) headers['x-litellm-key-tpm-limit'] = String(tpm)
  if (subject.budget === undefined) return
  const max = maxOf(subject.budget, now)
  if (max < Infinity) headers['x-litellm-key-max-budget'] = String(max / 1e9)
  headers['x-litellm-key-spend'] = String((counted.budget?.spent ?? 0) / 1e9)
}

function addKeyModel(
  headers: Record<string, string>,
  subject: LimitSubject,
  counted: SubjectCounters,
  now: number,
): void {
  const second = Math.floor(now / 1000)
  const model = asHeaderName(subject.model ?? '')
  const tokens = tokenLimit(subject)
  const rpm = rpmOf(subject)
  if (rpm !== undefined) {
    const used = counted.used('requests', second)
    headers[`x-litellm-key-remaining-requests-${model}`] = left(rpm, used)
  }
  if (tokens !== undefined) {
    headers[`x-litellm-key-remaining-tokens-${model}`] = left(tokens.limit, counted.used(tokens.rate, second))
  }
}

function addDescribed(
  headers: Record<string, string>,
  subject: LimitSubject,
  counted: SubjectCounters,
  now: number,
): void {
  const second = Math.floor(now / 1000)
  const prefix = `x-ratelimit-${descriptorOf(subject)}`
  const tokens = tokenLimit(subject)
  const rpm = rpmOf(subject)
  if (rpm !== undefined) {
    headers[`${prefix}-limit-requests`] = String(rpm)
    headers[`${prefix}-remaining-requests`] = left(rpm, counted.used('requests', second))
  }
  if (tokens === undefined) return
  headers[`${prefix}-limit-tokens`] = String(tokens.limit)
  headers[`${prefix}-remaining-tokens`] = left(tokens.limit, counted.used(tokens.rate, second))
}

/** A model's name holds what a header's name must not. */
function asHeaderName(model: string): string {
  return model.toLowerCase().replace(/[^a-z0-9.\-_]/g, '-')
}

function left(limit: number, used: number): string {
  return String(Math.max(0, limit - used))
}

/** OpenAI's spelling of a wait: `12s`. */
function seconds(ms = 0): string {
  return `${Math.ceil(ms / 1000)}s`
}
