import { type RawBuilder, sql } from 'kysely'
import type { Authorship, Limits, MoreLimits } from './rows.ts'
import type { AuthorColumns, LimitColumns } from './tables.ts'

/** Columns of the limits that are given; those left out are undefined. */
export function encodeLimits(row: Partial<Limits>) {
  return {
    max_budget_nano_usd: row.maxBudgetNanoUsd,
    soft_budget_nano_usd: row.softBudgetNanoUsd,
    budget_duration: row.budgetDuration,
    budget_reset_at: row.budgetResetAt,
    rpm_limit: row.rpmLimit,
    tpm_limit: row.tpmLimit,
    max_parallel_requests: row.maxParallelRequests,
    more_limits: encodeJson(row.moreLimits),
  }
}

export function decodeLimits(stored: LimitColumns): Limits {
  return {
    maxBudgetNanoUsd: stored.max_budget_nano_usd,
    softBudgetNanoUsd: stored.soft_budget_nano_usd,
    budgetDuration: stored.budget_duration,
    budgetResetAt: stored.budget_reset_at,
    rpmLimit: stored.rpm_limit,
    tpmLimit: stored.tpm_limit,
    maxParallelRequests: stored.max_parallel_requests,
    moreLimits: JSON.parse(stored.more_limits) as MoreLimits,
  }
}

export function encodeAuthors(row: Partial<Authorship>) {
  return {
    created_at: row.createdAt,
    created_by: row.createdBy,
    updated_at: row.updatedAt,
    updated_by: row.updatedBy,
  }
}

export function decodeAuthors(stored: AuthorColumns): Authorship {
  return {
    createdAt: stored.created_at,
    createdBy: stored.created_by,
    updatedAt: stored.updated_at,
    updatedBy: stored.updated_by,
  }
}

export function encodeJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

export function encodeFlag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

/** Without what is undefined: an update leaves those columns alone. */
export function given<T extends object>(columns: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >
}

/** The base that makes `total − base` equal the given spend of a subject. */
export function baseForSpend(kind: string, id: string, spendNanoUsd: number) {
  return sql<number>`coalesce((select spend_nano_usd from spend_totals where kind = ${kind} and subject_id = ${id}), 0) - cast(${spendNanoUsd} as bigint)`
}

/** A period of a budget, milliseconds. */
export interface BudgetPeriod {
  readonly periodFrom: number
  readonly nextResetAt: number
}

/**
 * A period begins at 0: all that is in the total by now is in the base, and what ended before `periodFrom` will be. A
 * spend that was set by hand since stays.
 */
export function periodBegins(base: RawBuilder<number>, periodFrom: number) {
  const from = sql`cast(${periodFrom} as bigint)`
  return {
    spend_base_nano_usd: sql<number>`case when spend_from >= ${from} then spend_base_nano_usd else ${base} end`,
    spend_from: sql<number>`case when spend_from >= ${from} then spend_from else ${from} end`,
  }
}

/** `updated_at` always grows, even when the clock stands or another machine's is ahead. */
export function later(now: number) {
  return sql<number>`case when updated_at >= cast(${now} as bigint) then updated_at + 1 else cast(${now} as bigint) end`
}
