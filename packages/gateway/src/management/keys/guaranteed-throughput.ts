import type { Settings } from '../../config/settings.ts'
import type { KeyFilter, KeyStore } from '../../db/database.ts'
import type { KeyRow } from '../../db/rows.ts'
import type { CallerAccounts } from '../../limits/subjects.ts'
import {
  allOf,
  checkPromises,
  GUARANTEES_AT_ONCE,
  newGuarantees,
  rateOf,
  rateOfModel,
} from '../accounts/guarantees.ts'

export interface KeyGuarantees {
  /** As it is; undefined for a new one. */
  readonly before: KeyRow | undefined
  readonly after: KeyRow
  readonly holders: Pick<CallerAccounts, 'team' | 'organization'>
  readonly keys: Pick<KeyStore, 'list'>
  readonly settings: Settings
}

/**
 * A guaranteed rate can be kept only if all that is promised to keys fits: of a team into what the team has, of an
 * organization without a team into what that has, of a model into what its deployments can do. Throws
 * `BadRequestError` naming the sum.
 */
export async function checkThroughput({
  before,
  after,
  holders,
  keys,
  settings,
}: KeyGuarantees): Promise<void> {
  const isMoved = before?.teamId !== after.teamId || before.organizationId !== after.organizationId
  const wanted = newGuarantees(isMoved ? undefined : before, after)
  if (wanted.length === 0) return
  const promised = async (filter: Partial<KeyFilter>) => {
    const all = { ...filter, isGuaranteed: true, size: GUARANTEES_AT_ONCE }
    const rows = await allOf(page => keys.list({ ...all, page }))
    return rows.filter(({ tokenHash }) => tokenHash !== before?.tokenHash)
  }
  const { team, organization } = holders
  if (team !== undefined) {
    const others = await promised({ teamId: team.id })
    checkPromises(wanted, { who: 'the team guarantees', others, most: each => rateOf(team, each) })
  } else if (organization !== undefined) {
    const others = (await promised({ organizationId: organization.id })).filter(row => row.teamId === null)
    const who = 'the organization guarantees'
    checkPromises(wanted, { who, others, most: each => rateOf(organization, each) })
  }
  const ofModels = wanted.filter(each => rateOfModel(settings, each) !== undefined)
  if (ofModels.length === 0) return
  const who = 'all keys together are guaranteed'
  checkPromises(ofModels, { who, others: await promised({}), most: each => rateOfModel(settings, each) })
}
