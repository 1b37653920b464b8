import { startUpstream, type Upstream } from '@sluice/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'
import { openTestDatabase, type TestDatabase } from '../test-database.ts'
import { Browser } from './browser.ts'

const PASSWORD = 'correct horse battery'
const NEXT = 'staple battery horse'
let database: TestDatabase
let upstream: Upstream
let one: Rig
let two: Rig

beforeAll(async () => {
  database = await openTestDatabase()
  upstream = await startUpstream()
  const env = { DATABASE_URL: database.url, LITELLM_MASTER_KEY: 'sk-the-master-of-two-replicas' }
  one = await startRig({ upstream, env })
  two = await startRig({ upstream, env })
})
afterAll(async () => {
  await Promise.all([one?.close(), two?.close()])
  await upstream?.close()
  await database?.close()
})

const login = (rig: Rig, browser: Browser, username: string, password: string) =>
  browser.request(`${rig.gateway.url}/v2/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })

/** A user who is signed in with a browser, at the first replica. */
async function signedIn(id: string, role = 'internal_user') {
  const made = await one.admin('/user/new', {
    ...{ user_id: id, user_role: role, password: PASSWORD, auto_create_key: false },
  })
  expect(made.status).toBe(200)
  const browser = new Browser()
  expect((await login(one, browser, id, PASSWORD)).status).toBe(200)
  const token = browser.cookie('token') ?? ''
  const [, claims = ''] = token.split('.')
  const { key } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { key: string }
  const status = async (rig: Rig) =>
    (await fetch(`${rig.gateway.url}/key/list`, { headers: { cookie: `token=${token}` } })).status
  for (const rig of [one, two]) expect(await status(rig)).toBe(200)
  return { id, key, status }
}

async function invited(id: string): Promise<void> {
  const made = (await (await two.admin('/invitation/new', { user_id: id })).json()) as { id: string }
  const claimed = await two.admin('/onboarding/claim_token', {
    ...{ invitation_link: made.id, user_id: id, password: NEXT },
  })
  expect(claimed.status).toBe(200)
}

const scim = (id: string, active: boolean) =>
  fetch(`${two.gateway.url}/scim/v2/Users/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${two.gateway.masterKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ Operations: [{ op: 'replace', path: 'active', value: active }] }),
  })

describe('a session ends', () => {
  test.each<[string, (id: string) => Promise<unknown>]>([
    ['a new password', id => two.admin('/user/update', { user_id: id, password: NEXT })],
    ['a password by invitation', invited],
    ['a lower role', id => two.admin('/user/update', { user_id: id, user_role: 'internal_user_viewer' })],
    ['being removed', id => two.admin('/user/delete', { user_ids: [id] })],
    [
      'being blocked, also once unblocked',
      async id => {
        await two.admin('/user/block', { user_ids: [id] })
        await two.admin('/user/unblock', { user_ids: [id] })
      },
    ],
    [
      'being blocked by the directory, also once it lets them in again',
      async id => {
        expect((await scim(id, false)).status).toBe(200)
        expect((await scim(id, true)).status).toBe(200)
      },
    ],
  ])('with %s, at every replica, and its key with it', async (what, change) => {
    const { key, status } = await signedIn(`ann ${what}`.replaceAll(/\W/g, '-'))
    const before = await one.newKey({ user_id: 'somebody-else' })
    await change(`ann ${what}`.replaceAll(/\W/g, '-'))
    expect(await status(two)).toBe(401)
    await eventually('the other replica knows', async () => (await status(one)) === 401)
    expect((await post(one.gateway, '/key/list', undefined, key)).status).toBe(401)
    expect((await post(one.gateway, '/v1/models', undefined, before)).status).toBe(200)
  })

  test('and goes on with a higher role, and after a change of something else', async () => {
    const { id, status } = await signedIn('bea')
    await two.admin('/user/update', { user_id: id, user_role: 'proxy_admin_viewer' })
    await two.admin('/user/update', { user_id: id, user_alias: 'Bea' })
    for (const rig of [two, one]) expect(await status(rig)).toBe(200)
  })

  test('personal keys live on, and the new password opens a new session', async () => {
    const { id, status } = await signedIn('cy')
    const own = await one.newKey({ user_id: id })
    await two.admin('/user/update', { user_id: id, password: NEXT })
    expect(await status(two)).toBe(401)
    expect((await login(two, new Browser(), id, PASSWORD)).status).toBe(401)
    expect((await login(two, new Browser(), id, NEXT)).status).toBe(200)
    expect((await post(two.gateway, '/key/list', undefined, own)).status).toBe(200)
  })
})

describe('over plain http, where browsers do not say which site made them send something', () => {
  const form = (rig: Rig, browser: Browser, fields: Record<string, string>, origin?: string) =>
    browser.request(`${rig.gateway.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password: rig.gateway.masterKey, ...fields }),
      ...(origin !== undefined && { headers: { origin } }),
    })
  const tokenOf = async (browser: Browser, rig: Rig) =>
    /name="form_token" value="([^"]+)"/.exec(
      await (await browser.request(`${rig.gateway.url}/fallback/login`)).text(),
    )?.[1] ?? ''

  test('a form is good for the browser that loaded it, whatever its origin is said to be', async () => {
    const browser = new Browser()
    const form_token = await tokenOf(browser, one)
    // The page has the policy `no-referrer`: its origin is `null`, as that of many a strange page.
    expect((await form(one, browser, { form_token }, 'null')).status).toBe(303)
    expect(browser.cookie('token')).toBeDefined()
    expect((await form(two, new Browser(), {})).status).toBe(303)
  })

  test('a form of another site signs nobody in', async () => {
    const visitor = new Browser()
    const foreign = await tokenOf(new Browser(), one)
    for (const origin of ['null', 'http://evil.example.com', one.gateway.url])
      for (const fields of [{}, { form_token: '' }, { form_token: foreign }])
        expect((await form(one, visitor, fields, origin)).status).toBe(403)
    await tokenOf(visitor, one)
    expect((await form(one, visitor, { form_token: foreign }, 'null')).status).toBe(403)
    expect(visitor.cookie('token')).toBeUndefined()
    for (const path of ['/v2/login', '/onboarding/claim_token']) {
      const body = new URLSearchParams({
        ...(path === '/v2/login'
          ? { username: 'admin', password: one.gateway.masterKey }
          : { invitation_link: 'x', user_id: 'x', password: NEXT }),
      })
      const headers = { origin: 'http://evil.example.com' }
      expect((await visitor.request(one.gateway.url + path, { method: 'POST', body, headers })).status).toBe(
        403,
      )
    }
  })
})
