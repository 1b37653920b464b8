import { z } from 'zod'
import { accountFields, idText, nameList } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'
import { pageFields } from '../accounts/page.ts'
import { limitFields } from '../limit-fields.ts'

/** Documented by LiteLLM and without effect here so far. */
export const KEPT_TEAM_FIELDS = [
  'allowed_passthrough_routes',
  'allowed_vector_store_indexes',
  'disable_global_guardrails',
  'enforced_batch_output_expires_after',
  'enforced_file_expires_after',
  'guardrails',
  'object_permission',
  'policies',
  'prompts',
  'router_settings',
  'secret_manager_settings',
] as const

const { max_budget: amount, rpm_limit: count, budget_duration: duration } = limitFields

/** Somebody of a team, by id or e-mail. */
const who = { user_id: idText.nullish(), user_email: z.email('must be an e-mail address').nullish() }

const isNamed = (body: { user_id?: unknown; user_email?: unknown }) =>
  body.user_id != null || body.user_email != null
const UNNAMED = { error: 'must have `user_id` or `user_email`' }

const role = z.enum(['admin', 'user'], 'must be `admin` or `user`')
const Member = z.strictObject({ ...who, role: role.default('user') }).refine(isNamed, UNNAMED)
export type TeamMember = z.infer<typeof Member>

/** What a member may have of its own. */
const memberLimits = {
  max_budget_in_team: amount,
  budget_duration: duration,
  tpm_limit: count,
  rpm_limit: count,
  allowed_models: nameList.nullish(),
}
export type MemberLimits = z.infer<z.ZodObject<typeof memberLimits>>

const teamFields = {
  ...accountFields,
  team_alias: idText.nullish(),
  organization_id: idText.nullish(),
  tags: nameList.nullish(),
  model_aliases: z.record(z.string(), z.string()).nullish(),
  team_member_permissions: z.array(z.string()).nullish(),
  team_member_budget: amount,
  team_member_budget_duration: duration,
  team_member_rpm_limit: count,
  team_member_tpm_limit: count,
  team_member_key_duration: duration,
  default_team_member_models: nameList.nullish(),
  access_group_ids: nameList.nullish(),
  ...keptFields(KEPT_TEAM_FIELDS),
}

export const NewTeamBody = z.strictObject({
  ...teamFields,
  team_id: idText.nullish(),
  members_with_roles: z.array(Member).max(500, 'must not have more than 500 entries').nullish(),
  admins: z.array(idText).max(500).nullish(),
  members: z.array(idText).max(500).nullish(),
})
export const UpdateTeamBody = z.strictObject({ ...teamFields, team_id: idText })
export type TeamBody = z.infer<z.ZodObject<typeof teamFields>>

export const TeamIdBody = z.strictObject({ team_id: idText })
export const TeamIdQuery = TeamIdBody
export const TeamIdPath = TeamIdBody
export const DeleteTeamsBody = z.strictObject({ team_ids: z.array(idText).min(1).max(1_000) })
export const TeamModelsBody = z.strictObject({ team_id: idText, models: nameList.min(1) })

export const ListTeamsQuery = z.strictObject({
  user_id: idText.optional(),
  organization_id: idText.optional(),
})
export const PageTeamsQuery = z.strictObject({
  ...pageFields(10),
  user_id: idText.optional(),
  organization_id: idText.optional(),
  team_id: idText.optional(),
  team_alias: idText.optional(),
  search: idText.optional(),
  sort_by: z.enum(['team_id', 'team_alias', 'created_at', 'updated_at', 'spend']).optional(),
  sort_order: z.enum(['asc', 'desc']).default('asc'),
  status: z.literal('deleted').optional(),
})
export const FilterTeamsQuery = z.strictObject({
  ...pageFields(50),
  team_id: idText.optional(),
  team_alias: idText.optional(),
})

export const AddMembersBody = z.strictObject({
  team_id: idText,
  member: z.union([Member, z.array(Member).min(1).max(500)], 'must be a member, or a list of them'),
  ...memberLimits,
})
export const BulkAddMembersBody = z
  .strictObject({
    team_id: idText,
    members: z.array(Member).max(500, 'must not have more than 500 entries').nullish(),
    all_users: z.boolean().nullish(),
    ...memberLimits,
  })
  .refine(body => (body.members?.length ?? 0) > 0 !== (body.all_users === true), {
    error: 'must have either `members` or `all_users`',
  })
export const UpdateMemberBody = z
  .strictObject({ team_id: idText, ...who, role: role.nullish(), ...memberLimits })
  .refine(isNamed, UNNAMED)
export const DeleteMemberBody = z.strictObject({ team_id: idText, ...who }).refine(isNamed, UNNAMED)

const permissions = z.array(z.string())
export const UpdatePermissionsBody = z.strictObject({
  team_id: idText,
  team_member_permissions: permissions,
})
export const BulkPermissionsBody = z
  .strictObject({
    team_ids: z.array(idText).min(1).max(500).nullish(),
    apply_to_all_teams: z.boolean().nullish(),
    permissions,
  })
  .refine(body => (body.team_ids != null) !== (body.apply_to_all_teams === true), {
    error: 'must have either `team_ids` or `apply_to_all_teams`',
  })

export const CallbackBody = z.strictObject({
  callback_name: idText,
  callback_type: z.enum(['success', 'failure', 'success_and_failure']).default('success_and_failure'),
  callback_vars: z.record(z.string(), z.string()).default({}),
})
