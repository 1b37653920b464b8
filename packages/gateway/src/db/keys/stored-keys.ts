import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { TEMPLATE_COLUMNS } from '../budgets/template-columns.ts'
import type { Tables } from '../tables.ts'
import type { StoredKey } from './key-row.ts'
import { retiredSpend } from './key-spend.ts'

/** Every column of a key with the totals of its spend and the budget it names. */
export function storedKeys(
  database: Kysely<Tables>,
): SelectQueryBuilder<KeysWithTotals, 'virtual_keys' | 'totals' | 'template', StoredKey> {
  return database
    .selectFrom('virtual_keys')
    .leftJoin('spend_totals as totals', join =>
      join.on('totals.kind', '=', 'key').onRef('totals.subject_id', '=', 'virtual_keys.token_hash'),
    )
    .leftJoin('budgets as template', join =>
      join.onRef('template.budget_id', '=', 'virtual_keys.budget_id').on('template.deleted_at', 'is', null),
    )
    .selectAll('virtual_keys')
    .select(TEMPLATE_COLUMNS)
    .select(['totals.spend_nano_usd as total_nano_usd', 'totals.last_active_at as total_last_active_at'])
    .select(retiredSpend(sql.ref('virtual_keys.token_hash')).as('retired_nano_usd'))
    .$castTo<StoredKey>()
}

type KeysWithTotals = Tables & {
  totals: { [Column in keyof Tables['spend_totals']]: Tables['spend_totals'][Column] | null }
  template: { [Column in keyof Tables['budgets']]: Tables['budgets'][Column] | null }
}
