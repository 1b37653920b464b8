import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges } from '../accounts/account-fields.ts'
import type { LimitBody } from '../limit-fields.ts'
import type { MemberLimits } from './team-schemas.ts'

/** A limit of a member → where its team keeps what members have who have none of their own. */
const DEFAULTS = {
  max_budget_in_team: 'team_member_budget',
  budget_duration: 'team_member_budget_duration',
  tpm_limit: 'team_member_tpm_limit',
  rpm_limit: 'team_member_rpm_limit',
  allowed_models: 'default_team_member_models',
} as const satisfies Record<keyof MemberLimits, string>

const NAMES = Object.keys(DEFAULTS) as (keyof MemberLimits)[]

/** Fields of a team that every member's limits may follow from. */
export const MEMBER_DEFAULTS: readonly string[] = Object.values(DEFAULTS)

/**
 * What a member has: its own limits where they were ever stated (null states that there is none), else its team's
 * defaults. `before`: the member as it is, undefined for a new one.
 */
export function memberChanges(
  team: AccountRow,
  stated: MemberLimits,
  before: AccountRow | undefined,
  context: AccountContext,
): Partial<AccountRow> {
  const given = Object.fromEntries(
    NAMES.filter(name => stated[name] !== undefined).map(name => [name, stated[name]]),
  )
  const own: MemberLimits = { ...before?.details, ...given }
  const all: MemberLimits = Object.fromEntries(
    NAMES.map(name => [name, own[name] === undefined ? (team.details[DEFAULTS[name]] ?? null) : own[name]]),
  )
  const limits: LimitBody = {
    max_budget: all.max_budget_in_team,
    tpm_limit: all.tpm_limit,
    rpm_limit: all.rpm_limit,
  }
  const period = all.budget_duration ?? null
  // A period that stays as it is goes on running.
  const isNewPeriod = before === undefined || period !== before.budgetDuration
  const { max_budget_in_team: max_budget, budget_duration, tpm_limit, rpm_limit } = stated
  return {
    ...accountChanges(
      { ...limits, models: all.allowed_models, ...(isNewPeriod && { budget_duration: period }) },
      before,
      context,
      { max_budget, budget_duration, tpm_limit, rpm_limit },
    ),
    details: own,
  }
}

export function statesLimits(body: MemberLimits): boolean {
  return NAMES.some(name => body[name] !== undefined)
}
