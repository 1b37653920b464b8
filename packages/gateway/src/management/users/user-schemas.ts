import { z } from 'zod'
import { USER_ROLES, type UserRole } from '../../auth/roles.ts'
import { accountFields, idText, nameList } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'
import { pageFields } from '../accounts/page.ts'

/** Documented by LiteLLM and without effect here. */
export const KEPT_USER_FIELDS = [
  'allowed_cache_controls',
  'config',
  'guardrails',
  'object_permission',
  'permissions',
  'policies',
  'prompts',
] as const

const role = z.enum(Object.keys(USER_ROLES) as [UserRole, ...UserRole[]], {
  error: `must be one of ${Object.keys(USER_ROLES).join(', ')}`,
})
const email = z.email('must be an e-mail address').max(320)
const password = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128, 'must not exceed 128 characters')

const { spend: _spend, ...own } = accountFields

const userFields = {
  ...own,
  user_alias: idText.nullish(),
  user_email: email.nullish(),
  user_role: role.nullish(),
  password: password.nullish(),
  sso_user_id: idText.nullish(),
  access_group_ids: nameList.nullish(),
  ...keptFields(KEPT_USER_FIELDS),
}

const team = z.union([
  idText,
  z.strictObject({
    team_id: idText,
    max_budget_in_team: accountFields.max_budget,
    user_role: z.enum(['admin', 'user'], 'must be `admin` or `user`').default('user'),
  }),
])

export const NewUserBody = z.strictObject({
  ...userFields,
  user_id: idText.nullish(),
  teams: z.array(team).max(1_000).nullish(),
  organizations: nameList.nullish(),
  auto_create_key: z.boolean().default(true),
  send_invite_email: z.boolean().nullish(),
  /** Of the key. */
  duration: z.string().nullish(),
  key_alias: idText.nullish(),
})

const isNamed = (body: { user_id?: unknown; user_email?: unknown }) =>
  body.user_id != null || body.user_email != null
const UNNAMED = { error: 'must have `user_id` or `user_email`' }

export const UpdateUserBody = z
  .strictObject({ ...userFields, user_id: idText.nullish(), spend: accountFields.spend })
  .refine(isNamed, UNNAMED)

export const BulkUpdateBody = z
  .strictObject({
    users: z.array(UpdateUserBody).min(1).max(500, 'must not have more than 500 users').nullish(),
    all_users: z.boolean().nullish(),
    user_updates: z.strictObject({ ...userFields, spend: accountFields.spend }).nullish(),
  })
  .refine(
    body => (body.users != null) !== (body.all_users === true && body.user_updates != null),
    'must have either `users`, or `all_users: true` with `user_updates`',
  )

export const UserIdsBody = z.strictObject({
  user_ids: z.array(idText).min(1, 'must name a user').max(1_000),
})
export const UserQuery = z.strictObject({ user_id: idText.optional() })

const csv = z
  .string()
  .transform(text =>
    text
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== ''),
  )
  .optional()

export const ListUsersQuery = z.strictObject({
  role: role.optional(),
  user_ids: csv,
  sso_user_ids: csv,
  user_email: z.string().min(1).max(320).optional(),
  team: idText.optional(),
  organization_ids: csv,
  ...pageFields(25),
  sort_by: z.enum(['user_id', 'user_email', 'created_at', 'spend', 'user_alias', 'user_role']).optional(),
  sort_order: z.enum(['asc', 'desc']).default('asc'),
})

export const FilterUsersQuery = z.strictObject({
  user_id: z.string().max(1_000).optional(),
  user_email: z.string().max(320).optional(),
  ...pageFields(50),
})

export type NewUser = z.infer<typeof NewUserBody>
export type UserChange = z.infer<typeof UpdateUserBody>
export type UserFields = Omit<UserChange, 'user_id'>
