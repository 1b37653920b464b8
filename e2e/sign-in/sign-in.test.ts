import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { post, type Rig, startRig } from '../gateway.ts'
import {
  AUDIENCE,
  CLIENT,
  type IdentityProvider,
  startIdentityProvider,
} from '../services/identity-provider.ts'
import { Browser } from './browser.ts'

let rig: Rig
let provider: IdentityProvider
const hi = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }

beforeAll(async () => {
  provider = await startIdentityProvider()
  rig = await startRig({
    env: {
      UI_PASSWORD: 'correct horse battery',
      ...{
        GENERIC_ISSUER: provider.issuer,
        GENERIC_CLIENT_ID: CLIENT.id,
        GENERIC_CLIENT_SECRET: CLIENT.secret,
      },
      GENERIC_ROLE_MAPPINGS_ROLES: '{"internal_user": ["staff"], "proxy_admin": ["admins"]}',
      GENERIC_ROLE_MAPPINGS_GROUP_CLAIM: 'groups',
      GENERIC_USER_ID_ATTRIBUTE: 'sub',
      ALLOWED_EMAIL_DOMAINS: 'acme.com',
      ...{
        JWT_PUBLIC_KEY_URL: `${provider.issuer}/jwks`,
        JWT_AUDIENCE: AUDIENCE,
        JWT_ISSUER: provider.issuer,
      },
    },
    config: {
      general_settings: {
        enable_jwt_auth: true,
        litellm_jwtauth: {
          user_id_jwt_field: 'user',
          team_ids_jwt_field: 'groups',
          user_id_upsert: true,
          sync_user_role_and_teams: true,
        },
      },
    },
  })
  provider.serve(`${rig.gateway.url}/sso/callback`)
  for (const team of ['staff', 'admins']) await rig.admin('/team/new', { team_id: team, team_alias: team })
})

afterAll(async () => {
  await rig?.close()
  await provider?.close()
})

const start = (query = '') => `${rig.gateway.url}/sso/key/generate${query}`
const isBack = (url: URL) => url.pathname === '/sso/callback'
const person = (id: string, groups: readonly string[], email = `${id}@acme.com`) => {
  provider.people[id] = { email, email_verified: true, name: id, groups }
  return id
}

/** Signs in with a browser of its own as far as the way back. */
async function travel(id: string, query = '') {
  const browser = new Browser()
  return { browser, back: await browser.signInAt(start(query), id, isBack) }
}

async function signIn(id: string, query = '') {
  const { browser, back } = await travel(id, query)
  return { browser, response: await browser.request(back.href), back }
}

