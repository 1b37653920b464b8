import type { Settings } from '../../config/settings.ts'
import type { AccountRow } from '../../db/rows.ts'
import { TEAM } from '../teams/team-json.ts'
import type { AccountsOffice } from './accounts-office.ts'
import { allOf, checkPromises, GUARANTEES_AT_ONCE, newGuarantees, rateOf, rateOfModel } from './guarantees.ts'

export interface TeamGuarantees {
  readonly accounts: AccountsOffice
  readonly settings: Settings
  /** Undefined for a new one. */
  readonly before: AccountRow | undefined
  readonly after: AccountRow
  readonly organization: AccountRow | undefined
}

/**
 * What is promised to teams must fit into what their organization has, and of a model into what its deployments can
 * do. Throws `BadRequestError` naming the sum.
 */
export async function checkTeamGuarantees({
  accounts,
  settings,
  before,
  after,
  organization,
}: TeamGuarantees): Promise<void> {
  const isMoved = before?.organizationId !== after.organizationId
  const wanted = newGuarantees(isMoved ? undefined : before, after)
  if (wanted.length === 0) return
  const filter = { isGuaranteed: true, size: GUARANTEES_AT_ONCE }
  const all = await allOf(page => accounts.list(TEAM, { ...filter, page }))
  const others = all.filter(({ id }) => id !== after.id)
  if (organization !== undefined) {
    const who = 'the organization guarantees'
    const inside = others.filter(({ organizationId }) => organizationId === organization.id)
    checkPromises(wanted, { who, others: inside, most: each => rateOf(organization, each) })
  }
  const who = 'all teams together are guaranteed'
  checkPromises(wanted, { who, others, most: each => rateOfModel(settings, each) })
}
