import type { TeamSettings } from '../team-settings.ts'
import type { SettingsParts } from './build-settings.ts'

export function buildTeams({ file }: SettingsParts): TeamSettings {
  const { default_team_params: defaults, default_internal_user_params: users } = file.litellm_settings ?? {}
  return { defaults: defaults ?? {}, available: users?.available_teams ?? [] }
}
