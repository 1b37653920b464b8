/** How a route names an object: what it is of, and the query or body that asks for it. */
export interface Asking {
  readonly kind: 'user' | 'team' | 'organization' | 'project' | 'invitation'
  /** For GET the query, else the body; a path parameter is the object's id. */
  readonly fields: (id: string) => Readonly<Record<string, unknown>>
}

const user = (fields: Asking['fields']): Asking => ({ kind: 'user', fields })
const team = (fields: Asking['fields']): Asking => ({ kind: 'team', fields })
const organization = (fields: Asking['fields']): Asking => ({ kind: 'organization', fields })
const project = (fields: Asking['fields']): Asking => ({ kind: 'project', fields })
const invitation: Asking = { kind: 'invitation', fields: invitation_id => ({ invitation_id }) }
const teamId = team(team_id => ({ team_id }))
/** Whoever names one that is not there removes none, so that the walk leaves everything in place. */
const NOBODY = 'nobody-at-all'

/** Routes that are about one object. */
export const ASKING: Readonly<Record<string, Asking>> = {
  'POST /user/new': organization(id => ({ organizations: [id], auto_create_key: false })),
  'GET /user/info': user(user_id => ({ user_id })),
  'GET /v2/user/info': user(user_id => ({ user_id })),
  'POST /user/update': user(user_id => ({ user_id, user_alias: 'renamed' })),
  'POST /user/delete': user(id => ({ user_ids: [id, NOBODY] })),
  'POST /invitation/new': user(user_id => ({ user_id })),
  'GET /invitation/info': invitation,
  'POST /team/new': organization(organization_id => ({ organization_id })),
  'POST /team/update': team(team_id => ({ team_id, metadata: {} })),
  'POST /team/delete': team(id => ({ team_ids: [id, NOBODY] })),
  'GET /team/info': teamId,
  'POST /team/block': teamId,
  'POST /team/unblock': teamId,
  'POST /team/bulk_member_add': team(team_id => ({ team_id, members: [{ user_id: 'looker' }] })),
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
  'DELETE /project/delete': project(id => ({ project_ids: [id, NOBODY] })),
  'GET /project/info': project(project_id => ({ project_id })),
}
