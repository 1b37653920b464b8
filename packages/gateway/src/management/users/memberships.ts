import { badRequest } from 'sluice/internal'
import { memberId } from '../../db/accounts/member-id.ts'
import type { Database } from '../../db/database.ts'
import type { AccountRow } from '../../db/rows.ts'
import { nanoFromUsd } from '../../spend/money.ts'
import { type AccountContext, newAccount } from '../accounts/account-fields.ts'
import type { AccountWriter } from '../accounts/account-writer.ts'
import { ORGANIZATION_MEMBER } from '../organizations/organization-json.ts'
import { TEAM_MEMBER } from '../teams/team-json.ts'
import type { NewUser } from './user-schemas.ts'

/** What a new user belongs to. */
export interface Memberships {
  readonly teams: readonly AccountRow[]
  readonly organizations: readonly AccountRow[]
}

export function membershipsOf(
  { teams, organizations }: Pick<NewUser, 'teams' | 'organizations'>,
  userId: string,
  context: AccountContext,
): Memberships {
  return {
    teams: (teams ?? []).map(each => {
      const named = typeof each === 'string' ? { team_id: each } : each
      const {
        team_id: teamId,
        max_budget_in_team: max,
        user_role: role,
      } = { max_budget_in_team: null, user_role: 'user', ...named }
      return newAccount('team_member', memberId(teamId, userId), context, {
        ...{ teamId, userId, role },
        maxBudgetNanoUsd: max == null || max === '' ? null : nanoFromUsd(max, 'max_budget_in_team'),
      })
    }),
    organizations: [...new Set(organizations ?? [])].map(organizationId =>
      newAccount('organization_member', memberId(organizationId, userId), context, {
        ...{ organizationId, userId, role: 'internal_user' },
      }),
    ),
  }
}

/** Inside the transaction that makes the user. Throws `BadRequestError` for a team or organization that is not there. */
export async function keepMemberships(
  { teams, organizations }: Memberships,
  { accounts }: Pick<Database, 'accounts'>,
  writer: AccountWriter,
): Promise<void> {
  for (const member of teams) {
    if ((await accounts.find('team', member.teamId ?? '')) === undefined)
      throw notThere('teams', member.teamId)
    await writer.create(TEAM_MEMBER, member)
  }
  for (const member of organizations) {
    if ((await accounts.find('organization', member.organizationId ?? '')) === undefined)
      throw notThere('organizations', member.organizationId)
    await writer.create(ORGANIZATION_MEMBER, member)
  }
}

function notThere(field: string, id: string | null) {
  return badRequest(
    `${field}: there is no ${field.slice(0, -1)} ${id}. Make it first, or correct the id.`,
    field,
  )
}
