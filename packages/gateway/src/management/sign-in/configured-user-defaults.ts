import type { Settings } from '../../config/settings.ts'
import type { UserDefaults } from '../users/user-defaults.ts'

/** `default_internal_user_params` of the configuration, as the endpoints of users have them. */
export function configuredUserDefaults({ signIn }: Pick<Settings, 'signIn'>): UserDefaults {
  const { role, models, maxBudget, budgetDuration, teams } = signIn.newUsers
  return {
    ...(role !== undefined && { user_role: role }),
    ...(models.length > 0 && { models: [...models] }),
    ...(maxBudget !== undefined && { max_budget: maxBudget }),
    ...(budgetDuration !== undefined && { budget_duration: budgetDuration }),
    ...(teams.length > 0 && {
      teams: teams.map(({ teamId, role: user_role }) => ({ team_id: teamId, user_role })),
    }),
  }
}
