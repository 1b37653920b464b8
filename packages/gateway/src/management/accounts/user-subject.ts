import { accountAnswer } from './account-fields.ts'
import type { AccountSubject } from './account-subject.ts'

/** Users, as whoever adds one to a team or an organization writes them down. */
export const USER: AccountSubject = {
  kind: 'user',
  table: 'LiteLLM_UserTable',
  noun: 'User',
  idField: 'user_id',
  answer: row => ({
    user_id: row.id,
    user_email: row.email,
    user_alias: row.alias,
    user_role: row.role,
    ...accountAnswer(row),
  }),
}
