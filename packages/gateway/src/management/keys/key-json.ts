import type { DeletedKey } from '../../db/database.ts'
import type { KeyRow, RetiredSecret } from '../../db/rows.ts'
import { usdFromNano } from '../../spend/money.ts'
import { warned } from '../accounts/kept-fields.ts'
import { isoTime, limitAnswer, templateAnswer } from '../limit-fields.ts'
import { rotationAnswer } from './rotation-fields.ts'

/** A key's row in LiteLLM's names: dollars and ISO times, without its hash. */
export function keyInfo(row: KeyRow) {
  return {
    key_name: row.keyName,
    key_alias: row.keyAlias,
    user_id: row.userId,
    team_id: row.teamId,
    organization_id: row.organizationId,
    models: row.models,
    aliases: row.aliases,
    config: row.metadata['config'] ?? {},
    spend: usdFromNano(row.spendNanoUsd),
    ...limitAnswer(row),
    project_id: row.projectId,
    budget_id: row.budgetId,
    litellm_budget_table: templateAnswer(row.template),
    expires: isoTime(row.expiresAt),
    blocked: row.blocked,
    metadata: row.metadata,
    permissions: row.permissions,
    tags: row.tags,
    allowed_routes: row.allowedRoutes,
    access_group_ids: row.accessGroupIds ?? [],
    ...rotationAnswer(row),
    created_at: isoTime(row.createdAt),
    created_by: row.createdBy,
    updated_at: isoTime(row.updatedAt),
    updated_by: row.updatedBy,
    last_active: isoTime(row.lastActiveAt),
  }
}

/** As `keyInfo`, with the hash under the names LiteLLM gives it. The hash names a key and opens nothing. */
export function keyObject(row: KeyRow) {
  return { token: row.tokenHash, token_id: row.tokenHash, ...keyInfo(row) }
}

/** The one answer that shows a key: right after it was made. */
export function newKeyAnswer(row: KeyRow, key: string, warnings: readonly string[]) {
  return { key, ...keyObject(row), ...warned(warnings) }
}

/** The answer to a change; `key` is the hash. */
export function changedKeyAnswer(row: KeyRow, warnings: readonly string[] = []) {
  return { key: row.tokenHash, ...keyObject(row), ...warned(warnings) }
}

/** A removed key, or a key as it was before it got a new secret. */
export function deletedKeyObject({ row, deletedAt, deletedBy }: DeletedKey) {
  return { ...keyObject(row), deleted_at: isoTime(deletedAt), deleted_by: deletedBy, status: 'deleted' }
}

/** Earlier secrets that still work, or did. Our own. */
export function retiredAnswer(retired: readonly RetiredSecret[]) {
  if (retired.length === 0) return {}
  return {
    earlier_keys: retired.map(({ tokenHash, keyName, endsAt }) => ({
      token: tokenHash,
      key_name: keyName,
      expires: isoTime(endsAt),
    })),
  }
}
