import type { ImportStore } from '../../db/litellm/import-store.ts'
import type { SourceRow } from '../../db/litellm/source-row.ts'
import type { CopyContext } from './context.ts'
import { authorsOf } from './map-limits.ts'

/** Tables whose rows are few and simple: each is put in the place of what was copied before. */
export interface OtherRows {
  readonly table: string
  readonly key: readonly string[]
  /** False where the row says too little to be copied. */
  put(row: SourceRow, imports: ImportStore, context: CopyContext): Promise<boolean>
  isWhole(row: SourceRow): boolean
}

const whole =
  (...columns: string[]) =>
  (row: SourceRow) =>
    columns.every(column => row.text(column) !== null)

export const otherRows: readonly OtherRows[] = [
  {
    table: 'AccessGroupTable',
    key: ['access_group_id'],
    isWhole: whole('access_group_id', 'access_group_name'),
    async put(row, imports, context) {
      const details = Object.fromEntries(
        ['assigned_team_ids', 'assigned_key_ids', 'access_mcp_server_ids', 'access_agent_ids'].map(name => [
          name,
          row.list(name),
        ]),
      )
      await imports.putAccessGroup({
        access_group_id: row.text('access_group_id') ?? '',
        access_group_name: row.text('access_group_name') ?? '',
        description: row.text('description'),
        models: JSON.stringify(row.list('access_model_names')),
        details: JSON.stringify(details),
        ...columnsOf(row, context),
      })
      return true
    },
  },
  {
    table: 'DeprecatedVerificationToken',
    key: ['id'],
    isWhole: whole('token', 'active_token_id', 'revoke_at'),
    async put(row, imports, { now }) {
      const endsAt = row.time('revoke_at') ?? 0
      // One that has ended opens nothing, here as there.
      if (endsAt <= now) return false
      await imports.putRetired({
        token: row.text('token') ?? '',
        active: row.text('active_token_id') ?? '',
        endsAt,
        createdAt: row.time('created_at') ?? now,
        now,
      })
      return true
    },
  },
  {
    table: 'InvitationLink',
    key: ['id'],
    isWhole: whole('id', 'user_id', 'expires_at'),
    async put(row, imports, context) {
      const expiresAt = row.time('expires_at') ?? 0
      // One that was used or has ended opens nothing, here as there.
      if (row.flag('is_accepted') || expiresAt <= context.now) return false
      await imports.putInvitation({
        ...{ id: row.text('id') ?? '', userId: row.text('user_id') ?? '' },
        ...{ isAccepted: false, acceptedAt: null, expiresAt },
        ...authorsOf(row, context),
      })
      return true
    },
  },
  {
    table: 'JWTKeyMapping',
    key: ['id'],
    isWhole: whole('id', 'jwt_claim_name', 'jwt_claim_value', 'token'),
    async put(row, imports, context) {
      await imports.putKeyMapping({
        id: row.text('id') ?? '',
        claim_name: row.text('jwt_claim_name') ?? '',
        claim_value: row.text('jwt_claim_value') ?? '',
        token_hash: row.text('token') ?? '',
        description: row.text('description'),
        is_active: Number(row.flag('is_active')),
        ...columnsOf(row, context),
      })
      return true
    },
  },
]

function columnsOf(row: SourceRow, context: CopyContext) {
  const { createdAt, createdBy, updatedAt, updatedBy } = authorsOf(row, context)
  return { created_at: createdAt, created_by: createdBy, updated_at: updatedAt, updated_by: updatedBy }
}
