import { badRequest, nextBudgetReset, readBudgetDuration, type ZonedCalendar } from 'sluice/internal'
import { z } from 'zod'
import type { Limits, MoreLimits, Template } from '../db/rows.ts'
import { nanoFromUsd, usdFromNano } from '../spend/money.ts'

const count = z.int('must be a whole number').min(0, 'must not be negative').nullish()
/** LiteLLM's forms send an empty string for "no budget". */
const usd = z
  .union([z.literal(''), z.number().min(0, 'must not be negative')], {
    error: 'must be an amount of US dollars, 0 or more, or null for none',
  })
  .nullish()
const perModel = z
  .record(z.string(), z.int('must be a whole number').min(0, 'must not be negative'))
  .nullish()
const duration = z.string().nullish()

/** As LiteLLM reads it: `budget_limit` and `time_period` are older names of the same. */
const modelBudget = z
  .strictObject({
    max_budget: usd,
    budget_limit: usd,
    budget_duration: duration,
    time_period: duration,
    rpm_limit: count,
    tpm_limit: count,
  })
  .transform(({ budget_limit, time_period, max_budget, budget_duration, ...rates }) => ({
    max_budget: amount(max_budget ?? budget_limit),
    budget_duration: budget_duration ?? time_period,
    ...rates,
  }))

const limitType = z.enum(['guaranteed_throughput', 'best_effort_throughput', 'dynamic']).nullish()

/** The fields that keys, teams, users, budgets … have in common. Absent leaves a limit as it is, null clears it. */
export const limitFields = {
  max_budget: usd,
  soft_budget: usd,
  budget_duration: duration,
  max_parallel_requests: count,
  tpm_limit: count,
  rpm_limit: count,
  model_max_budget: z.record(z.string(), modelBudget).nullish(),
  model_rpm_limit: perModel,
  model_tpm_limit: perModel,
  budget_limits: z
    .array(
      z.strictObject({ budget_duration: z.string(), max_budget: z.number().min(0, 'must not be negative') }),
    )
    .max(10, 'must not have more than 10 windows')
    .nullish(),
  rpm_limit_type: limitType,
  tpm_limit_type: limitType,
  input_tpm_limit: count,
  output_tpm_limit: count,
}

export type LimitBody = z.infer<z.ZodObject<typeof limitFields>>

export interface LimitContext {
  readonly now: number
  readonly calendar: ZonedCalendar
}

const MORE = [
  'model_max_budget',
  'model_rpm_limit',
  'model_tpm_limit',
  'budget_limits',
  'rpm_limit_type',
  'tpm_limit_type',
  'input_tpm_limit',
  'output_tpm_limit',
] as const satisfies readonly (keyof LimitBody & keyof MoreLimits)[]

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * What a body asks to change of somebody's limits; `before`: as they are, undefined for somebody new.
 * Throws `BadRequestError` naming the field at fault.
 */
export function limitChanges(
  body: LimitBody,
  before: (Pick<Limits, 'moreLimits'> & { readonly template?: Template | undefined }) | undefined,
  context: LimitContext,
): Partial<Limits> {
  const changes: Mutable<Partial<Limits>> = {}
  if (body.max_budget !== undefined) changes.maxBudgetNanoUsd = moneyOf(body.max_budget, 'max_budget')
  if (body.soft_budget !== undefined) changes.softBudgetNanoUsd = moneyOf(body.soft_budget, 'soft_budget')
  if (body.budget_duration !== undefined) Object.assign(changes, budgetPeriod(body.budget_duration, context))
  if (body.rpm_limit !== undefined) changes.rpmLimit = body.rpm_limit
  if (body.tpm_limit !== undefined) changes.tpmLimit = body.tpm_limit
  if (body.max_parallel_requests !== undefined) changes.maxParallelRequests = body.max_parallel_requests
  // What a budget gives is not taken over: it would stay when the budget changes.
  const ownMore = before?.template?.own.moreLimits ?? before?.moreLimits
  const given = MORE.filter(name => body[name] !== undefined)
  if (given.length > 0) changes.moreLimits = moreOf(body, given, ownMore ?? {})
  return changes
}

/** Limits in force, in LiteLLM's names: dollars and ISO times. */
export function limitAnswer(limits: Limits) {
  const { moreLimits: more } = limits
  return {
    max_budget: dollars(limits.maxBudgetNanoUsd),
    soft_budget: dollars(limits.softBudgetNanoUsd),
    budget_duration: limits.budgetDuration,
    budget_reset_at: isoTime(limits.budgetResetAt),
    rpm_limit: limits.rpmLimit,
    tpm_limit: limits.tpmLimit,
    max_parallel_requests: limits.maxParallelRequests,
    model_max_budget: more.model_max_budget ?? {},
    model_rpm_limit: more.model_rpm_limit ?? null,
    model_tpm_limit: more.model_tpm_limit ?? null,
    budget_limits: more.budget_limits ?? null,
    rpm_limit_type: more.rpm_limit_type ?? null,
    tpm_limit_type: more.tpm_limit_type ?? null,
    input_tpm_limit: more.input_tpm_limit ?? null,
    output_tpm_limit: more.output_tpm_limit ?? null,
  }
}

/** `litellm_budget_table` of whoever names a budget. */
export function templateAnswer(template: Template | undefined) {
  if (template === undefined) return null
  const { budget } = template
  return { budget_id: budget.budgetId, ...limitAnswer(budget), allowed_models: budget.models }
}

export const DURATION_RULE = 'must be a whole number followed by s, m, h, d, w or mo, such as 30d'

export function dollars(nano: number | null): number | null {
  return nano === null ? null : usdFromNano(nano)
}

export function isoTime(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}

function amount(value: number | '' | null | undefined): number | null | undefined {
  return value === '' ? null : value
}

function moneyOf(value: number | '' | null, field: string): number | null {
  return value === null || value === '' ? null : nanoFromUsd(value, field)
}

function budgetPeriod(text: string | null, { now, calendar }: LimitContext): Partial<Limits> {
  if (text === null || text === '') return { budgetDuration: null, budgetResetAt: null }
  checkDuration(text, 'budget_duration')
  return { budgetDuration: text.trim(), budgetResetAt: nextBudgetReset(text, now, calendar) ?? null }
}

function checkDuration(text: string, field: string): void {
  if (readBudgetDuration(text) !== undefined) return
  throw badRequest(`${field}: ${DURATION_RULE}, or null for a budget that never resets.`, field)
}

/** Null clears a limit; what the body does not name stays. */
function moreOf(body: LimitBody, given: readonly (typeof MORE)[number][], before: MoreLimits): MoreLimits {
  for (const { budget_duration } of body.budget_limits ?? [])
    checkDuration(budget_duration, 'budget_limits.budget_duration')
  for (const [model, { budget_duration }] of Object.entries(body.model_max_budget ?? {}))
    if (budget_duration != null) checkDuration(budget_duration, `model_max_budget.${model}.budget_duration`)
  const after: Record<string, unknown> = { ...before }
  for (const name of given) {
    if (body[name] === null) delete after[name]
    else after[name] = body[name]
  }
  return after as MoreLimits
}
