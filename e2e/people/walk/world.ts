import type { Rig } from '../../gateway.ts'
import { send } from '../send.ts'

/** Somebody who calls, and what they are to whom. */
export interface Person {
  readonly name: string
  readonly role: string
  readonly key: string
  readonly userId: string | undefined
  /** Organization and teams that they administer, and teams that they are in. */
  readonly organization?: string
  readonly team?: string
  readonly memberOf?: string
}

/** To whom an object belongs. */
export interface Owner {
  readonly userId?: string
  readonly teamId?: string
  readonly organizationId?: string
}

export interface Thing {
  readonly id: string
  readonly owner: Owner
}

/** Everything the walk needs: two organizations that know nothing of each other, and everybody in the first. */
export interface World {
  readonly people: readonly Person[]
  /** Kind → things to ask for, as `person` sees them: their own, their team's, their organization's, others'. */
  things(kind: string, person: Person): Promise<readonly Thing[]>
}

const PERMISSIONS = ['/key/info', '/key/update', '/key/list', '/team/daily/activity', '/spend/logs']

export async function makeWorld(rig: Rig): Promise<World> {
  const make = async (path: string, body: object) => {
    const answer = await send(rig, 'POST', path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.message}`)
    return answer.json
  }
  for (const id of ['org-a', 'org-b'])
    await make('/organization/new', { organization_id: id, organization_alias: `the ${id}` })
  const person = async (name: string, role: string, more: Partial<Person> = {}): Promise<Person> => {
    const made = await make('/user/new', {
      user_id: name,
      user_email: `${name}@example.com`,
      user_role: role,
    })
    return { name, role, key: String(made['key']), userId: name, ...more }
  }
  const people = [
    { name: 'admin', role: 'proxy_admin', key: rig.gateway.masterKey, userId: undefined },
    await person('viewer', 'proxy_admin_viewer'),
    await person('org-admin', 'internal_user', { organization: 'org-a' }),
    await person('team-admin', 'internal_user', { team: 'team-a', memberOf: 'team-a' }),
    await person('member', 'internal_user', { memberOf: 'team-a' }),
    await person('granted', 'internal_user', { memberOf: 'team-g' }),
    await person('internal', 'internal_user'),
    await person('looker', 'internal_user_viewer'),
    { name: 'plain key', role: 'key', key: await rig.newKey(), userId: undefined },
  ]
  await person('colleague', 'internal_user')
  await person('stranger', 'internal_user')
  for (const [organization_id, user_id, role] of [
    ['org-a', 'org-admin', 'org_admin'],
    ['org-a', 'colleague', 'internal_user'],
    ['org-b', 'stranger', 'internal_user'],
  ] as const)
    await make('/organization/member_add', { organization_id, member: { user_id, role } })
  const member = (user_id: string, role: string) => ({ user_id, role })
  await make('/team/new', {
    ...{ team_id: 'team-a', organization_id: 'org-a' },
    members_with_roles: [member('team-admin', 'admin'), member('member', 'user')],
  })
  await make('/team/new', {
    ...{ team_id: 'team-g', organization_id: 'org-a', team_member_permissions: PERMISSIONS },
    members_with_roles: [member('granted', 'user')],
  })
  await make('/team/new', {
    ...{ team_id: 'team-b', organization_id: 'org-b' },
    members_with_roles: [member('stranger', 'admin')],
  })
  const teams = { 'team-a': 'org-a', 'team-g': 'org-a', 'team-b': 'org-b' } as const
  const projects = new Map<string, string>()
  for (const team_id of Object.keys(teams))
    projects.set(team_id, String((await make('/project/new', { team_id }))['project_id']))
  const invitations = new Map<string, string>()
  for (const user_id of ['colleague', 'stranger'])
    invitations.set(user_id, String((await make('/invitation/new', { user_id }))['id']))
  const keys = new Map<string, string>()
  for (const team_id of Object.keys(teams))
    keys.set(team_id, String((await make('/key/generate', { team_id }))['token']))
  for (const { user_id } of [
    ...people.flatMap(each => (each.userId ? [{ user_id: each.userId }] : [])),
    { user_id: 'stranger' },
  ])
    keys.set(user_id, String((await make('/key/generate', { user_id }))['token']))
  await make('/key/generate', { key: 'sk-taken-by-the-walk' })
  const keysOf = (userId: string | undefined) =>
    [...new Set([userId, 'stranger'])].flatMap(id =>
      id === undefined ? [] : [{ id: keys.get(id) ?? '', owner: { userId: id } }],
    )
  const inOrganization = { colleague: 'org-a', stranger: 'org-b' } as const
  const ofTeam = (idOf: (team: string) => string) =>
    Object.entries(teams).map(([teamId, organizationId]) => ({
      id: idOf(teamId),
      owner: { teamId, organizationId },
    }))
  return {
    people,
    async things(kind, { userId, organization }) {
      if (kind === 'team') return ofTeam(team => team)
      if (kind === 'key') return [...ofTeam(team => keys.get(team) ?? ''), ...keysOf(userId)]
      if (kind === 'fresh key') {
        const fresh = async (owner: Owner, body: object) => ({
          id: String((await make('/key/generate', body))['token']),
          owner,
        })
        return await Promise.all([
          ...Object.entries(teams).map(([teamId, organizationId]) =>
            fresh({ teamId, organizationId }, { team_id: teamId }),
          ),
          ...[userId ?? 'stranger', 'stranger'].map(id => fresh({ userId: id }, { user_id: id })),
        ])
      }
      if (kind === 'fresh team')
        return await Promise.all(
          ['org-a', 'org-b'].map(async organization_id => ({
            id: String((await make('/team/new', { organization_id }))['team_id']),
            owner: { organizationId: organization_id },
          })),
        )
      if (kind === 'fresh project')
        return await Promise.all(
          Object.entries(teams).map(async ([teamId, organizationId]) => ({
            id: String((await make('/project/new', { team_id: teamId }))['project_id']),
            owner: { teamId, organizationId },
          })),
        )
      if (kind === 'project') return ofTeam(team => projects.get(team) ?? '')
      if (kind === 'organization')
        return ['org-a', 'org-b'].map(organizationId => ({ id: organizationId, owner: { organizationId } }))
      const users = Object.entries(inOrganization).map(([id, organizationId]) => ({
        id: kind === 'invitation' ? (invitations.get(id) ?? '') : id,
        owner: { userId: id, organizationId },
      }))
      const own =
        userId === undefined || kind === 'invitation'
          ? []
          : [{ id: userId, owner: { userId, ...(organization && { organizationId: organization }) } }]
      return [...own, ...users]
    },
  }
}

export { PERMISSIONS }
