/** How a route names an object: what it is of, and the query or body that asks for it. */
export interface Asking {
  readonly kind:
    | 'user'
    | 'key'
    | 'fresh key'
    | 'team'
    | 'fresh team'
    | 'organization'
    | 'project'
    | 'fresh project'
    | 'invitation'
  /** For GET the query, else the body; a path parameter is the object's id. */
  readonly fields: (id: string) => Readonly<Record<string, unknown>>
}

const user = (fields: Asking['fields']): Asking => ({ kind: 'user', fields })
const team = (fields: Asking['fields']): Asking => ({ kind: 'team', fields })
const key = (fields: Asking['fields']): Asking => ({ kind: 'key', fields })
const organization = (fields: Asking['fields']): Asking => ({ kind: 'organization', fields })
const project = (fields: Asking['fields']): Asking => ({ kind: 'project', fields })
const invitation: Asking = { kind: 'invitation', fields: invitation_id => ({ invitation_id }) }
const teamId = team(team_id => ({ team_id }))
/** Whoever names one that is not there removes none, so that the walk leaves everything in place. */
const NOBODY = 'nobody-at-all'
let made = 0

/** Routes that are about one object. */
export const ASKING: Readonly<Record<string, Asking>> = {
  'POST /key/generate': team(team_id => ({ team_id })),
  'POST /key/service-account/generate': team(team_id => ({ team_id, key_alias: `of ${team_id} ${++made}` })),
  'POST /key/update': key(id => ({ key: id, metadata: {} })),
  'POST /key/delete': { kind: 'fresh key', fields: id => ({ keys: [id] }) },
  // Its new secret is taken, so that whoever may do it changes nothing.
  'POST /key/regenerate': key(id => ({ key: id, new_key: 'sk-taken-by-the-walk' })),
  'POST /key/:key/regenerate': key(() => ({ new_key: 'sk-taken-by-the-walk' })),
  'POST /key/block': key(id => ({ key: id })),
  'POST /key/unblock': key(id => ({ key: id })),
  'POST /key/:key/reset_spend': key(() => ({ reset_to: 0 })),
  'GET /key/info': key(id => ({ key: id })),
  'POST /user/new': organization(id => ({ organizations: [id], auto_create_key: false })),
  'GET /user/info': user(user_id => ({ user_id })),
  'GET /v2/user/info': user(user_id => ({ user_id })),
  'POST /user/update': user(user_id => ({ user_id, user_alias: 'renamed' })),
  'POST /user/delete': user(id => ({ user_ids: [id, NOBODY] })),
  'POST /invitation/new': user(user_id => ({ user_id })),
  'GET /invitation/info': invitation,
  'POST /team/new': organization(organization_id => ({ organization_id })),
  'POST /team/update': team(team_id => ({ team_id, metadata: {} })),
  'POST /team/delete': { kind: 'fresh team', fields: id => ({ team_ids: [id] }) },
  'GET /team/info': teamId,
  'POST /team/block': teamId,
  'POST /team/unblock': teamId,
  'POST /team/bulk_member_add': team(team_id => ({ team_id, members: [{ user_id: 'colleague' }] })),
  'POST /team/member_update': team(team_id => ({ team_id, user_id: NOBODY, role: 'user' })),
  'POST /team/member_delete': team(team_id => ({ team_id, user_id: NOBODY })),
  'POST /team/model/add': team(team_id => ({ team_id, models: ['gpt-4o'] })),
  'POST /team/model/delete': team(team_id => ({ team_id, models: ['gpt-4o'] })),
  'GET /team/permissions_list': teamId,
  'GET /team/:team_id/callback': team(() => ({})),
  'PATCH /organization/update': organization(organization_id => ({ organization_id, metadata: {} })),
  'GET /organization/info': organization(organization_id => ({ organization_id })),
  'POST /organization/info': organization(id => ({ organizations: [id] })),
  'POST /organization/member_add': organization(organization_id => ({
    ...{ organization_id, member: { user_id: 'colleague', role: 'internal_user' } },
  })),
  'PATCH /organization/member_update': organization(organization_id => ({
    ...{ organization_id, user_id: NOBODY, role: 'internal_user' },
  })),
  'DELETE /organization/member_delete': organization(organization_id => ({
    organization_id,
    user_id: NOBODY,
  })),
  'POST /project/new': team(team_id => ({ team_id })),
  'POST /project/update': project(project_id => ({ project_id, metadata: {} })),
  'PATCH /project/update': project(project_id => ({ project_id, metadata: {} })),
  'DELETE /project/delete': { kind: 'fresh project', fields: id => ({ project_ids: [id] }) },
  'GET /project/info': project(project_id => ({ project_id })),
}

/** Routes that show what somebody may see of many objects, or change each of many for itself. */
export const LISTS: ReadonlySet<string> = new Set([
  'POST /key/bulk_update',
  'POST /v2/key/info',
  'GET /key/list',
  'GET /key/aliases',
  'GET /user/list',
  'GET /user/filter/ui',
  'POST /invitation/update',
  'POST /invitation/delete',
  'GET /team/list',
  'GET /v2/team/list',
  'GET /team/filter/ui',
  'GET /team/available',
  'POST /team/member_add',
  'POST /team/permissions_update',
  'POST /team/permissions_bulk_update',
  'POST /team/:team_id/callback',
  'POST /team/:team_id/disable_logging',
  'GET /team/:team_id/members/me',
  'GET /organization/list',
  'GET /project/list',
  'GET /spend/logs',
  'GET /spend/logs/ui',
  'GET /spend/logs/v2',
  'GET /spend/logs/ui/:request_id',
  'GET /spend/logs/session/ui',
  'GET /spend/traces',
  'GET /user/daily/activity',
  'GET /user/daily/activity/aggregated',
  'GET /team/daily/activity',
  'GET /organization/daily/activity',
])
