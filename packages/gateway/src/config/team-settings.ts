/** What new teams get where nobody says otherwise, in LiteLLM's names. */
export interface TeamDefaults {
  readonly max_budget?: number | null | undefined
  readonly budget_duration?: string | null | undefined
  readonly tpm_limit?: number | null | undefined
  readonly rpm_limit?: number | null | undefined
  readonly team_member_permissions?: readonly string[] | null | undefined
  /** Models of teams that signing in makes. */
  readonly models?: readonly string[] | null | undefined
}

export interface TeamSettings {
  /** `default_team_params`; what was set since is in the database. */
  readonly defaults: TeamDefaults
  /** Ids of teams that users may join by themselves. */
  readonly available: readonly string[]
}
