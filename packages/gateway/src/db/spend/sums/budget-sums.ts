import { type BudgetSpend, isJsonArray, isJsonObject } from 'sluice/internal'
import type { NewSpendRow } from '../../rows.ts'
import { storedText } from '../spend-columns.ts'

/** What rows charge to each budget, summed up; sorted by primary key, so that batches of several replicas never deadlock. */
export function budgetSums(rows: readonly NewSpendRow[]): readonly BudgetSpend[] {
  const sums = new Map<string, BudgetSpend>()
  for (const row of rows)
    for (const spend of spendsOf(row)) {
      const key = [spend.kind, spend.id, spend.resetAt, spend.replica].join('\0')
      const nanoUsd = (sums.get(key)?.nanoUsd ?? 0) + spend.nanoUsd
      sums.set(key, { ...spend, nanoUsd })
    }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, spend]) => spend)
}

/** A row may come from a journal of another release: what is not whole there must not stop the batch. */
function spendsOf({ budgetSpends }: NewSpendRow): readonly BudgetSpend[] {
  if (!isJsonArray(budgetSpends)) return []
  return (budgetSpends as readonly unknown[]).flatMap(spend => {
    if (!isJsonObject(spend)) return []
    const { kind, id, resetAt, replica, nanoUsd } = spend
    if (kind !== 'provider' && kind !== 'deployment' && kind !== 'limit') return []
    if (typeof id !== 'string' || typeof replica !== 'string') return []
    if (!Number.isSafeInteger(resetAt) || !Number.isSafeInteger(nanoUsd)) return []
    const counts = { resetAt: resetAt as number, nanoUsd: nanoUsd as number }
    return [{ kind, id: storedText(id), replica: storedText(replica), ...counts }]
  })
}
