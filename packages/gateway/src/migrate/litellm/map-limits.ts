import { nextBudgetReset, readBudgetDuration } from 'sluice/internal'
import type { SourceRow } from '../../db/litellm/source-row.ts'
import type { Authorship, Limits, ModelBudget, MoreLimits } from '../../db/rows.ts'
import { COPIED_BY, type CopyContext } from './context.ts'

type Json = Readonly<Record<string, unknown>>

/** The limits of a row; those that LiteLLM keeps in the metadata among them. */
export function limitsOf(table: string, row: SourceRow, metadata: Json, context: CopyContext): Limits {
  const budgetDuration = durationOf(table, row.text('budget_duration'), context)
  const resetAt = row.time('budget_reset_at')
  return {
    maxBudgetNanoUsd: row.nano('max_budget'),
    softBudgetNanoUsd: row.nano('soft_budget'),
    budgetDuration,
    budgetResetAt:
      budgetDuration === null
        ? null
        : (resetAt ?? nextBudgetReset(budgetDuration, context.now, context.calendar) ?? null),
    rpmLimit: row.count('rpm_limit'),
    tpmLimit: row.count('tpm_limit'),
    maxParallelRequests: row.count('max_parallel_requests'),
    moreLimits: moreOf(table, row, metadata, context),
  }
}

/** Metadata without what became limits. */
export function withoutLimits(metadata: Json): Json {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !IN_METADATA.has(name)))
}

export function authorsOf(row: SourceRow, { now }: CopyContext): Authorship {
  return {
    createdAt: row.time('created_at') ?? now,
    createdBy: row.text('created_by'),
    // Replicas must hear of it, whenever it was changed there.
    updatedAt: now,
    updatedBy: row.text('updated_by') ?? COPIED_BY,
  }
}

/** The budget a row names, if it is there. */
export function budgetIdOf(table: string, row: SourceRow, context: CopyContext): string | null {
  const id = row.text('budget_id')
  if (id === null || context.budgetIds.has(id)) return id
  context.note(table, 'names a budget that does not exist; it is left out')
  return null
}

const IN_METADATA = new Set(['model_rpm_limit', 'model_tpm_limit', 'rpm_limit_type', 'tpm_limit_type'])

function moreOf(table: string, row: SourceRow, metadata: Json, context: CopyContext): MoreLimits {
  const perModel = (name: string) => {
    const own = row.object(name)
    return countsOf(Object.keys(own).length > 0 ? own : metadata[name])
  }
  const budgets = row.json('budget_limits')
  const more = {
    model_max_budget: modelBudgets(row.object('model_max_budget')),
    model_rpm_limit: perModel('model_rpm_limit'),
    model_tpm_limit: perModel('model_tpm_limit'),
    budget_limits: windowsOf(table, budgets, context),
    rpm_limit_type: textOf(metadata['rpm_limit_type']),
    tpm_limit_type: textOf(metadata['tpm_limit_type']),
  }
  return Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)) as MoreLimits
}

/** LiteLLM has two names for each of both, and once had a bare amount. */
function modelBudgets(given: Json): MoreLimits['model_max_budget'] {
  const entries = Object.entries(given).map(([model, value]): [string, ModelBudget] => {
    if (typeof value !== 'object' || value === null) return [model, { max_budget: Number(value) }]
    const { max_budget, budget_limit, budget_duration, time_period, rpm_limit, tpm_limit } = value as Record<
      string,
      unknown
    >
    const fields = {
      max_budget: numberOf(max_budget ?? budget_limit),
      budget_duration: textOf(budget_duration ?? time_period),
      rpm_limit: numberOf(rpm_limit),
      tpm_limit: numberOf(tpm_limit),
    }
    return [model, Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== undefined))]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function windowsOf(table: string, given: unknown, context: CopyContext): MoreLimits['budget_limits'] {
  if (!Array.isArray(given) || given.length === 0) return undefined
  return given.flatMap((each: { budget_duration?: unknown; max_budget?: unknown }) => {
    const duration = durationOf(table, textOf(each.budget_duration) ?? null, context)
    const most = numberOf(each.max_budget)
    return duration === null || most === undefined ? [] : [{ budget_duration: duration, max_budget: most }]
  })
}

function durationOf(table: string, text: string | null, context: CopyContext): string | null {
  if (text === null || readBudgetDuration(text) !== undefined) return text
  context.note(table, `budget_duration ${JSON.stringify(text)} cannot be read: the budget never resets`)
  return null
}

function countsOf(given: unknown): Record<string, number> | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  const entries = Object.entries(given).filter(
    (pair): pair is [string, number] => typeof pair[1] === 'number',
  )
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
