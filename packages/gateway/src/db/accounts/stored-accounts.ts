import type { Kysely, SelectQueryBuilder } from 'kysely'
import { TEMPLATE_COLUMNS } from '../budgets/template-columns.ts'
import type { Tables } from '../tables.ts'
import type { StoredAccount } from './account-row.ts'

/** Every column of an account with the total of its spend and the budget it names. */
export function storedAccounts(
  database: Kysely<Tables>,
): SelectQueryBuilder<AccountsWithTotals, 'accounts' | 'totals' | 'template', StoredAccount> {
  return database
    .selectFrom('accounts')
    .leftJoin('spend_totals as totals', join =>
      join.onRef('totals.kind', '=', 'accounts.kind').onRef('totals.subject_id', '=', 'accounts.id'),
    )
    .leftJoin('budgets as template', join =>
      join.onRef('template.budget_id', '=', 'accounts.budget_id').on('template.deleted_at', 'is', null),
    )
    .selectAll('accounts')
    .select(TEMPLATE_COLUMNS)
    .select(['totals.spend_nano_usd as total_nano_usd'])
    .$castTo<StoredAccount>()
}

type AccountsWithTotals = Tables & {
  totals: { [Column in keyof Tables['spend_totals']]: Tables['spend_totals'][Column] | null }
  template: { [Column in keyof Tables['budgets']]: Tables['budgets'][Column] | null }
}
