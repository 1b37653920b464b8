import { hashKey } from '../../auth/hash.ts'
import type { SourceRow } from '../../db/litellm/source-row.ts'
import type { KeyRotation, KeyRow } from '../../db/rows.ts'
import type { CopyContext } from './context.ts'
import { authorsOf, budgetIdOf, limitsOf, withoutLimits } from './map-limits.ts'

const TABLE = 'VerificationToken'
const HASH = /^[0-9a-f]{64}$/
/** Columns without an effect here, kept in the metadata under their names as `/key/generate` keeps them. */
const KEPT = ['config', 'router_settings', 'allowed_cache_controls', 'policies', 'agent_id'] as const
/** Sessions of LiteLLM's dashboard are keys of this team. */
export const DASHBOARD_TEAM = 'litellm-dashboard'

/** A key as it will be here: its hash is the same, so its secret goes on working. Undefined for one that is left out. */
export function mapKey(row: SourceRow, context: CopyContext): KeyRow | undefined {
  const token = row.text('token')
  const teamId = row.text('team_id')
  if (token === null) return undefined
  if (teamId === DASHBOARD_TEAM) {
    context.note(TABLE, "is a session of LiteLLM's dashboard; left out")
    return undefined
  }
  const given = row.object('metadata')
  const { tags, ...metadata } = withoutLimits(given)
  return {
    // Very old ones were stored as they are.
    tokenHash: HASH.test(token) ? token : hashKey(token),
    keyName: row.text('key_name') ?? 'sk-...',
    keyAlias: row.text('key_alias'),
    userId: row.text('user_id'),
    teamId,
    organizationId: row.text('organization_id'),
    projectId: row.text('project_id'),
    budgetId: budgetIdOf(TABLE, row, context),
    models: row.list('models'),
    aliases: row.object('aliases') as Record<string, string>,
    ...limitsOf(TABLE, row, given, context),
    spendNanoUsd: row.nano('spend') ?? 0,
    expiresAt: row.time('expires'),
    blocked: row.flag('blocked'),
    metadata: { ...metadata, ...keptOf(row) },
    tags: Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [],
    permissions: row.object('permissions'),
    allowedRoutes: row.list('allowed_routes'),
    lastActiveAt: row.time('last_active'),
    ...rotationOf(row),
    accessGroupIds: row.list('access_group_ids'),
    ...authorsOf(row, context),
  }
}

function keptOf(row: SourceRow): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const name of KEPT) if (!isEmpty(row.json(name))) kept[name] = row.json(name)
  return kept
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function rotationOf(row: SourceRow): { rotation?: KeyRotation } {
  const isAutomatic = row.flag('auto_rotate')
  const interval = row.text('rotation_interval')
  const count = row.count('rotation_count') ?? 0
  const [lastAt, dueAt] = [row.time('last_rotation_at'), row.time('key_rotation_at')]
  if (!isAutomatic && interval === null && count === 0) return {}
  return {
    rotation: { isAutomatic, interval, grace: null, dueAt, count, lastAt, firstHash: null, failures: 0 },
  }
}
