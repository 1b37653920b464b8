import { type Section, works } from './row.ts'
import { amount, duration, list, text, whole } from './types.ts'

const TO = 'teams.defaults'

/** What new teams get where nobody says otherwise. */
export const teamDefaults = {
  name: 'litellm_settings.default_team_params',
  doc: 'What new teams get where nobody says otherwise.',
  rows: {
    max_budget: works(amount, 'Budget, dollars.', TO),
    budget_duration: works(duration, 'Its period.', TO),
    tpm_limit: works(whole(), 'Tokens a minute.', TO),
    rpm_limit: works(whole(), 'Requests a minute.', TO),
    team_member_permissions: works(list(text), 'Routes that members may call.', TO),
    models: works(list(text), 'Models of teams that signing in makes.', TO),
  },
} as const satisfies Section