describe('signing in at a provider', () => {
  test('makes a user with role and teams, and a session that the management knows', async () => {
    const { browser, response } = await signIn(person('ann', ['staff']), '?return_to=/ui/keys')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(`${rig.gateway.url}/ui/keys`)
    expect(response.headers.getSetCookie().join()).toMatch(
      /token=[^;]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax/,
    )
    const keys = await browser.request(`${rig.gateway.url}/key/list?user_id=ann`)
    expect(keys.status).toBe(200)
    expect((await browser.request(`${rig.gateway.url}/audit`)).status).toBe(403)
    const team = (await (await rig.admin('/team/info?team_id=staff')).json()) as {
      team_memberships: object[]
    }
    expect(team.team_memberships).toEqual([expect.objectContaining({ user_id: 'ann' })])
  })

  test('who has left a group loses role and team with the next sign-in', async () => {
    const { browser } = await signIn(person('bea', ['staff', 'admins']))
    expect((await browser.request(`${rig.gateway.url}/audit`)).status).toBe(200)
    const again = await signIn(person('bea', ['staff']))
    await eventually('the role to go', async () => {
      return (await again.browser.request(`${rig.gateway.url}/audit`)).status === 403
    })
    const team = (await (await rig.admin('/team/info?team_id=admins')).json()) as {
      team_memberships: object[]
    }
    expect(team.team_memberships).toEqual([])
  })

  test('a state of another sign-in, or none, is refused with 401', async () => {
    const { browser, back } = await travel(person('cy', ['staff']))
    const other = await travel(person('cy', ['staff']))
    back.searchParams.set('state', other.back.searchParams.get('state') ?? '')
    expect((await browser.request(back.href)).status).toBe(401)
    expect((await new Browser().request(other.back.href)).status).toBe(401)
    expect(browser.cookie('token')).toBeUndefined()
  })

  test('a code that was used is refused with 401, also with the cookie of before', async () => {
    const { browser, back } = await travel(person('dan', ['staff']))
    const cookie = browser.cookie('sluice_sso') ?? ''
    expect((await browser.request(back.href)).status).toBe(303)
    expect((await browser.request(back.href)).status).toBe(401)
    const replay = await fetch(back.href, { headers: { cookie: `sluice_sso=${cookie}` }, redirect: 'manual' })
    expect(replay.status).toBe(401)
  })

  test('an ID token with a nonce of somebody else is refused with 401', async () => {
    const browser = new Browser()
    const first = await browser.request(start())
    const url = new URL(first.headers.get('location') ?? '')
    url.searchParams.set('nonce', 'of-somebody-else')
    const back = await browser.signInAt(url.href, person('eve', ['staff']), isBack)
    expect((await browser.request(back.href)).status).toBe(401)
  })

  test('an address of another domain is refused with 403, and no user is made', async () => {
    const { response } = await signIn(person('fay', ['admins'], 'fay@evil.com'))
    expect(response.status).toBe(403)
    expect((await rig.admin('/user/info?user_id=fay')).status).not.toBe(200)
  })

  test.each(['https://evil.com', '//evil.com', '/\\evil.com'])(
    'nobody is led to another site: %s',
    async to => {
      const { response } = await signIn(person('gil', ['staff']), `?return_to=${encodeURIComponent(to)}`)
      expect(response.headers.get('location')).toBe(`${rig.gateway.url}/ui/?login=success`)
    },
  )

  test('a request that another site made the browser send is nobody’s', async () => {
    const { browser } = await signIn(person('hal', ['admins']))
    const url = `${rig.gateway.url}/key/list`
    expect((await browser.request(url)).status).toBe(200)
    const crossSite = await browser.request(url, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(crossSite.status).toBe(401)
  })

  test('signing out ends the session', async () => {
    const { browser } = await signIn(person('ian', ['staff']))
    const token = browser.cookie('token') ?? ''
    expect((await browser.request(`${rig.gateway.url}/logout`, { method: 'POST' })).status).toBe(200)
    expect(browser.cookie('token')).toBeUndefined()
    const after = await fetch(`${rig.gateway.url}/key/list`, { headers: { cookie: `token=${token}` } })
    expect(after.status).toBe(401)
  })
})

describe('signing in with a password', () => {
  const login = (body: object, more: object = {}) =>
    fetch(`${rig.gateway.url}/v2/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
    })

  test('the admin signs in with a form', async () => {
    const browser = new Browser()
    const body = new URLSearchParams({ username: 'admin', password: 'correct horse battery' })
    const sent = await browser.request(`${rig.gateway.url}/login`, { method: 'POST', body })
    expect(sent.status).toBe(303)
    expect((await browser.request(`${rig.gateway.url}/audit`)).status).toBe(200)
  })

  test('a wrong password is 401, for users who exist and who do not, and after ten tries 429', async () => {
    const statuses: number[] = []
    for (let each = 0; each < 11; each++)
      statuses.push((await login({ username: 'nobody@acme.com', password: `wrong ${each}` })).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  })

  test('another site cannot sign a visitor in', async () => {
    const body = { username: 'admin', password: 'correct horse battery' }
    expect((await login(body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await login({ ...body, user_role: 'proxy_admin' })).status).toBe(400)
  })
})

describe('tokens of the provider', () => {
  test('call models, charged to user and team; the scope of the admin opens the management', async () => {
    const token = await provider.token('api', { user: 'svc', groups: ['staff'] })
    const answer = await post(rig.gateway, '/v1/chat/completions', hi, token)
    expect(answer.status).toBe(200)
    expect((await post(rig.gateway, '/key/list', undefined, token)).status).not.toBe(401)
    const rows = await eventually('a row of spend', async () => {
      const found = (await (await rig.admin('/spend/logs?user_id=svc')).json()) as object[]
      return found.length > 0 && found
    })
    expect(rows).toEqual([
      expect.objectContaining({ team_id: 'staff', api_key: expect.stringMatching(/^hashed-jwt-/) as string }),
    ])
    const admin = await provider.token('litellm_proxy_admin')
    expect((await post(rig.gateway, '/key/generate', {}, admin)).status).toBe(200)
    expect((await post(rig.gateway, '/key/generate', {}, token)).status).toBe(403)
  })

  test('budgets of the team hold for them', async () => {
    await rig.admin('/team/new', { team_id: 'poor', max_budget: 0.000_001 })
    const token = await provider.token('api', { user: 'svc', groups: ['poor'] })
    expect((await post(rig.gateway, '/v1/chat/completions', hi, token)).status).toBe(200)
    const refused = await post(rig.gateway, '/v1/chat/completions', hi, token)
    expect(refused.status).toBe(429)
    expect(((await refused.json()) as { error: { type: string } }).error.type).toBe('budget_exceeded')
  })

  test('a claim may stand for a key', async () => {
    const made = await rig.admin('/jwt/key/mapping/new', {
      ...{ jwt_claim_name: 'user', jwt_claim_value: 'x', key: await rig.newKey() },
    })
    expect(made.status).toBe(200)
    const { id } = (await made.json()) as { id: string }
    expect((await rig.admin(`/jwt/key/mapping/info?id=${id}`)).status).toBe(200)
    expect((await rig.admin('/jwt/key/mapping/delete', { id })).status).toBe(200)
    expect((await rig.admin(`/jwt/key/mapping/info?id=${id}`)).status).toBe(404)
  })
})
