import { z } from 'zod'
import type { UserRole } from '../../auth/roles.ts'
import { accountFields, idText } from '../accounts/account-fields.ts'
import { keptFields } from '../accounts/kept-fields.ts'
import { limitFields } from '../limit-fields.ts'

/** Documented by LiteLLM and without effect here so far. */
export const KEPT_ORGANIZATION_FIELDS = ['object_permission'] as const

const organizationFields = { ...accountFields, ...keptFields(KEPT_ORGANIZATION_FIELDS) }

export const NewOrganizationBody = z.strictObject({
  ...organizationFields,
  organization_alias: idText,
  organization_id: idText.nullish(),
})
export const UpdateOrganizationBody = z.strictObject({
  ...organizationFields,
  organization_alias: idText.optional(),
  organization_id: idText,
})
export type OrganizationBody = z.infer<z.ZodObject<typeof organizationFields>> & {
  readonly organization_alias?: string | undefined
}

export const DeleteOrganizationsBody = z.strictObject({
  organization_ids: z.array(idText).min(1).max(100, 'must not have more than 100 entries'),
})
export const OrganizationQuery = z.strictObject({ organization_id: idText })
export const OrganizationsBody = z.strictObject({ organizations: z.array(idText).min(1).max(1_000) })
export const ListOrganizationsQuery = z.strictObject({
  org_id: idText.optional(),
  org_alias: idText.optional(),
})

/** What somebody is in an organization: its admin, or one of the roles that users have, but no admin of the gateway. */
const ROLES = ['org_admin', 'internal_user', 'internal_user_viewer'] as const satisfies readonly (
  | 'org_admin'
  | UserRole
)[]
export const role = z.enum(ROLES, `must be one of ${ROLES.join(', ')}`)

const who = { user_id: idText.nullish(), user_email: z.email('must be an e-mail address').nullish() }
const isNamed = (body: { user_id?: unknown; user_email?: unknown }) =>
  body.user_id != null || body.user_email != null
const UNNAMED = { error: 'must have `user_id` or `user_email`' }

const Member = z.strictObject({ ...who, role: role.default('internal_user') }).refine(isNamed, UNNAMED)
export type OrganizationMember = z.infer<typeof Member>

const memberLimits = {
  max_budget_in_organization: limitFields.max_budget,
  budget_duration: limitFields.budget_duration,
  tpm_limit: limitFields.tpm_limit,
  rpm_limit: limitFields.rpm_limit,
}
export type OrganizationMemberLimits = z.infer<z.ZodObject<typeof memberLimits>>

export const AddOrganizationMembersBody = z.strictObject({
  organization_id: idText,
  member: z.union([Member, z.array(Member).min(1).max(500)], 'must be a member, or a list of them'),
  ...memberLimits,
})
export const UpdateOrganizationMemberBody = z
  .strictObject({ organization_id: idText, ...who, role: role.nullish(), ...memberLimits })
  .refine(isNamed, UNNAMED)
export const DeleteOrganizationMemberBody = z
  .strictObject({ organization_id: idText, ...who })
  .refine(isNamed, UNNAMED)
