import type { KeyRow } from '../rows.ts'
import type { VirtualKeysTable } from '../tables.ts'

/** What a read of a key yields: the row, and what `spend_totals` knows of it. */
export interface StoredKey extends VirtualKeysTable {
  readonly total_nano_usd: number | null
  readonly total_last_active_at: number | null
}

/** Columns of a whole row, or of those fields that are given; spend lives elsewhere. */
export function encodeKeyRow(row: KeyRow): Omit<VirtualKeysTable, 'spend_base_nano_usd'>
export function encodeKeyRow(row: Partial<KeyRow>): Partial<VirtualKeysTable>
export function encodeKeyRow(row: Partial<KeyRow>): Partial<VirtualKeysTable> {
  const columns: { [name: string]: unknown } = {
    token_hash: row.tokenHash,
    key_name: row.keyName,
    key_alias: row.keyAlias,
    user_id: row.userId,
    team_id: row.teamId,
    organization_id: row.organizationId,
    models: json(row.models),
    aliases: json(row.aliases),
    max_budget_nano_usd: row.maxBudgetNanoUsd,
    soft_budget_nano_usd: row.softBudgetNanoUsd,
    budget_duration: row.budgetDuration,
    budget_reset_at: row.budgetResetAt,
    rpm_limit: row.rpmLimit,
    tpm_limit: row.tpmLimit,
    max_parallel_requests: row.maxParallelRequests,
    expires_at: row.expiresAt,
    blocked: row.blocked === undefined ? undefined : Number(row.blocked),
    metadata: json(row.metadata),
    tags: json(row.tags),
    permissions: json(row.permissions),
    allowed_routes: json(row.allowedRoutes),
    created_at: row.createdAt,
    created_by: row.createdBy,
    updated_at: row.updatedAt,
    updated_by: row.updatedBy,
    last_active_at: row.lastActiveAt,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

export function decodeKeyRow(stored: StoredKey): KeyRow {
  return {
    tokenHash: stored.token_hash,
    keyName: stored.key_name,
    keyAlias: stored.key_alias,
    userId: stored.user_id,
    teamId: stored.team_id,
    organizationId: stored.organization_id,
    models: JSON.parse(stored.models) as string[],
    aliases: JSON.parse(stored.aliases) as Record<string, string>,
    maxBudgetNanoUsd: stored.max_budget_nano_usd,
    softBudgetNanoUsd: stored.soft_budget_nano_usd,
    spendNanoUsd: (stored.total_nano_usd ?? 0) - stored.spend_base_nano_usd,
    budgetDuration: stored.budget_duration,
    budgetResetAt: stored.budget_reset_at,
    rpmLimit: stored.rpm_limit,
    tpmLimit: stored.tpm_limit,
    maxParallelRequests: stored.max_parallel_requests,
    expiresAt: stored.expires_at,
    blocked: stored.blocked !== 0,
    metadata: JSON.parse(stored.metadata) as Record<string, unknown>,
    tags: JSON.parse(stored.tags) as string[],
    permissions: JSON.parse(stored.permissions) as Record<string, unknown>,
    allowedRoutes: JSON.parse(stored.allowed_routes) as string[],
    createdAt: stored.created_at,
    createdBy: stored.created_by,
    updatedAt: stored.updated_at,
    updatedBy: stored.updated_by,
    lastActiveAt: latest(stored.last_active_at, stored.total_last_active_at),
  }
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function latest(one: number | null, other: number | null): number | null {
  if (one === null) return other
  return other === null ? one : Math.max(one, other)
}
