import { createHash } from 'node:crypto'
import type { AccountRow, BudgetRow, KeyRow } from '../../db/rows.ts'

/** Something that is copied, as it will be here. */
export type Item =
  | { readonly kind: 'budget'; readonly id: string; readonly row: BudgetRow }
  | { readonly kind: 'account'; readonly id: string; readonly row: AccountRow }
  | { readonly kind: 'key'; readonly id: string; readonly row: KeyRow }

/** What somebody has spent there, nano-dollars. Budgets spend nothing. */
export function spendOf(item: Item): number {
  return item.kind === 'budget' ? 0 : item.row.spendNanoUsd
}

/** The same for rows that say the same; times of the copying and what was spent do not count. */
export function digestOf({ row }: Item): string {
  const text = JSON.stringify(row, (name, value: unknown) => (VOLATILE.has(name) ? undefined : value))
  return createHash('sha256').update(text).digest('hex')
}

const VOLATILE = new Set(['createdAt', 'updatedAt', 'spendNanoUsd', 'lastActiveAt'])
