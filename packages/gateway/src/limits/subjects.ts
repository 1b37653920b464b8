import type { AccountRow, KeyRow } from '../db/rows.ts'
import type { BudgetLimit, LimitSubject } from './limiter.ts'

/** The accounts that stand behind a key. */
export interface CallerAccounts {
  readonly user?: AccountRow | undefined
  readonly team?: AccountRow | undefined
  /** The user as a member of the team. */
  readonly member?: AccountRow | undefined
  readonly organization?: AccountRow | undefined
  readonly project?: AccountRow | undefined
}

/** When a key's spend was last set by hand, milliseconds; kept in the row's metadata. */
export const SPEND_SET_AT = 'spend_set_at'

/** Everybody a key's calls are charged to, the key first. What has no limits is not counted. */
export function subjectsOf(row: KeyRow, { user, team }: CallerAccounts): readonly LimitSubject[] {
  const setAt = row.metadata[SPEND_SET_AT]
  const key = subjectOf(
    { kind: 'key', id: row.tokenHash, label: row.keyAlias ?? row.keyName },
    row,
    typeof setAt === 'number' ? setAt : undefined,
  )
  return [key, team && ofAccount('team', team), user && ofAccount('user', user)].filter(
    subject => subject !== undefined,
  )
}

function ofAccount(kind: 'team' | 'user', row: AccountRow): LimitSubject | undefined {
  return subjectOf({ kind, id: row.id, label: row.alias ?? row.id }, row, row.spendSetAt ?? undefined)
}

function subjectOf(
  name: Pick<LimitSubject, 'kind' | 'id' | 'label'>,
  row: KeyRow | AccountRow,
  setAt: number | undefined,
): LimitSubject | undefined {
  const subject: LimitSubject = {
    ...name,
    rpm: row.rpmLimit ?? undefined,
    tpm: row.tpmLimit ?? undefined,
    maxParallelRequests: row.maxParallelRequests ?? undefined,
    budget: budgetOf(row, setAt),
  }
  const { rpm, tpm, maxParallelRequests, budget } = subject
  const limited = [rpm, tpm, maxParallelRequests, budget].some(limit => limit !== undefined)
  return limited ? Object.freeze(subject) : undefined
}

function budgetOf(row: KeyRow | AccountRow, setAt: number | undefined): BudgetLimit | undefined {
  if (row.maxBudgetNanoUsd === null) return undefined
  return Object.freeze<BudgetLimit>({
    maxNanoUsd: row.maxBudgetNanoUsd,
    spentNanoUsd: row.spendNanoUsd,
    duration: row.budgetDuration ?? undefined,
    resetAt: row.budgetResetAt ?? undefined,
    setAt,
  })
}
