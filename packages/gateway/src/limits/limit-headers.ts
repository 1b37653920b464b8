import type { LimitSubject } from './limiter.ts'
import type { SubjectCounters } from './subject-counters.ts'

/** `x-ratelimit-*` and `x-litellm-key-*` facts of one subject as they stand now; lower-case names. */
export function limitHeaders(
  subject: LimitSubject,
  counters: SubjectCounters,
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {}
  const second = Math.floor(now / 1000)
  const isKey = subject.kind === 'key'
  if (subject.rpm !== undefined) {
    headers['x-ratelimit-limit-requests'] = String(subject.rpm)
    headers['x-ratelimit-remaining-requests'] = left(subject.rpm, counters.requests?.used(second))
    headers['x-ratelimit-reset-requests'] = seconds(counters.requests?.msUntilEmpty(now))
    if (isKey) headers['x-litellm-key-rpm-limit'] = String(subject.rpm)
  }
  if (subject.tpm !== undefined) {
    headers['x-ratelimit-limit-tokens'] = String(subject.tpm)
    headers['x-ratelimit-remaining-tokens'] = left(subject.tpm, counters.tokens?.used(second))
    headers['x-ratelimit-reset-tokens'] = seconds(counters.tokens?.msUntilEmpty(now))
    if (isKey) headers['x-litellm-key-tpm-limit'] = String(subject.tpm)
  }
  if (isKey && subject.budget !== undefined) {
    headers['x-litellm-key-max-budget'] = String(subject.budget.maxNanoUsd / 1e9)
    headers['x-litellm-key-spend'] = String((counters.budget?.spent ?? 0) / 1e9)
  }
  return headers
}

function left(limit: number, used = 0): string {
  return String(Math.max(0, limit - used))
}

/** OpenAI's spelling of a wait: `12s`. */
function seconds(ms = 0): string {
  return `${Math.ceil(ms / 1000)}s`
}
