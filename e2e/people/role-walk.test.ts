import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccessRule } from '../../packages/gateway/src/auth/access/access-rule.ts'
import { ACCESS } from '../../packages/gateway/src/auth/access/access-table.ts'
import { startRig } from '../gateway.ts'
import { send } from './send.ts'
import { ASKING, LISTS } from './walk/requests.ts'
import { makeWorld, type Owner, PERMISSIONS, type Person, type World } from './walk/world.ts'

const rig = await startRig()
afterAll(() => rig.close())
let world: World
/** The rows that ask who somebody is. */
let routes: (readonly [string, AccessRule])[]
let unserved: readonly string[]
beforeAll(async () => {
  world = await makeWorld(rig)
  const statuses = await Promise.all(Object.keys(ACCESS).map(withoutCredential))
  unserved = Object.keys(ACCESS).filter((_, index) => statuses[index] === 404)
  // Public ones ask nobody who they are: the table says so, and there is nothing to walk.
  routes = Object.entries(ACCESS).filter(([, rule]) => !rule.public)
})

async function withoutCredential(route: string): Promise<number> {
  const [method = '', path = ''] = route.split(' ')
  const { status } = await fetch(`${rig.gateway.url}${path.replaceAll(/:\w+/g, 'walk')}`, { method })
  return status
}

/** The rule says who, and nothing about whose: the answer is the same for every object. */
const isFlat = ({ organization, team, member, own }: AccessRule) => !(organization || team || member || own)

/** What the table says, spelled out once more and apart from the gateway's own reading of it. */
function mayReach(route: string, rule: AccessRule, person: Person, owner: Owner): boolean {
  const { role, userId, organization, team, memberOf } = person
  if (role === 'proxy_admin' || rule.any?.some(each => each === role)) return true
  if (rule.organization && organization !== undefined && organization === owner.organizationId) return true
  if (rule.team && team !== undefined && team === owner.teamId) return true
  const path = route.slice(route.indexOf(' ') + 1)
  const isGranted = rule.member === 'always' || (memberOf === 'team-g' && PERMISSIONS.includes(path))
  if (rule.member && memberOf !== undefined && memberOf === owner.teamId && isGranted) return true
  const isMine = userId !== undefined && owner.userId === userId && owner.teamId === undefined
  return isMine && rule.own?.some(each => each === role) === true
}

/** Calls a route about an object; `refused` is a 403, and nothing else. */
async function call(route: string, person: Person, id: string, fields: object): Promise<string> {
  const [method = '', pattern = ''] = route.split(' ')
  const path = pattern.replaceAll(/:\w+/g, encodeURIComponent(id))
  const query = method === 'GET' ? `?${new URLSearchParams(fields as Record<string, string>)}` : ''
  const body = method === 'GET' ? undefined : fields
  const { status } = await send(rig, method, `${path}${query}`, body, person.key)
  return status === 403 ? 'refused' : status === 401 || status >= 500 ? `status ${status}` : 'let in'
}

describe('who may call what', () => {
  test('routes that are the same for every object let in whom the table names, and nobody else', async () => {
    const wrong: string[] = []
    for (const [route, rule] of routes.filter(([, rule]) => isFlat(rule)))
      for (const person of world.people) {
        // What the admin may do is not done here: some of it concerns the whole gateway.
        if (person.role === 'proxy_admin' && !route.startsWith('GET ')) continue
        const expected = mayReach(route, rule, person, {}) ? 'let in' : 'refused'
        const said = await call(route, person, 'walk', {})
        if (said !== expected) wrong.push(`${person.name}: ${route} should be ${expected}, was ${said}`)
      }
    expect(wrong).toEqual([])
  })

  test('routes about one object let in whoever reaches it by the table, and nobody else', async () => {
    const wrong: string[] = []
    for (const [route, { kind, fields }] of Object.entries(ASKING)) {
      const rule = ACCESS[route]
      if (rule === undefined) throw new Error(`${route} is not in the table`)
      const walk = async (person: Person) => {
        for (const { id, owner } of await world.things(kind, person)) {
          const expected = mayReach(route, rule, person, owner) ? 'let in' : 'refused'
          const said = await call(route, person, id, fields(id))
          if (said !== expected)
            wrong.push(
              `${person.name}: ${route} of ${JSON.stringify(owner)} should be ${expected}, was ${said}`,
            )
        }
      }
      await Promise.all(world.people.map(walk))
    }
    expect(wrong).toEqual([])
  })

  test('every row of the table is a route', () => {
    expect(unserved).toEqual([])
  })

  test('every route is walked', () => {
    const missing = routes.filter(([route, rule]) => !isFlat(rule) && !ASKING[route] && !LISTS.has(route))
    expect(missing.map(([route]) => route)).toEqual([])
  })

  test('lists show nobody what is others’', async () => {
    const wrong: string[] = []
    for (const [route, rule] of routes.filter(([route]) => LISTS.has(route) && route.startsWith('GET ')))
      for (const person of world.people) {
        const { status, json } = await send(
          rig,
          'GET',
          route.slice(4).replaceAll(/:\w+/g, 'team-b'),
          undefined,
          person.key,
        )
        if (status === 401 || status >= 500) wrong.push(`${person.name}: ${route}: ${status}`)
        if (mayReach(route, rule, person, {})) continue
        if (status === 200 && /stranger|team-b|org-b/.test(JSON.stringify(json)))
          wrong.push(`${person.name}: ${route} tells`)
      }
    expect(wrong).toEqual([])
  })

  test('without a credential nobody is let in anywhere', async () => {
    const open: string[] = []
    for (const [route] of routes) {
      const status = await withoutCredential(route)
      if (status !== 401) open.push(`${route}: ${status}`)
    }
    expect(open).toEqual([])
  })
})
