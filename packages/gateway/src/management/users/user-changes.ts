import type { AccountRow } from '../../db/rows.ts'
import { type AccountContext, accountChanges } from '../accounts/account-fields.ts'
import { keptOf } from '../accounts/kept-fields.ts'
import { KEPT_USER_FIELDS, type UserFields } from './user-schemas.ts'

export interface UserChanges {
  readonly changes: Partial<AccountRow>
  /** One sentence for each field that is kept and has no effect. */
  readonly warnings: readonly string[]
}

/** Addresses that differ in case are one. */
export function emailOf(named: string): string {
  return named.trim().toLowerCase()
}

/** What a body asks to change of a user; `before`: as they are, undefined for a new one. */
export function userChanges(
  body: UserFields,
  before: AccountRow | undefined,
  context: AccountContext,
): UserChanges {
  const { user_alias: alias, user_email: email, user_role: role, sso_user_id: externalId } = body
  const { access_group_ids: groups } = body
  const kept = keptOf(body, KEPT_USER_FIELDS)
  const common = accountChanges(body, before, context, body)
  const hasKept = Object.keys(kept.fields).length > 0
  const metadata = hasKept ? { ...(common.metadata ?? before?.metadata), ...kept.fields } : common.metadata
  return {
    changes: {
      ...common,
      ...(metadata !== undefined && { metadata }),
      ...(alias !== undefined && { alias }),
      ...(email !== undefined && { email: email === null ? null : emailOf(email) }),
      ...(role !== undefined && { role }),
      ...(externalId !== undefined && { externalId }),
      ...(groups !== undefined && { details: { ...before?.details, access_group_ids: groups ?? [] } }),
    },
    warnings: kept.warnings,
  }
}
