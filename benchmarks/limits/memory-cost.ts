import type { KeyRow } from '../../packages/gateway/src/db/rows.ts'
import { callSubjects } from '../../packages/gateway/src/limits/call-subjects.ts'
import type { Claim, LimitSubject } from '../../packages/gateway/src/limits/limiter.ts'
import { createMemoryLimiter } from '../../packages/gateway/src/limits/memory-limiter.ts'
import { modelLimitsOf, subjectsOf } from '../../packages/gateway/src/limits/subjects.ts'
import { record } from './record.ts'

export const CALLS = 200_000
const KINDS = ['key', 'user', 'team', 'team_member', 'organization', 'project', 'customer', 'tag'] as const

/** So many counters, each with requests, tokens, slots and a budget. */
export function subjects(count: number): LimitSubject[] {
  return KINDS.slice(0, count).map(kind => ({
    ...{ kind, id: `${kind}-of-the-benchmark`, label: kind },
    ...{ rpm: 1e9, tpm: 1e12, maxParallelRequests: 1e6 },
    budget: { maxNanoUsd: 9e15, spentNanoUsd: 0, duration: '30d', resetAt: Date.now() + 86_400_000 },
  }))
}

export function claimOn(charged: readonly LimitSubject[]): Claim {
  return {
    now: Date.now(),
    subjects: charged,
    tokens: 500,
    inputTokens: 100,
    nanoUsd: 1_000,
    model: 'gpt-4o',
  }
}

/** Microseconds for one reserve and its settle, and for a reserve that the last counter refuses. */
export function costInMemory(counters: number): { readonly micros: number; readonly refusalMicros: number } {
  const limiter = createMemoryLimiter()
  const charged = subjects(counters)
  const micros = perCall(() => limiter.reserve(claimOn(charged)).settle(record))
  const last = { ...(charged.at(-1) as LimitSubject), rpm: 0 }
  const refused = [...charged.slice(0, -1), last]
  const refusalMicros = perCall(() => {
    try {
      limiter.reserve(claimOn(refused))
    } catch {
      // As meant.
    }
  })
  return { micros, refusalMicros }
}

/** Microseconds to find out who is charged. */
export function costOfClaim(): number {
  const row = {
    ...{ tokenHash: 'h', keyName: 'sk-...h', keyAlias: 'a', metadata: {}, spendNanoUsd: 0 },
    ...{ maxBudgetNanoUsd: 1e12, softBudgetNanoUsd: null, budgetDuration: '30d', budgetResetAt: null },
    ...{ rpmLimit: 100, tpmLimit: null, maxParallelRequests: 10 },
    moreLimits: { model_rpm_limit: { 'gpt-4o': 10, 'claude-*': 5 } },
  } as unknown as KeyRow
  const caller = {
    subjects: subjectsOf(row, {}),
    modelLimits: modelLimitsOf(row, {}),
    accounts: {},
    metadata: {},
  }
  const facts = {
    ...{ model: 'claude-sonnet', customerId: 'c', named: { tags: [] } },
    settings: { endUserBudgetNanoUsd: 1e9 } as never,
    isStrained: () => false,
    rates: () => ({ rpm: undefined, tpm: undefined }),
  }
  return perCall(() => callSubjects(caller, facts))
}

function perCall(work: () => unknown): number {
  for (let i = 0; i < CALLS; i++) work()
  const began = performance.now()
  for (let i = 0; i < CALLS; i++) work()
  return ((performance.now() - began) * 1000) / CALLS
}
