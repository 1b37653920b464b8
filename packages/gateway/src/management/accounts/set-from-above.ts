import { NO_LIMITS } from '../../db/blank-rows.ts'
import type { AccountRow, Limits, MoreLimits } from '../../db/rows.ts'
import { limitsNoLooser } from '../limit-bounds.ts'
import type { LimitBody } from '../limit-fields.ts'
import type { AccountSubject } from './account-subject.ts'
import type { AccountsOffice } from './accounts-office.ts'

/** Whether the admin of the gateway asks, or an admin below; undefined where nobody does. */
export interface FromWhere {
  readonly isGateway?: boolean | undefined
}

/** Field of a body → column of a row. A period belongs to the amount that is spent in it. */
const COLUMNS = {
  max_budget: ['maxBudgetNanoUsd', 'budgetDuration'],
  budget_duration: ['maxBudgetNanoUsd', 'budgetDuration'],
  rpm_limit: ['rpmLimit'],
  tpm_limit: ['tpmLimit'],
  max_parallel_requests: ['maxParallelRequests'],
} as const satisfies Partial<Record<keyof LimitBody, readonly (keyof Limits)[]>>
const MORE = [
  'model_max_budget',
  'model_rpm_limit',
  'model_tpm_limit',
  'budget_limits',
  'input_tpm_limit',
  'output_tpm_limit',
] as const

type Name = keyof typeof COLUMNS | (typeof MORE)[number]
const NAMES = [...Object.keys(COLUMNS), ...MORE] as readonly Name[]

/**
 * The changes, as they may be made: what the admin of the gateway sets is remembered with the limits of a person, and
 * whoever is below tightens it and does not loosen it. `stated`: the fields somebody truly named; undefined for teams
 * and projects, whose limits are wholly their organization's. Throws `PermissionDeniedError` naming the field.
 */
export function fromAbove(
  changes: Partial<Limits>,
  stated: LimitBody | undefined,
  before: AccountRow | undefined,
  { isGateway }: FromWhere,
): Partial<Limits> {
  if (stated === undefined) return changes
  const marked = before?.moreLimits.set_by_gateway ?? []
  if (isGateway === true) return withMarks(changes, stated, before, marked)
  if (isGateway === false && before !== undefined && marked.length > 0)
    limitsNoLooser({ ...before, ...changes }, boundOf(before, marked), 'what the admin of the gateway set')
  return changes
}

/**
 * Somebody who was put out and is taken in again comes back with what the admin of the gateway had set: gives the
 * limits and what was spent of them, undefined where nothing was set.
 */
export async function heldFromAbove(
  accounts: AccountsOffice,
  subject: AccountSubject,
  id: string,
  { isGateway }: FromWhere,
): Promise<AccountRow | undefined> {
  if (isGateway !== false) return undefined
  const { rows } = await accounts.list(subject, { ids: [id], deleted: true, page: 1, size: 1 })
  return rows[0]?.moreLimits.set_by_gateway === undefined ? undefined : rows[0]
}

/** What of a removed row goes on in the new one. */
export function limitsOfHeld(row: AccountRow | undefined): Partial<AccountRow> {
  if (row === undefined) return {}
  const limits = Object.fromEntries(Object.keys(NO_LIMITS).map(name => [name, row[name as keyof Limits]]))
  return { ...(limits as unknown as Limits), spendNanoUsd: row.spendNanoUsd }
}

function withMarks(
  changes: Partial<Limits>,
  stated: LimitBody,
  before: AccountRow | undefined,
  marked: readonly string[],
): Partial<Limits> {
  const named = NAMES.filter(name => stated[name] !== undefined)
  if (named.length === 0) return changes
  const isSet = (name: Name) => stated[name] !== null && stated[name] !== ''
  const marks = [...marked.filter(name => !named.some(each => each === name)), ...named.filter(isSet)]
  const { set_by_gateway: _, ...more } =
    changes.moreLimits ?? before?.template?.own.moreLimits ?? before?.moreLimits ?? {}
  return { ...changes, moreLimits: marks.length === 0 ? more : { ...more, set_by_gateway: marks } }
}

/** The limits that were set from above, and none besides. */
function boundOf(before: AccountRow, marked: readonly string[]): Limits {
  const columns = marked.flatMap(name => COLUMNS[name as keyof typeof COLUMNS] ?? [])
  const own = Object.fromEntries(columns.map(column => [column, before[column]]))
  const more = MORE.filter(name => marked.includes(name)).map(name => [name, before.moreLimits[name]])
  return { ...NO_LIMITS, ...own, moreLimits: Object.fromEntries(more) as MoreLimits }
}
