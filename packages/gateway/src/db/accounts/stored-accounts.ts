import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { Tables } from '../tables.ts'
import type { StoredAccount } from './account-row.ts'

/** Every column of an account with the total of its spend. */
export function storedAccounts(
  database: Kysely<Tables>,
): SelectQueryBuilder<AccountsWithTotals, 'accounts' | 'totals', StoredAccount> {
  return database
    .selectFrom('accounts')
    .leftJoin('spend_totals as totals', join =>
      join.onRef('totals.kind', '=', 'accounts.kind').onRef('totals.subject_id', '=', 'accounts.id'),
    )
    .selectAll('accounts')
    .select(['totals.spend_nano_usd as total_nano_usd'])
}

type AccountsWithTotals = Tables & {
  totals: { [Column in keyof Tables['spend_totals']]: Tables['spend_totals'][Column] | null }
}
