import type { AccountKind, AccountRow, KeyRow } from '../db/rows.ts'
import type { LimitSubject } from './limiter.ts'
import type { ModelLimits } from './subjects/model-limits.ts'
import { NO_LIMITS, type RowLimits, rowLimits } from './subjects/row-limits.ts'

/** The accounts that stand behind a key. */
export interface CallerAccounts {
  readonly user?: AccountRow | undefined
  readonly team?: AccountRow | undefined
  /** The user as a member of the team. */
  readonly member?: AccountRow | undefined
  readonly organization?: AccountRow | undefined
  /** The user as a member of the organization. */
  readonly organizationMember?: AccountRow | undefined
  readonly project?: AccountRow | undefined
}

/** When a key's spend was last set by hand, milliseconds; kept in the row's metadata. */
export const SPEND_SET_AT = 'spend_set_at'

/** Derived once from each row: a row that changes is another object. */
const derived = new WeakMap<KeyRow | AccountRow, RowLimits>()

/** Everybody a key's calls are charged to, the key first. What has no limits is not counted. */
export function subjectsOf(row: KeyRow, accounts: CallerAccounts): readonly LimitSubject[] {
  return allLimits(row, accounts).flatMap(({ subjects }) => subjects)
}

/** The limits per model of everybody a key's calls are charged to. */
export function modelLimitsOf(row: KeyRow, accounts: CallerAccounts): readonly ModelLimits[] {
  return allLimits(row, accounts).flatMap(({ models }) => (models === undefined ? [] : [models]))
}

/** The limits of a customer or a tag, which a call names. */
export function limitsOfAccount(row: AccountRow): RowLimits {
  return once(row, () => ofAccount(row.kind, row))
}

function allLimits(row: KeyRow, accounts: CallerAccounts): readonly RowLimits[] {
  const { team, member, user, project, organization, organizationMember } = accounts
  return [
    once(row, () => ofKey(row)),
    ...[member, user, team, project, organizationMember, organization].map(each =>
      each === undefined ? NO_LIMITS : limitsOfAccount(each),
    ),
  ]
}

function once(row: KeyRow | AccountRow, derive: () => RowLimits): RowLimits {
  let limits = derived.get(row)
  if (limits === undefined) derived.set(row, (limits = derive()))
  return limits
}

function ofKey(row: KeyRow): RowLimits {
  const setAt = row.metadata[SPEND_SET_AT]
  return rowLimits({
    kind: 'key',
    // Its counters go on under this when it is given a new secret.
    id: row.rotation?.firstHash ?? row.tokenHash,
    label: row.keyAlias ?? row.keyName,
    setAt: typeof setAt === 'number' ? setAt : undefined,
    row,
  })
}

function ofAccount(kind: AccountKind, row: AccountRow): RowLimits {
  const { id, alias, userId, teamId, organizationId } = row
  let label = alias ?? id
  if (kind === 'team_member') label = `User=${userId} in Team=${teamId}`
  if (kind === 'organization_member') label = `User=${userId} in Organization=${organizationId}`
  return rowLimits({ kind, id, label, setAt: row.spendSetAt ?? undefined, row })
}
