import { objectOf } from './read-section.ts'
import { type Section, unenforced, works } from './row.ts'
import {
  amount,
  anything,
  budget,
  choice,
  duration,
  flag,
  list,
  mapOr,
  positiveSeconds,
  text,
  url,
} from './types.ts'

export const userRole = choice('proxy_admin', 'proxy_admin_viewer', 'internal_user', 'internal_user_viewer')
export type UserRole = 'proxy_admin' | 'proxy_admin_viewer' | 'internal_user' | 'internal_user_viewer'

const to = 'signIn.jwt'
const claim = (doc: string) => works(text, `${doc} Dots reach into objects, \`\\.\` is a dot.`, to)
const yes = (doc: string) => works(flag, doc, to)

const roleMapping = {
  name: 'general_settings.litellm_jwtauth.role_mappings[]',
  doc: 'A role of the provider, and what it is here.',
  rows: {
    role: works(text, 'As the token has it.', to, { required: true }),
    internal_role: works(choice('internal_user', 'team', 'proxy_admin'), 'Here.', to, { required: true }),
  },
} as const satisfies Section

const scopeMapping = {
  name: 'general_settings.litellm_jwtauth.scope_mappings[]',
  doc: 'What a scope gives.',
  rows: {
    scope: works(text, 'As the token has it.', to, { required: true }),
    models: works(list(text), 'Models it may use.', to),
    routes: works(list(text), 'Routes and route groups it may call.', to),
  },
} as const satisfies Section

const jwtRole = {
  name: 'general_settings.litellm_jwtauth.jwt_litellm_role_map[]',
  doc: 'A role of the provider, `*` standing for any letters, and the role of its user.',
  rows: {
    jwt_role: works(text, 'As the token has it.', to, { required: true }),
    litellm_role: works(userRole, 'Here.', to, { required: true }),
  },
} as const satisfies Section

/** How claims of tokens are read; LiteLLM's names. */
export const jwtAuth = {
  name: 'general_settings.litellm_jwtauth',
  doc: 'How claims of JSON web tokens are read.',
  rows: {
    admin_jwt_scope: works(text, 'Scope of the admin; `litellm_proxy_admin` unless stated.', to),
    admin_allowed_routes: works(list(text), 'Routes and groups that the scope of the admin reaches.', to),
    team_id_jwt_field: claim('Claim with the team.'),
    team_ids_jwt_field: claim('Claim with a list of teams.'),
    team_alias_jwt_field: claim("Claim with the team's alias; an id wins."),
    team_id_default: works(text, 'Team of tokens that name none.', to),
    team_id_upsert: yes('Teams that are not known are made.'),
    upsert_sso_user_to_team: yes('The user becomes a member of the teams of the token.'),
    team_allowed_routes: works(list(text), 'Routes and groups for tokens of a team without a user.', to),
    user_id_jwt_field: claim('Claim with the user.'),
    user_email_jwt_field: claim("Claim with the user's address."),
    user_allowed_email_domain: works(text, 'The one domain of addresses that may come in.', to),
    user_id_upsert: yes('Users who are not known are made.'),
    user_roles_jwt_field: claim("Claim with the user's roles."),
    user_allowed_roles: works(list(text), 'One of which is needed.', to),
    org_id_jwt_field: claim('Claim with the organization.'),
    org_alias_jwt_field: claim("Claim with the organization's alias; an id wins."),
    end_user_id_jwt_field: claim('Claim with the customer on whose behalf is called.'),
    public_key_ttl: works(
      positiveSeconds,
      'Seconds until public keys are read again; 600 unless stated.',
      to,
    ),
    public_allowed_routes: works(list(text), 'Routes and groups that need no token.', to),
    enforce_rbac: yes('A token without a mapped role is refused.'),
    roles_jwt_field: claim('Claim with the roles that `role_mappings` knows.'),
    object_id_jwt_field: claim('Claim with the id of whatever the role says it is.'),
    role_mappings: works(list(objectOf(roleMapping)), 'Roles of the provider, and what they are here.', to),
    scope_mappings: works(list(objectOf(scopeMapping)), 'What scopes give.', to),
    enforce_scope_based_access: yes('A token without a mapped scope is refused.'),
    enforce_team_based_model_access: yes('A token whose teams all lack the model is refused.'),
    sync_user_role_and_teams: yes("The user's role and teams follow the token."),
    jwt_litellm_role_map: works(list(objectOf(jwtRole)), 'Roles of users.', to),
    oidc_userinfo_enabled: yes('Tokens that are no JWT are shown to the provider.'),
    oidc_userinfo_endpoint: works(url, 'Where.', to),
    oidc_userinfo_cache_ttl: works(positiveSeconds, 'Seconds its answer holds; 300 unless stated.', to),
    virtual_key_claim_field: claim('Claim that `/jwt/key/mapping` gives a virtual key.'),
    virtual_key_mapping_cache_ttl: works(positiveSeconds, 'Seconds a mapping holds; 300 unless stated.', to),
    unregistered_jwt_client_behavior: works(
      choice('fallback_team_mapping', 'reject', 'auto_register'),
      'What becomes of a claim without a mapping.',
      to,
    ),
    custom_validate: unenforced(text, 'Code that checks tokens.', { remedy: 'Use custom_auth.' }),
    routing_overrides: unenforced(anything, 'Tokens that are checked by introspection.', {
      remedy: 'Every JWT is checked by its signature.',
    }),
  },
} as const satisfies Section

/** What custom_auth is asked for. */
export const customAuthSettings = {
  name: 'general_settings.custom_auth_settings',
  doc: 'How the code of `custom_auth` is used.',
  rows: {
    mode: works(
      choice('on', 'auto', 'off'),
      '`on`: it alone decides; `auto`: keys and tokens work too; `off`: it is not asked.',
      'signIn.door.customAuth',
    ),
  },
} as const satisfies Section

export const newUserTeam = {
  name: 'litellm_settings.default_internal_user_params.teams[]',
  doc: 'A team of new users.',
  rows: {
    max_budget_in_team: works(amount, 'Their budget in it, dollars.', 'signIn.newUsers.teams'),
    team_id: works(text, 'Its id.', 'signIn.newUsers.teams', { required: true }),
    user_role: works(choice('user', 'admin'), 'Their role in it.', 'signIn.newUsers.teams'),
  },
} as const satisfies Section

/** What users get that a provider, a token or a directory brings, or an admin without saying. */
export const newUserParams = {
  name: 'litellm_settings.default_internal_user_params',
  doc: 'What new users get.',
  rows: {
    user_role: works(userRole, 'Their role; `internal_user_viewer` unless stated.', 'signIn.newUsers.role'),
    models: works(list(text), 'Models of their personal keys.', 'signIn.newUsers.models'),
    max_budget: works(budget, 'Their budget, dollars.', 'signIn.newUsers.maxBudget'),
    budget_duration: works(duration, 'Its period.', 'signIn.newUsers.budgetDuration'),
    teams: works(list(mapOr(objectOf(newUserTeam), text)), 'Teams they join.', 'signIn.newUsers.teams'),
    available_teams: works(list(text), 'Teams they may join by themselves.', 'teams.available'),
  },
} as const satisfies Section
