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
import type { KeyRotation, KeyRow } from '../rows.ts'
import type { VirtualKeysTable } from '../tables.ts'

/** What a read of a key yields: the row, and what `spend_totals` knows of it. */
export interface StoredKey extends VirtualKeysTable, TemplateColumns {
  readonly total_nano_usd: number | null
  /** What its earlier secrets spent. */
  readonly retired_nano_usd: number
  readonly total_last_active_at: number | null
}

/** Columns of a whole row, or of those fields that are given; spend lives elsewhere. */
export function encodeKeyRow(row: KeyRow): Omit<VirtualKeysTable, 'spend_base_nano_usd' | 'spend_from'>
export function encodeKeyRow(row: Partial<KeyRow>): Partial<VirtualKeysTable>
export function encodeKeyRow(row: Partial<KeyRow>): Partial<VirtualKeysTable> {
  return given({
    token_hash: row.tokenHash,
    key_name: row.keyName,
    key_alias: row.keyAlias,
    user_id: row.userId,
    team_id: row.teamId,
    organization_id: row.organizationId,
    project_id: row.projectId,
    budget_id: row.budgetId,
    models: encodeJson(row.models),
    aliases: encodeJson(row.aliases),
    ...encodeLimits(row),
    expires_at: row.expiresAt,
    blocked: encodeFlag(row.blocked),
    metadata: encodeJson(row.metadata),
    tags: encodeJson(row.tags),
    permissions: encodeJson(row.permissions),
    allowed_routes: encodeJson(row.allowedRoutes),
    ...encodeAuthors(row),
    last_active_at: row.lastActiveAt,
    ...encodeRotation(row),
    access_group_ids: encodeJson(row.accessGroupIds),
  })
}

export function decodeKeyRow(stored: StoredKey): KeyRow {
  return {
    tokenHash: stored.token_hash,
    keyName: stored.key_name,
    keyAlias: stored.key_alias,
    userId: stored.user_id,
    teamId: stored.team_id,
    organizationId: stored.organization_id,
    projectId: stored.project_id,
    budgetId: stored.budget_id,
    aliases: JSON.parse(stored.aliases) as Record<string, string>,
    ...withTemplate({ ...decodeLimits(stored), models: JSON.parse(stored.models) as string[] }, stored),
    spendNanoUsd: (stored.total_nano_usd ?? 0) + stored.retired_nano_usd - stored.spend_base_nano_usd,
    expiresAt: stored.expires_at,
    blocked: stored.blocked !== 0,
    metadata: JSON.parse(stored.metadata) as Record<string, unknown>,
    tags: JSON.parse(stored.tags) as string[],
    permissions: JSON.parse(stored.permissions) as Record<string, unknown>,
    allowedRoutes: JSON.parse(stored.allowed_routes) as string[],
    ...decodeAuthors(stored),
    lastActiveAt: latest(stored.last_active_at, stored.total_last_active_at),
    ...decodeRotation(stored),
    ...(stored.access_group_ids === null
      ? {}
      : { accessGroupIds: JSON.parse(stored.access_group_ids) as string[] }),
  }
}

/** When it is due has a column of its own, which is indexed. */
function encodeRotation({ rotation }: Partial<KeyRow>) {
  if (rotation === undefined) return {}
  const { dueAt, ...rest } = rotation
  return { rotation_at: dueAt, rotation: JSON.stringify(rest) }
}

function decodeRotation(stored: StoredKey): Pick<KeyRow, 'rotation'> {
  if (stored.rotation === null) return {}
  const rest = JSON.parse(stored.rotation) as Omit<KeyRotation, 'dueAt'>
  return { rotation: { ...rest, dueAt: stored.rotation_at } }
}

function latest(one: number | null, other: number | null): number | null {
  if (one === null) return other
  return other === null ? one : Math.max(one, other)
}
