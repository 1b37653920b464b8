import { createError, momentAfter, type SluiceError } from 'sluice/internal'
import type { Limits, MoreLimits } from '../db/rows.ts'

/** Limits, and where there is one the end of what they are of. */
export type BoundLimits = Limits & { readonly expiresAt?: number | null }

/** Numbers of which less is less: field of a body, field of a row. */
const NUMBERS = [
  ['max_budget', 'maxBudgetNanoUsd'],
  ['rpm_limit', 'rpmLimit'],
  ['tpm_limit', 'tpmLimit'],
  ['max_parallel_requests', 'maxParallelRequests'],
  ['duration', 'expiresAt'],
] as const
const MORE_NUMBERS = ['input_tpm_limit', 'output_tpm_limit'] as const
const PER_MODEL = ['model_rpm_limit', 'model_tpm_limit'] as const

/** Throws `PermissionDeniedError`, naming the field, where limits are looser than others; `whose`: those of whom. */
export function limitsNoLooser(after: BoundLimits, bound: BoundLimits, whose: string): void {
  for (const [field, column] of NUMBERS) if (isMore(after[column], bound[column])) throw tooMuch(field, whose)
  if (bound.maxBudgetNanoUsd !== null && isShorter(after.budgetDuration, bound.budgetDuration))
    throw tooMuch('budget_duration', whose)
  moreNoLooser(after.moreLimits, bound.moreLimits, whose)
}

function moreNoLooser(after: MoreLimits, bound: MoreLimits, whose: string): void {
  for (const name of MORE_NUMBERS) if (isMore(after[name], bound[name])) throw tooMuch(name, whose)
  for (const name of PER_MODEL)
    for (const [model, most] of Object.entries(bound[name] ?? {}))
      if (isMore(after[name]?.[model], most)) throw tooMuch(`${name}.${model}`, whose)
  for (const [model, most] of Object.entries(bound.model_max_budget ?? {})) {
    const own = after.model_max_budget?.[model]
    const isLooser =
      isMore(own?.max_budget, most.max_budget) ||
      isMore(own?.rpm_limit, most.rpm_limit) ||
      isMore(own?.tpm_limit, most.tpm_limit) ||
      (most.max_budget != null && isShorter(own?.budget_duration, most.budget_duration))
    if (isLooser) throw tooMuch(`model_max_budget.${model}`, whose)
  }
  for (const { budget_duration: duration, max_budget: most } of bound.budget_limits ?? []) {
    const own = after.budget_limits?.find(each => each.budget_duration === duration)
    if (isMore(own?.max_budget, most)) throw tooMuch('budget_limits', whose)
  }
}

/** Nothing is no limit. */
function isMore(value: number | null | undefined, most: number | null | undefined): boolean {
  return most != null && (value == null || value > most)
}

/** The same money over a shorter period is more money. A period without end is the longest. */
function isShorter(duration: string | null | undefined, least: string | null | undefined): boolean {
  if (duration == null) return false
  if (least == null) return true
  return (momentAfter(duration, 0) ?? Infinity) < (momentAfter(least, 0) ?? Infinity)
}

function tooMuch(field: string, whose: string): SluiceError {
  return beyondRights(field, `would be looser than ${whose}; limits can be tightened, not loosened`)
}

/** 403 with the field, what holds for it, and whom to ask. */
export function beyondRights(field: string, rule: string): SluiceError {
  return createError({
    kind: 'permission',
    type: 'auth_error',
    param: field,
    message: `${field}: ${rule}. Leave it out, or ask an admin above you.`,
  })
}
