import type { AccessRule } from './access-rule.ts'
import { SIGN_IN_ACCESS } from './sign-in-access.ts'

const VIEWER = ['proxy_admin_viewer'] as const
const USERS = ['internal_user', 'internal_user_viewer', 'proxy_admin_viewer'] as const
const WRITERS = ['internal_user'] as const

/** Nobody but the admin of the gateway. */
const admin: AccessRule = {}
/** Whoever may look at everything. */
const looks: AccessRule = { any: VIEWER }
/** Everybody who is somebody: says nothing about anyone. */
const everybody: AccessRule = { any: [...USERS, 'team', 'customer', 'key'] }
/** What somebody spent: their own, their teams', their organization's. */
const spendOf: AccessRule = { any: VIEWER, organization: true, team: true, member: 'granted', own: USERS }

/** Keys: who may make and change them. What one may put into a key, `management/keys` bounds by the maker's own. */
const keyChange: AccessRule = { organization: true, team: true, member: 'granted', own: WRITERS }
const keyLook: AccessRule = {
  any: VIEWER,
  organization: true,
  team: true,
  member: 'always',
  own: [...USERS, 'key'],
}

/** A team's own admins run it within the limits that others have set. */
const TEAM_FIELDS = [
  'team_id',
  'team_alias',
  'metadata',
  'model_aliases',
  'team_member_permissions',
  'team_member_budget',
  'team_member_budget_duration',
  'team_member_rpm_limit',
  'team_member_tpm_limit',
  'team_member_key_duration',
  'default_team_member_models',
] as const
const teamRun: AccessRule = { organization: true, team: true }
const teamLook: AccessRule = { any: VIEWER, organization: true, team: true, member: 'always' }

const SELF_FIELDS = ['user_id', 'user_alias', 'password'] as const

/**
 * Who may call which route of the management: one row per method and path as they are registered. A route without a
 * row does not start, and whoever is not named in its row is refused.
 */
