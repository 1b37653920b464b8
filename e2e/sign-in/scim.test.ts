import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'

let rig: Rig
/** A key of the admin that may do nothing but this. */
let directory: string
const hi = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }

beforeAll(async () => {
  rig = await startRig()
  await rig.admin('/user/new', { user_id: 'directory', user_role: 'proxy_admin', auto_create_key: false })
  directory = await rig.newKey({ user_id: 'directory', allowed_routes: ['/scim/v2/*'] })
})
afterAll(async () => rig?.close())

interface Answer {
  readonly status: number
  readonly json: Record<string, unknown>
}

async function scim(method: string, path: string, body?: object, key = directory): Promise<Answer> {
  const response = await fetch(`${rig.gateway.url}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/scim+json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (text !== '') expect(response.headers.get('content-type')).toContain('application/scim+json')
  return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}

const patch = (path: string, ...Operations: object[]) =>
  scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
const newUser = (userName: string, more: object = {}) =>
  scim('POST', '/Users', { userName, emails: [{ value: userName, primary: true }], ...more })

test('a user is made, found, changed, and nothing that the directory says is lost', async () => {
  const made = await newUser('ann@acme.com', {
    name: { givenName: 'Ann', familyName: 'Lee' },
    externalId: 'e-1',
    title: 'Dr',
  })
  expect(made).toMatchObject({
    status: 201,
    json: { id: 'ann@acme.com', active: true, title: 'Dr', externalId: 'e-1' },
  })
  expect(await newUser('ann@acme.com')).toMatchObject({
    status: 409,
    json: { scimType: 'uniqueness', status: '409' },
  })
  for (const filter of [
    'userName eq "ANN@acme.com"',
    'externalId eq "e-1"',
    'name.familyName sw "L" and active eq true',
  ])
    expect(await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`), filter).toMatchObject({
      status: 200,
      json: { totalResults: 1, Resources: [{ id: 'ann@acme.com' }] },
    })
  const changed = await patch('/Users/ann@acme.com', { op: 'Replace', path: 'name.familyName', value: 'Low' })
  expect(changed.json).toMatchObject({ name: { givenName: 'Ann', familyName: 'Low' }, title: 'Dr' })
  const replaced = await scim('PUT', '/Users/ann@acme.com', {
    userName: 'ann@acme.com',
    displayName: 'A. Lee',
  })
  expect(replaced.json).toMatchObject({ displayName: 'A. Lee' })
  expect(replaced.json).not.toHaveProperty('title')
  expect((await (await rig.admin('/user/info?user_id=ann@acme.com')).json()) as object).toMatchObject({
    user_info: { user_email: 'ann@acme.com', user_alias: 'A. Lee', user_role: 'internal_user_viewer' },
  })
})

test('who is not active is refused with every key, at once, until they are again', async () => {
  await newUser('bob@acme.com')
  const key = await rig.newKey({ user_id: 'bob@acme.com' })
  expect((await post(rig.gateway, '/v1/chat/completions', hi, key)).status).toBe(200)
  await patch('/Users/bob@acme.com', { op: 'Replace', path: 'active', value: 'False' })
  await eventually(
    'the key is refused',
    async () => (await post(rig.gateway, '/v1/chat/completions', hi, key)).status === 403,
  )
  await patch('/Users/bob@acme.com', { op: 'replace', value: { active: true } })
  await eventually(
    'the key works',
    async () => (await post(rig.gateway, '/v1/chat/completions', hi, key)).status === 200,
  )
  expect((await scim('DELETE', '/Users/bob@acme.com')).status).toBe(204)
  expect((await scim('GET', '/Users/bob@acme.com')).json).toMatchObject({ status: '404' })
  await eventually(
    'the key is gone',
    async () => (await post(rig.gateway, '/v1/chat/completions', hi, key)).status === 401,
  )
})

test('groups are teams with their members', async () => {
  for (const name of ['cy@acme.com', 'dan@acme.com']) await newUser(name)
  const made = await scim('POST', '/Groups', {
    displayName: 'Research',
    externalId: 'g-1',
    members: [{ value: 'cy@acme.com' }],
  })
  expect(made).toMatchObject({ status: 201, json: { id: 'g-1', members: [{ value: 'cy@acme.com' }] } })
  const more = await patch('/Groups/g-1', { op: 'add', path: 'members', value: [{ value: 'dan@acme.com' }] })
  expect(more.json['members']).toHaveLength(2)
  expect((await scim('GET', '/Users/dan@acme.com')).json).toMatchObject({
    groups: [{ value: 'g-1', display: 'Research' }],
  })
  const team = (await (await rig.admin('/team/info?team_id=g-1')).json()) as { team_memberships: object[] }
  expect(team.team_memberships).toHaveLength(2)
  const less = await patch('/Groups/g-1', { op: 'remove', path: 'members[value eq "cy@acme.com"]' })
  expect(less.json['members']).toMatchObject([{ value: 'dan@acme.com' }])
  const stranger = await patch('/Groups/g-1', { op: 'add', path: 'members', value: [{ value: 'nobody' }] })
  expect(stranger).toMatchObject({ status: 400, json: { scimType: 'invalidValue' } })
  const filter = encodeURIComponent('displayName eq "research"')
  expect((await scim('GET', `/Groups?filter=${filter}`)).json).toMatchObject({ totalResults: 1 })
  expect((await scim('DELETE', '/Groups/g-1')).status).toBe(204)
})

test('lists are paged, and the server says what it can do', async () => {
  const all = await scim('GET', '/Users?startIndex=2&count=1')
  expect(all.json).toMatchObject({ startIndex: 2, itemsPerPage: 1 })
  expect((await scim('GET', '/ServiceProviderConfig')).json).toMatchObject({ patch: { supported: true } })
  expect((await scim('GET', '/ResourceTypes')).json).toMatchObject({ totalResults: 2 })
  expect((await scim('GET', '/Schemas')).json).toMatchObject({ totalResults: 2 })
  expect(await scim('GET', '/Users?filter=nonsense')).toMatchObject({
    status: 400,
    json: { scimType: 'invalidFilter' },
  })
})

test('the key of the directory does nothing else, and other keys do nothing here (CVE-2026-47101)', async () => {
  expect((await post(rig.gateway, '/key/list', undefined, directory)).status).toBe(403)
  expect((await post(rig.gateway, '/v1/chat/completions', hi, directory)).status).toBe(403)
  const selfMade = await rig.newKey({ allowed_routes: ['/scim/v2/*'] })
  expect((await scim('GET', '/Users', undefined, selfMade)).status).toBe(403)
  expect((await scim('GET', '/Users', undefined, 'sk-nobody')).json).toMatchObject({ status: '401' })
})
