import type { Rig } from '../../gateway.ts'
import { send } from '../send.ts'

/** Somebody who calls, and what they are to whom. */
export interface Person {
  readonly name: string
  readonly role: string
  readonly key: string
  readonly userId: string | undefined
  /** Organization and team that they administer, and the team that they are in. */
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
  /** What there is of a kind, as seen by one person: theirs, their team's, their organization's, others'. */
  things(kind: string, person: Person): Promise<readonly Thing[]>
}

/** What members of `team-g` may do besides. */
export const PERMISSIONS = ['/key/info', '/key/update', '/key/list', '/team/daily/activity', '/spend/logs']

const TEAMS = { 'team-a': 'org-a', 'team-g': 'org-a', 'team-b': 'org-b' } as const
const USERS = { colleague: 'org-a', stranger: 'org-b' } as const

type Make = (path: string, body: object) => Promise<Readonly<Record<string, unknown>>>

export async function makeWorld(rig: Rig): Promise<World> {
  const make: Make = async (path, body) => {
    const answer = await send(rig, 'POST', path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.message}`)
    return answer.json
  }
  const people = await makePeople(rig, make)
  await makeGroups(make)
  const kinds = await makeThings(make, people)
  return {
    people,
    things: async (kind, person) => await (kinds[kind] ?? unknownKind(kind))(person),
  }
}

async function makePeople(rig: Rig, make: Make): Promise<readonly Person[]> {
  const person = async (name: string, role: string, more: Partial<Person> = {}): Promise<Person> => {
    const fields = { user_id: name, user_email: `${name}@example.com`, user_role: role }
    return { name, role, key: String((await make('/user/new', fields))['key']), userId: name, ...more }
  }
  for (const name of Object.keys(USERS)) await person(name, 'internal_user')
  await make('/key/generate', { key: 'sk-taken-by-the-walk' })
  return [
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
}

async function makeGroups(make: Make): Promise<void> {
  for (const id of ['org-a', 'org-b'])
    await make('/organization/new', { organization_id: id, organization_alias: `the ${id}` })
  for (const [organization_id, user_id, role] of [
    ['org-a', 'org-admin', 'org_admin'],
    ['org-a', 'colleague', 'internal_user'],
    ['org-b', 'stranger', 'internal_user'],
  ])
    await make('/organization/member_add', { organization_id, member: { user_id, role } })
  const members = {
    'team-a': [
      { user_id: 'team-admin', role: 'admin' },
      { user_id: 'member', role: 'user' },
    ],
    'team-g': [{ user_id: 'granted', role: 'user' }],
    'team-b': [{ user_id: 'stranger', role: 'admin' }],
  } as const
  for (const [team_id, organization_id] of Object.entries(TEAMS)) {
    const granted = team_id === 'team-g' ? { team_member_permissions: PERMISSIONS } : {}
    const members_with_roles = members[team_id as keyof typeof members]
    await make('/team/new', { team_id, organization_id, members_with_roles, ...granted })
  }
}

function perTeam(of: (teamId: string) => Promise<string>): Promise<readonly Thing[]> {
  return Promise.all(
    Object.entries(TEAMS).map(async ([teamId, organizationId]) => ({
      id: await of(teamId),
      owner: { teamId, organizationId },
    })),
  )
}

function perUser(of: (userId: string) => Promise<string>): Promise<readonly Thing[]> {
  return Promise.all(
    Object.entries(USERS).map(async ([userId, organizationId]) => ({
      id: await of(userId),
      owner: { userId, organizationId },
    })),
  )
}

/** Kind → what there is of it; `fresh` ones are made for each who asks, because the route takes them away. */
async function makeThings(
  make: Make,
  people: readonly Person[],
): Promise<Record<string, (person: Person) => Promise<readonly Thing[]>>> {
  const idOf = async (path: string, body: object, field: string) => String((await make(path, body))[field])
  const newKey = (body: object) => idOf('/key/generate', body, 'token')
  const keysOf = async (userId: string | undefined): Promise<readonly Thing[]> => [
    ...(await perTeam(team_id => newKey({ team_id }))),
    ...(await Promise.all(
      [userId ?? 'stranger', 'stranger'].map(async id => ({
        id: await newKey({ user_id: id }),
        owner: { userId: id },
      })),
    )),
  ]
  const keys = new Map<string, readonly Thing[]>()
  for (const { name, userId } of people) keys.set(name, await keysOf(userId))
  const newProject = (team_id: string) => idOf('/project/new', { team_id }, 'project_id')
  const projects = await perTeam(newProject)
  const invitations = await perUser(user_id => idOf('/invitation/new', { user_id }, 'id'))
  const users = await perUser(async id => id)
  const organizations = ['org-a', 'org-b'].map(id => ({ id, owner: { organizationId: id } }))
  return {
    key: async ({ name }) => keys.get(name) ?? [],
    'fresh key': ({ userId }) => keysOf(userId),
    team: () => perTeam(async id => id),
    'fresh team': () =>
      Promise.all(
        organizations.map(async ({ id, owner }) => ({
          id: await idOf('/team/new', { organization_id: id }, 'team_id'),
          owner,
        })),
      ),
    project: async () => projects,
    'fresh project': () => perTeam(newProject),
    organization: async () => organizations,
    invitation: async () => invitations,
    user: async ({ userId, organization }) => {
      if (userId === undefined) return users
      const own = { userId, ...(organization !== undefined && { organizationId: organization }) }
      return [{ id: userId, owner: own }, ...users]
    },
  }
}

function unknownKind(kind: string): never {
  throw new Error(`the walk knows no ${kind}`)
}