export const ACCESS: Readonly<Record<string, AccessRule>> = {
  // Keys
  'POST /key/generate': keyChange,
  'POST /key/service-account/generate': { organization: true, team: true, member: 'granted' },
  'POST /key/update': keyChange,
  'POST /key/bulk_update': keyChange,
  'POST /key/delete': keyChange,
  'POST /key/regenerate': keyChange,
  'POST /key/:key/regenerate': keyChange,
  'POST /key/block': { organization: true, team: true, member: 'granted' },
  'POST /key/unblock': { organization: true, team: true, member: 'granted' },
  'POST /key/:key/reset_spend': { organization: true },
  'GET /key/info': keyLook,
  'POST /v2/key/info': keyLook,
  'GET /key/list': { any: VIEWER, organization: true, team: true, member: 'granted', own: USERS },
  'GET /key/aliases': { any: VIEWER, organization: true, team: true, member: 'granted', own: USERS },
  'POST /key/health': everybody,
  'POST /jwt/key/mapping/new': admin,
  'POST /jwt/key/mapping/update': admin,
  'POST /jwt/key/mapping/delete': admin,
  'DELETE /jwt/key/mapping/delete': admin,
  'GET /jwt/key/mapping/list': looks,
  'GET /jwt/key/mapping/info': looks,

  ...SIGN_IN_ACCESS,

  // Users
  'POST /user/new': { organization: true, fields: { organization: userFields('organizations', 'teams') } },
  'GET /user/info': { any: VIEWER, organization: true, own: USERS },
  'GET /v2/user/info': { any: VIEWER, organization: true, own: USERS },
  'POST /user/update': {
    organization: true,
    own: WRITERS,
    fields: { organization: userFields(), own: SELF_FIELDS },
  },
  'POST /user/bulk_update': admin,
  'POST /user/delete': { organization: true },
  'GET /user/list': { any: VIEWER, organization: true },
  'GET /user/filter/ui': { any: VIEWER, organization: true, team: true },
  'GET /user/available_roles': everybody,
  'GET /user/available_users': looks,
  'POST /user/block': admin,
  'POST /user/unblock': admin,
  'POST /invitation/new': { organization: true },
  'GET /invitation/info': { any: VIEWER, organization: true },
  'POST /invitation/update': { organization: true },
  'POST /invitation/delete': { organization: true },
  'GET /get/internal_user_settings': looks,
  'PATCH /update/internal_user_settings': admin,
  'GET /get/default_team_settings': looks,
  'PATCH /update/default_team_settings': admin,

  // Teams
  'POST /team/new': { organization: true },
  'POST /team/update': { organization: true, team: true, fields: { team: TEAM_FIELDS } },
  'POST /team/delete': { organization: true },
  'GET /team/info': teamLook,
  'GET /team/list': { any: VIEWER, organization: true, team: true, member: 'always', own: USERS },
  'GET /v2/team/list': { any: VIEWER, organization: true, team: true, member: 'always', own: USERS },
  'GET /team/filter/ui': { any: VIEWER, organization: true },
  'GET /team/available': { own: USERS },
  'POST /team/block': { organization: true },
  'POST /team/unblock': { organization: true },
  'POST /team/member_add': { organization: true, team: true, own: WRITERS },
  'POST /team/bulk_member_add': teamRun,
  'POST /team/member_update': teamRun,
  'POST /team/member_delete': teamRun,
  'POST /team/model/add': { organization: true },
  'POST /team/model/delete': teamRun,
  'GET /team/permissions_list': teamLook,
  'POST /team/permissions_update': teamRun,
  'POST /team/permissions_bulk_update': { organization: true },
  'POST /team/:team_id/callback': teamRun,
  'GET /team/:team_id/callback': teamRun,
  'POST /team/:team_id/disable_logging': teamRun,
  'GET /team/:team_id/members/me': { any: VIEWER, organization: true, team: true, member: 'always' },

  // Organizations and projects
  'POST /organization/new': admin,
  'PATCH /organization/update': {
    organization: true,
    fields: { organization: ['organization_id', 'organization_alias', 'metadata'] },
  },
  'DELETE /organization/delete': admin,
  'GET /organization/list': { any: VIEWER, organization: true, own: USERS },
  'GET /organization/info': { any: VIEWER, organization: true },
  'POST /organization/info': { any: VIEWER, organization: true },
  'POST /organization/member_add': { organization: true },
  'PATCH /organization/member_update': { organization: true },
  'DELETE /organization/member_delete': { organization: true },
  'POST /project/new': teamRun,
  'POST /project/update': teamRun,
  'PATCH /project/update': teamRun,
  'DELETE /project/delete': teamRun,
  'GET /project/list': { any: VIEWER, organization: true, team: true, member: 'always' },
  'GET /project/info': teamLook,

  // Customers
  ...forCustomers('POST', 'new', admin),
  ...forCustomers('GET', 'info', looks),
  ...forCustomers('POST', 'update', admin),
  ...forCustomers('POST', 'delete', admin),
  ...forCustomers('GET', 'list', looks),
  ...forCustomers('POST', 'block', admin),
  ...forCustomers('POST', 'unblock', admin),

  // Budgets, tags, access groups, credentials
  'POST /budget/new': admin,
  'POST /budget/update': admin,
  'POST /budget/info': looks,
  'GET /budget/settings': looks,
  'GET /budget/list': looks,
  'POST /budget/delete': admin,
  'GET /provider/budgets': looks,
  'POST /tag/new': admin,
  'POST /tag/update': admin,
  'POST /tag/info': looks,
  'GET /tag/list': looks,
  'POST /tag/delete': admin,
  'GET /tag/distinct': looks,
  'GET /tag/summary': looks,
  'GET /tag/dau': looks,
  'GET /tag/wau': looks,
  'GET /tag/mau': looks,
  'GET /tag/user-agent/per-user-analytics': looks,
  'POST /access_group/new': admin,
  'GET /access_group/list': looks,
  'GET /access_group/info': looks,
  'GET /access_group/:name/info': looks,
  'POST /access_group/update': admin,
  'PUT /access_group/:name/update': admin,
  'POST /access_group/delete': admin,
  'DELETE /access_group/:name/delete': admin,
  'POST /v1/access_group': admin,
  'GET /v1/access_group': looks,
  'GET /v1/access_group/:id': looks,
  'PUT /v1/access_group/:id': admin,
  'DELETE /v1/access_group/:id': admin,
  'POST /credentials': admin,
  'GET /credentials': looks,
  'GET /credentials/by_name/:name': looks,
  'GET /credentials/by_model/:model_id': looks,
  'PATCH /credentials/:name': admin,
  'DELETE /credentials/:name': admin,

  // Spend
  'GET /spend/logs': spendOf,
  'GET /spend/logs/ui': spendOf,
  'GET /spend/logs/v2': spendOf,
  'GET /spend/logs/ui/:request_id': spendOf,
  'GET /spend/logs/session/ui': spendOf,
  'GET /spend/keys': looks,
  'GET /spend/users': looks,
  'GET /spend/tags': looks,
  'GET /spend/traces': spendOf,
  'POST /spend/calculate': everybody,
  'POST /cost/estimate': everybody,
  'GET /spend/reconciliation': looks,
  'POST /spend/invoices': admin,
  'GET /spend/invoices': looks,
  'GET /spend/invoices/report': looks,
  'DELETE /spend/invoices/:id': admin,
  'GET /global/spend': looks,
  'GET /global/spend/logs': looks,
  'GET /global/spend/keys': looks,
  'GET /global/spend/teams': looks,
  'GET /global/spend/models': looks,
  'POST /global/spend/end_users': looks,
  'GET /global/spend/provider': looks,
  'GET /global/spend/tags': looks,
  'GET /global/spend/all_tag_names': looks,
  'GET /global/spend/report': looks,
  'POST /global/spend/reset': admin,
  'POST /global/spend/refresh': admin,
  'GET /global/activity': looks,
  'GET /global/activity/model': looks,
  'GET /global/activity/exceptions': looks,
  'GET /global/activity/exceptions/deployment': looks,
  'GET /global/activity/cache_hits': looks,
  'GET /user/daily/activity': { any: VIEWER, organization: true, own: USERS },
  'GET /user/daily/activity/aggregated': { any: VIEWER, organization: true, own: USERS },
  'GET /team/daily/activity': spendOf,
  'GET /organization/daily/activity': { any: VIEWER, organization: true },
  'GET /customer/daily/activity': looks,
  'GET /end_user/daily/activity': looks,
  'GET /tag/daily/activity': looks,
  'GET /agent/daily/activity': looks,
  'GET /config/cost_discount_config': looks,
  'PATCH /config/cost_discount_config': admin,
  'GET /config/cost_margin_config': looks,
  'PATCH /config/cost_margin_config': admin,
  'POST /reload/model_cost_map': admin,
  'GET /model/cost_map/source': looks,
  'POST /schedule/model_cost_map_reload': admin,
  'DELETE /schedule/model_cost_map_reload': admin,
  'GET /schedule/model_cost_map_reload/status': looks,

  // Audit
  'GET /audit': looks,
  'GET /audit/:id': looks,

  // Routing
  'GET /feedback': looks,
  'GET /v1/feedback': looks,
  'GET /router/state': looks,
  'GET /router/weights': looks,
  'PATCH /router/weights': admin,
}

/** Every path of customers is there twice. */
function forCustomers(method: string, action: string, rule: AccessRule): Record<string, AccessRule> {
  return { [`${method} /customer/${action}`]: rule, [`${method} /end_user/${action}`]: rule }
}

/** What the admin of an organization may say of a user: nothing that reaches beyond it, and no role. */
function userFields(...more: readonly string[]): readonly string[] {
  return [
    'user_id',
    'user_email',
    'user_alias',
    'password',
    'models',
    'max_budget',
    'budget_duration',
    'rpm_limit',
    'tpm_limit',
    'max_parallel_requests',
    'metadata',
    'duration',
    'auto_create_key',
    'send_invite_email',
    ...more,
  ]
}
