import { type TemplateColumns, withTemplate } from '../budgets/template-columns.ts'
import {
  decodeAuthors,
  decodeLimits,
  encodeAuthors,
  encodeFlag,
  encodeJson,
  encodeLimits,
  given,
} from '../limit-columns.ts'
import type { AccountKind, AccountRow } from '../rows.ts'
import type { AccountsTable } from '../tables.ts'

/** What a read of an account yields: the row, and what `spend_totals` knows of it. */
export interface StoredAccount extends AccountsTable, TemplateColumns {
  readonly total_nano_usd: number | null
}

/** Columns of those fields that are given; spend lives elsewhere. */
export function encodeAccount(row: Partial<AccountRow>): Partial<AccountsTable> {
  return given({
    kind: row.kind,
    id: row.id,
    alias: row.alias,
    email: row.email,
    role: row.role,
    external_id: row.externalId,
    organization_id: row.organizationId,
    team_id: row.teamId,
    user_id: row.userId,
    budget_id: row.budgetId,
    models: encodeJson(row.models),
    ...encodeLimits(row),
    spend_set_at: row.spendSetAt,
    blocked: encodeFlag(row.blocked),
    metadata: encodeJson(row.metadata),
    details: encodeJson(row.details),
    ...encodeAuthors(row),
    deleted_at: row.deletedAt,
  })
}

export function decodeAccount(stored: StoredAccount): AccountRow {
  return {
    kind: stored.kind as AccountKind,
    id: stored.id,
    alias: stored.alias,
    email: stored.email,
    role: stored.role,
    externalId: stored.external_id,
    organizationId: stored.organization_id,
    teamId: stored.team_id,
    userId: stored.user_id,
    budgetId: stored.budget_id,
    ...withTemplate({ ...decodeLimits(stored), models: JSON.parse(stored.models) as string[] }, stored),
    spendNanoUsd: (stored.total_nano_usd ?? 0) - stored.spend_base_nano_usd,
    spendSetAt: stored.spend_set_at,
    blocked: stored.blocked !== 0,
    metadata: JSON.parse(stored.metadata) as Record<string, unknown>,
    details: JSON.parse(stored.details) as Record<string, unknown>,
    ...decodeAuthors(stored),
    deletedAt: stored.deleted_at,
  }
}
