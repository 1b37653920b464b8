import type { AccountRow } from '../../db/rows.ts'
import { accountAnswer } from '../accounts/account-fields.ts'
import type { AccountSubject } from '../accounts/account-subject.ts'
import { templateAnswer } from '../limit-fields.ts'

/** A user in LiteLLM's names. `teams`: ids of theirs, where they are known. */
export function userObject(row: AccountRow, teams?: readonly string[]) {
  return {
    user_id: row.id,
    user_email: row.email,
    user_alias: row.alias,
    user_role: row.role,
    sso_user_id: row.externalId,
    ...accountAnswer(row),
    litellm_budget_table: templateAnswer(row.template),
    access_group_ids: row.details['access_group_ids'] ?? [],
    ...(teams !== undefined && { teams }),
  }
}

export const USERS: AccountSubject = {
  kind: 'user',
  table: 'LiteLLM_UserTable',
  noun: 'User',
  idField: 'user_id',
  answer: row => userObject(row),
}
