import { badRequest } from 'sluice/internal'
import type { KeyStore } from '../../db/database.ts'
import type { AccountRow, KeyRow } from '../../db/rows.ts'

const RATES = [
  ['rpm_limit', 'rpmLimit', 'rpm_limit_type'],
  ['tpm_limit', 'tpmLimit', 'tpm_limit_type'],
] as const

const GUARANTEED = 'guaranteed_throughput'
const PAGE = 100
/** Keys of one team that are added up; a team of more cannot guarantee anything to each. */
const MOST_PAGES = 100

/**
 * A guaranteed rate can be kept only if all that a team guarantees fits into what the team has. Throws
 * `BadRequestError` naming the sum.
 */
export async function checkThroughput(
  before: KeyRow | undefined,
  after: KeyRow,
  team: AccountRow | undefined,
  keys: Pick<KeyStore, 'list'>,
): Promise<void> {
  const wanted = RATES.filter(
    ([, column, type]) => after.moreLimits[type] === GUARANTEED && after[column] !== null,
  )
  if (team === undefined || wanted.length === 0) return
  if (before !== undefined && wanted.every(([, column, type]) => isAsBefore(before, after, column, type)))
    return
  const sums = { rpmLimit: after.rpmLimit ?? 0, tpmLimit: after.tpmLimit ?? 0 }
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows } = await keys.list({ teamId: team.id, page, size: PAGE })
    for (const row of rows) {
      if (row.tokenHash === before?.tokenHash) continue
      for (const [, column, type] of RATES)
        if (row.moreLimits[type] === GUARANTEED) sums[column] += row[column] ?? 0
    }
    if (rows.length < PAGE) break
  }
  for (const [field, column] of wanted) {
    const most = team[column]
    if (most === null || sums[column] <= most) continue
    throw badRequest(
      `${field}: the team guarantees ${sums[column]} to its keys with this one, and has ${most}. ` +
        `Lower ${field}, raise the team's, or use best_effort_throughput.`,
      field,
    )
  }
}

function isAsBefore(
  before: KeyRow,
  after: KeyRow,
  column: 'rpmLimit' | 'tpmLimit',
  type: 'rpm_limit_type' | 'tpm_limit_type',
): boolean {
  return (
    before.teamId === after.teamId &&
    before.moreLimits[type] === GUARANTEED &&
    (before[column] ?? Infinity) >= (after[column] ?? 0)
  )
}
