import { z } from 'zod'
import { USER_ROLES, type UserRole } from '../../auth/roles.ts'
import type { Database } from '../../db/database.ts'
import { idText, nameList } from '../accounts/account-fields.ts'
import { limitFields } from '../limit-fields.ts'

/** LiteLLM's `default_internal_user_params`: what a new user gets where nothing else is said. */
export const UserDefaultsBody = z.strictObject({
  user_role: z
    .enum(Object.keys(USER_ROLES) as [UserRole, ...UserRole[]], {
      error: `must be one of ${Object.keys(USER_ROLES).join(', ')}`,
    })
    .nullish(),
  max_budget: limitFields.max_budget,
  budget_duration: limitFields.budget_duration,
  rpm_limit: limitFields.rpm_limit,
  tpm_limit: limitFields.tpm_limit,
  models: nameList.nullish(),
  teams: z
    .array(
      z.union([
        idText,
        z.strictObject({
          team_id: idText,
          max_budget_in_team: limitFields.max_budget,
          user_role: z.enum(['admin', 'user']).default('user'),
        }),
      ]),
    )
    .max(100)
    .nullish(),
})
export type UserDefaults = z.infer<typeof UserDefaultsBody>

const FACT = 'default_internal_user_params'

/** What an admin set while gateways ran; it comes before the configuration, field by field. */
export async function readUserDefaults(
  { facts }: Pick<Database, 'facts'>,
  configured: UserDefaults,
): Promise<UserDefaults> {
  const stored = await facts.read(FACT)
  return stored === undefined ? configured : { ...configured, ...(JSON.parse(stored) as UserDefaults) }
}

/** Fields that are given replace those set before. */
export async function writeUserDefaults(
  { facts }: Pick<Database, 'facts'>,
  body: UserDefaults,
): Promise<void> {
  const stored = await facts.read(FACT)
  const before = stored === undefined ? {} : (JSON.parse(stored) as UserDefaults)
  await facts.write(FACT, JSON.stringify({ ...before, ...body }))
}
