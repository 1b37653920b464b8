import type { KeyRules, KeySettings } from '../settings.ts'
import type { SettingsParts } from './build-settings.ts'
import { defaults } from './defaults.ts'
import { milliseconds } from './units.ts'

/** What new keys are like, and how they are rotated. */
export function buildKeys({ file, variables }: SettingsParts): KeySettings {
  const { litellm_settings: calls, general_settings: general } = file
  const personal = calls?.key_generation_settings?.personal_key_generation
  const team = calls?.key_generation_settings?.team_key_generation
  const url = variables.WEBHOOK_URL
  return {
    defaults: calls?.default_key_generate_params ?? {},
    upperBounds: calls?.upperbound_key_generate_params ?? {},
    personalKeys: personal && rulesOf(personal.allowed_user_roles, personal.required_params),
    teamKeys: team && rulesOf(team.allowed_team_member_roles, team.required_params),
    isDefaultTeamDisabled: general?.default_team_disabled ?? false,
    checksAliases: calls?.enable_key_alias_format_validation ?? false,
    enforcedParams: general?.enforced_params ?? [],
    serviceAccountParams: general?.service_account_settings?.enforced_params ?? [],
    rotation: {
      isOn: variables.LITELLM_KEY_ROTATION_ENABLED ?? url !== undefined,
      checkMs:
        milliseconds(variables.LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS) ?? defaults.rotationCheckMs,
      grace: variables.LITELLM_KEY_ROTATION_GRACE_PERIOD,
      webhook: url === undefined ? undefined : { url, secret: variables.SLUICE_WEBHOOK_SECRET },
    },
  }
}

function rulesOf(roles: readonly string[] | undefined, required: readonly string[] | undefined): KeyRules {
  return { roles, requiredParams: required ?? [] }
}
