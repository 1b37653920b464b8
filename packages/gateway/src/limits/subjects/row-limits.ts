import type { Limits } from '../../db/rows.ts'
import type { BudgetLimit, LimitSubject } from '../limiter.ts'
import { countedBudget } from './counted-budget.ts'
import { ModelLimits, modelSubjects } from './model-limits.ts'

/** What one row says of limits. */
export interface RowLimits {
  /** Its own counter, where it has limits, and one for each budget window. */
  readonly subjects: readonly LimitSubject[]
  /** Undefined where no model is limited by itself. */
  readonly models: ModelLimits | undefined
}

export const NO_LIMITS: RowLimits = { subjects: [], models: undefined }

/** Whose limits they are. */
export interface LimitedRow extends Pick<LimitSubject, 'kind' | 'id' | 'label'> {
  /** When its spend was last set by hand. */
  readonly setAt: number | undefined
  readonly row: Limits & {
    readonly spendNanoUsd: number
    readonly metadata: Readonly<Record<string, unknown>>
  }
}

/** The subjects of a key or an account. */
export function rowLimits(limited: LimitedRow): RowLimits {
  const { kind, id, label, row } = limited
  const name = { kind, id, label }
  const windows = (row.moreLimits.budget_limits ?? []).map(({ budget_duration, max_budget }) =>
    Object.freeze<LimitSubject>({
      ...name,
      window: budget_duration,
      budget: Object.freeze(countedBudget(max_budget, budget_duration)),
    }),
  )
  const own = ownSubject(limited)
  const models = modelSubjects(name, limitsWithMetadata(row))
  return {
    subjects: own === undefined ? windows : [own, ...windows],
    models: models.length === 0 ? undefined : new ModelLimits(models),
  }
}

function ownSubject({ kind, id, label, row, setAt }: LimitedRow): LimitSubject | undefined {
  const { input_tpm_limit, output_tpm_limit, rpm_limit_type, tpm_limit_type } = row.moreLimits
  const subject: LimitSubject = {
    ...{ kind, id, label },
    rpm: row.rpmLimit ?? undefined,
    tpm: row.tpmLimit ?? undefined,
    inputTpm: input_tpm_limit,
    outputTpm: output_tpm_limit,
    maxParallelRequests: row.maxParallelRequests ?? undefined,
    budget: ownBudget(row, setAt),
    ...(rpm_limit_type === 'dynamic' && { isRpmDynamic: true }),
    ...(tpm_limit_type === 'dynamic' && { isTpmDynamic: true }),
  }
  const { rpm, tpm, inputTpm, outputTpm, maxParallelRequests, budget } = subject
  const limits = [rpm, tpm, inputTpm, outputTpm, maxParallelRequests, budget]
  return limits.some(limit => limit !== undefined) ? Object.freeze(subject) : undefined
}

function ownBudget(row: LimitedRow['row'], setAt: number | undefined): BudgetLimit | undefined {
  const { maxBudgetNanoUsd: max, softBudgetNanoUsd: soft, metadata } = row
  if (max === null && soft === null) return undefined
  return Object.freeze<BudgetLimit>({
    maxNanoUsd: max ?? Infinity,
    spentNanoUsd: row.spendNanoUsd,
    duration: row.budgetDuration ?? undefined,
    resetAt: row.budgetResetAt ?? undefined,
    setAt,
    ...(soft !== null && { softNanoUsd: soft }),
    ...raiseOf(metadata),
  })
}

/** LiteLLM keeps a raise for a time in the metadata: dollars, and a date. */
function raiseOf(
  metadata: Readonly<Record<string, unknown>>,
): Pick<BudgetLimit, 'extraNanoUsd' | 'extraUntil'> {
  const { temp_budget_increase: dollars, temp_budget_expiry: expiry } = metadata
  if (typeof dollars !== 'number') return {}
  const until = typeof expiry === 'string' ? Date.parse(expiry) : expiry
  if (typeof until !== 'number' || Number.isNaN(until)) return {}
  return { extraNanoUsd: Math.round(dollars * 1e9), extraUntil: until }
}

/** LiteLLM keeps rates per model in the metadata; those of the row come first. */
function limitsWithMetadata({ moreLimits, metadata }: LimitedRow['row']) {
  return {
    ...moreLimits,
    model_rpm_limit: { ...numbersOf(metadata['model_rpm_limit']), ...moreLimits.model_rpm_limit },
    model_tpm_limit: { ...numbersOf(metadata['model_tpm_limit']), ...moreLimits.model_tpm_limit },
  }
}

function numbersOf(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, limit]) => typeof limit === 'number'))
}
