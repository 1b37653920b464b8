import type { LimitSettings, PrioritySettings } from '../config/settings.ts'
import type { AccountRow, BudgetRow } from '../db/rows.ts'
import type { LimitSubject } from './limiter.ts'
import { unstrained } from './subjects/dynamic-limits.ts'
import { endUserLimits } from './subjects/end-user-budget.ts'
import type { ModelLimits } from './subjects/model-limits.ts'
import { type ModelRates, prioritySubjects } from './subjects/priority-subjects.ts'
import type { RowLimits } from './subjects/row-limits.ts'
import { tagBudgetSubjects } from './subjects/tag-budgets.ts'
import { type CallerAccounts, limitsOfAccount } from './subjects.ts'

/** Who asks, as far as limits are concerned. */
export interface ChargedCaller {
  /** Everyone every call is charged to. */
  readonly subjects: readonly LimitSubject[]
  readonly modelLimits: readonly ModelLimits[]
  readonly accounts: CallerAccounts
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Those a call names, as far as they have a row. */
export interface NamedAccounts {
  readonly customer?: AccountRow | undefined
  readonly tags: readonly AccountRow[]
}

export interface CallFacts {
  /** The group asked for. */
  readonly model: string
  readonly customerId: string | undefined
  readonly named: NamedAccounts
  /** All tags of the call, with a row or without. */
  readonly tags?: readonly string[] | undefined
  /** What a customer without limits of its own goes by. */
  readonly endUserBudget?: BudgetRow | undefined
  readonly settings: LimitSettings
  /** True while a deployment of the group rests. */
  readonly isStrained: () => boolean
  /** What the deployments of the group can do in a minute. */
  readonly rates: () => ModelRates
}

/**
 * Everyone a call is charged to: its caller's subjects, their limits for this model, the customer and the tags it names,
 * and its priority's share. Answered from memory; the very array of the caller where nothing is added.
 */
export function callSubjects(caller: ChargedCaller, facts: CallFacts): readonly LimitSubject[] {
  const added: LimitSubject[] = []
  addModel(added, caller.modelLimits, facts.model)
  addCustomer(added, facts)
  for (const tag of facts.named.tags) addAccount(added, tag, facts.model)
  const { priorities, tagBudgets } = facts.settings
  if (tagBudgets !== undefined) added.push(...tagBudgetSubjects(facts.tags ?? [], tagBudgets))
  if (priorities !== undefined)
    added.push(...prioritySubjects(priorityOf(caller, priorities), facts, priorities))
  const all = added.length === 0 ? caller.subjects : [...caller.subjects, ...added]
  return unstrained(all, facts.isStrained)
}

function addModel(added: LimitSubject[], limits: readonly ModelLimits[], model: string): void {
  for (const each of limits) {
    const subject = each.of(model)
    if (subject !== undefined) added.push(subject)
  }
}

function addAccount(added: LimitSubject[], row: AccountRow, model: string): void {
  addLimits(added, limitsOfAccount(row), model)
}

function addLimits(added: LimitSubject[], { subjects, models }: RowLimits, model: string): void {
  added.push(...subjects)
  if (models !== undefined) addModel(added, [models], model)
}

/** A customer without limits of its own has those that all such customers have. */
function addCustomer(added: LimitSubject[], facts: CallFacts): void {
  const { customerId, named, settings, model, endUserBudget } = facts
  if (customerId === undefined) return
  const before = added.length
  if (named.customer !== undefined) addAccount(added, named.customer, model)
  if (added.length > before) return
  if (endUserBudget !== undefined) addLimits(added, endUserLimits(customerId, endUserBudget), model)
  const { endUserBudgetNanoUsd: max } = settings
  if (added.length > before || max === undefined) return
  const budget = { maxNanoUsd: max, spentNanoUsd: undefined }
  added.push({ kind: 'customer', id: customerId, label: customerId, budget })
}

/** The team's priority comes before the key's, as in LiteLLM. */
function priorityOf({ accounts, metadata }: ChargedCaller, { shares }: PrioritySettings): string | undefined {
  const named = accounts.team?.metadata['priority'] ?? metadata['priority']
  return typeof named === 'string' && shares.has(named) ? named : undefined
}
