import { createHmac, randomUUID } from 'node:crypto'
import { beforeAll, expect, test, vi } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import type { Database } from '../../db/database.ts'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { AUDIENCE, ISSUER, openTokenHouse } from './testing/token-house.ts'

const ON = '  enable_jwt_auth: true\n'
const FIELDS = `${ON}  litellm_jwtauth:
    user_id_jwt_field: sub
    user_email_jwt_field: email
    team_ids_jwt_field: groups
    org_id_jwt_field: org
    end_user_id_jwt_field: customer.id
`
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

eachDatabase('tokens', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    await database.accounts.create(accountRow('organization', 'acme', { maxBudgetNanoUsd: 9e9 }))
    await database.accounts.create(
      accountRow('team', 'red', { models: ['smart'], organizationId: 'acme', rpmLimit: 7 }),
    )
    await database.accounts.create(accountRow('team', 'blue', { models: ['fast'] }))
    await database.accounts.create(accountRow('team', 'closed', { blocked: true }))
    await database.accounts.create(
      accountRow('user', 'ann', { role: 'internal_user', maxBudgetNanoUsd: 5e9 }),
    )
  })
  const house = (general = FIELDS, env = {}) => openTokenHouse(database, general, env)

  test('a token stands for its user and team, with their limits and budgets', async () => {
    const { token, call } = await house()
    const caller = await call(
      await token({ sub: 'ann', groups: ['red'], org: 'acme', customer: { id: 'c-1' } }),
    )
    expect(caller).toMatchObject({
      role: 'internal_user',
      endUserId: 'c-1',
      record: { userId: 'ann', teamId: 'red', organizationId: 'acme' },
      modelLayers: [{ of: 'team', models: ['smart'] }],
    })
    expect(caller.record.keyHash).toMatch(/^hashed-jwt-[0-9a-f]{64}$/)
    expect(caller.subjects).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'team', id: 'red' }),
        expect.objectContaining({ kind: 'user', id: 'ann' }),
      ]),
    )
  })

  test('a token that was verified is not verified again, and a renewed one is the same somebody', async () => {
    const { token, call, asked } = await house()
    const first = await token({ sub: 'ann', groups: ['red'] })
    const caller = await call(first)
    expect(await call(first)).toEqual(caller)
    expect(asked).toHaveLength(1)
    const renewed = await call(await token({ sub: 'ann', groups: ['red'], jti: randomUUID() }))
    expect(renewed.record.keyHash).toBe(caller.record.keyHash)
  })

  test('without an audience an ID token that was made for another application is refused, and one of ours is not', async () => {
    const env = {
      JWT_AUDIENCE: '',
      GENERIC_CLIENT_ID: 'gateway-ui',
      GENERIC_ISSUER: 'https://id.example.com',
    }
    const { token, call } = await house(FIELDS, env)
    const of = async (claims: object) => call(await token({ sub: 'ann', nonce: 'n', ...claims }))
    await expect(of({ aud: 'another-app', azp: 'another-app' })).rejects.toThrow('JWT_AUDIENCE')
    await expect(of({ aud: ['another-app', 'a-third'] })).rejects.toMatchObject({ status: 401 })
    expect((await of({ aud: 'gateway-ui' })).record.userId).toBe('ann')
    expect((await of({ aud: 'an-api', azp: 'gateway-ui' })).record.userId).toBe('ann')
    // Of an access token nobody can tell: LiteLLM takes it, and the start warns of it.
    expect((await call(await token({ sub: 'ann', aud: 'an-api' }))).record.userId).toBe('ann')
  })

  test('CVE-2026-35030: tokens that begin alike are two tokens', async () => {
    const { token, call } = await house()
    const [one, two] = [await token({ sub: 'ann' }), await token({ sub: 'bob' })]
    expect(one.slice(0, 20)).toBe(two.slice(0, 20))
    expect((await call(one)).record.userId).toBe('ann')
    expect((await call(two)).record.userId).toBe('bob')
    await expect(call(`${one.slice(0, -4)}AAAA`)).rejects.toMatchObject({ status: 401 })
  })

  test.each([
    ['an expired token', { expiresIn: -60 }, {}, 'it has expired'],
    ['a token without an end', {}, { exp: undefined as never }, 'exp'],
    ['a token of tomorrow', {}, { nbf: Math.floor(Date.now() / 1000) + 3600 }, 'nbf'],
    ['a token for another service', {}, { aud: 'another' }, 'aud'],
    ['a token of another issuer', {}, { iss: 'https://evil.example.com' }, 'iss'],
  ])('%s is refused with 401', async (_name, how, claims, reason) => {
    const { token, call } = await house()
    const refusal = await call(await token(claims, how)).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ status: 401, retryable: false })
    expect((refusal as Error).message).toContain(reason)
  })

  test('a token without a signature, or signed with the public key as a secret, is refused with 401', async () => {
    const { call, publicKey, token } = await house()
    await call(await token())
    const claims = part({ iss: ISSUER, aud: AUDIENCE, sub: 'ann', exp: 9_999_999_999 })
    await expect(call(`${part({ alg: 'none' })}.${claims}.`)).rejects.toMatchObject({ status: 401 })
    const head = part({ alg: 'HS256', kid: 'first' })
    const mac = createHmac('sha256', await publicKey())
      .update(`${head}.${claims}`)
      .digest('base64url')
    await expect(call(`${head}.${claims}.${mac}`)).rejects.toMatchObject({ status: 401 })
    await expect(call('a.b.c')).rejects.toMatchObject({ status: 401 })
  })

  test('a new key of the provider is fetched once, and the old one no longer counts', async () => {
    const clock = vi.spyOn(Date, 'now')
    try {
      const provider = await house()
      const old = await provider.token({ sub: 'ann' })
      await provider.call(old)
      await provider.rotate('second')
      clock.mockReturnValue(Date.now() + 15_000)
      const tokens = await Promise.all([1, 2, 3, 4].map(n => provider.token({ sub: 'ann', n })))
      await Promise.all(tokens.map(each => provider.call(each)))
      expect(provider.asked).toHaveLength(2)
      await expect(provider.call(old)).rejects.toMatchObject({ status: 401 })
      for (let each = 0; each < 20; each++)
        await provider.call(await provider.token({ n: each }, { kid: `nobody-${each}` })).catch(() => {})
      expect(provider.asked).toHaveLength(2)
    } finally {
      clock.mockRestore()
    }
  })

  test('while the provider is down known keys go on, and of unknown ones nobody can tell: 503, never 401', async () => {
    const clock = vi.spyOn(Date, 'now')
    try {
      const provider = await house()
      await provider.call(await provider.token({ sub: 'ann' }))
      provider.isDown = true
      clock.mockReturnValue(Date.now() + 3_600_000)
      expect((await provider.call(await provider.token({ sub: 'ann', n: 1 }))).record.userId).toBe('ann')
      const unknown = await provider.token({}, { kid: 'second' })
      await expect(provider.call(unknown)).rejects.toMatchObject({ status: 503, retryable: true })
      await expect(provider.call(unknown)).rejects.toMatchObject({ status: 503 })
    } finally {
      clock.mockRestore()
    }
  })

  test('the scope of the admin makes an admin with the routes that are the admin’s', async () => {
    const { token, call } = await house()
    expect(await call(await token({ scope: 'openid litellm_proxy_admin' }))).toMatchObject({
      role: 'proxy_admin',
      allowedRoutes: expect.arrayContaining(['management_routes']) as unknown,
    })
    expect(await call(await token({ sub: 'ann', scope: 'litellm_proxy_administrator' }))).toMatchObject({
      role: 'internal_user',
    })
  })

  test('of several teams the header chooses one, and only one of the token’s', async () => {
    const { token, call } = await house()
    const both = await token({ sub: 'ann', groups: ['red', 'blue', 'unknown', 'closed'] })
    const caller = await call(both)
    expect(caller.record.teamId).toBe('red')
    expect(caller.otherTeams?.map(({ record }) => record.teamId)).toEqual(['blue'])
    const blue = await call(both, { headers: { 'x-litellm-team-id': 'blue' } })
    expect(blue.record.teamId).toBe('blue')
    await expect(call(both, { headers: { 'x-litellm-team-id': 'green' } })).rejects.toMatchObject({
      status: 403,
    })
  })

  test.each([['unknown'], ['closed']])(
    'a token of nothing but an unknown or blocked team may not: %s',
    async team => {
      const { token, call } = await house()
      await expect(call(await token({ sub: 'ann', groups: [team] }))).rejects.toMatchObject({ status: 403 })
    },
  )

  test('a team that is removed takes its callers with it', async () => {
    await database.accounts.create(accountRow('team', 'brief', { rpmLimit: 1 }))
    const { token, call, accounts } = await house()
    const one = await token({ sub: 'ann', groups: ['brief'] })
    expect((await call(one)).record.teamId).toBe('brief')
    await database.accounts.remove([{ kind: 'team', id: 'brief' }], Date.now(), null)
    accounts.forgetAccount({ kind: 'team', id: 'brief' })
    await expect(call(one)).rejects.toMatchObject({ status: 403 })
  })

  test('an organization that is not known is refused, and not left out', async () => {
    const { token, call } = await house()
    await expect(call(await token({ sub: 'ann', org: 'evil' }))).rejects.toMatchObject({ status: 403 })
  })

  test('users and teams of the token are made where that is wanted, once', async () => {
    const provider = await house(
      `${FIELDS}    user_id_upsert: true\n    team_id_upsert: true\n    upsert_sso_user_to_team: true\n`,
    )
    const name = randomUUID()
    const one = await provider.token({ sub: name, email: `${name}@acme.com`, groups: [`team-${name}`] })
    const callers = await Promise.all([1, 2, 3].map(() => provider.call(one)))
    expect(callers[0]).toMatchObject({ role: 'internal_user_viewer', record: { teamId: `team-${name}` } })
    const { rows } = await database.accounts.list({ kind: 'team_member', userIds: [name], page: 1, size: 9 })
    expect(rows.map(({ teamId }) => teamId)).toEqual([`team-${name}`])
  })

  test('roles of the provider become roles here, and without one enforce_rbac refuses', async () => {
    const { token, call } = await house(`${ON}  litellm_jwtauth:
    roles_jwt_field: realm.roles
    object_id_jwt_field: oid
    enforce_rbac: true
    role_mappings: [{ role: service, internal_role: team }, { role: person, internal_role: internal_user }]
`)
    const service = await call(await token({ oid: 'red', realm: { roles: ['service'] } }))
    expect(service).toMatchObject({ role: 'team', record: { teamId: 'red' } })
    expect(service.allowedRoutes).toEqual(['openai_routes', 'info_routes', 'mcp_routes'])
    const person = await call(await token({ oid: 'ann', realm: { roles: ['person'] } }))
    expect(person).toMatchObject({ role: 'internal_user', record: { userId: 'ann' } })
    await expect(call(await token({ oid: 'ann', realm: { roles: ['other'] } }))).rejects.toMatchObject({
      status: 403,
    })
    await expect(call(await token({ oid: 'ann' }))).rejects.toMatchObject({ status: 403 })
  })

  test('scopes give models and routes', async () => {
    const { token, call } = await house(`${ON}  litellm_jwtauth:
    enforce_scope_based_access: true
    scope_mappings: [{ scope: chat, models: [smart], routes: [/chat/completions] }]
`)
    expect(await call(await token({ scp: ['chat'] }))).toMatchObject({
      allowedRoutes: ['/chat/completions'],
      modelLayers: [{ of: 'key', models: ['smart'] }],
    })
    await expect(call(await token({ scope: 'openid' }))).rejects.toMatchObject({ status: 403 })
  })

  test('an address of another domain may not come in', async () => {
    const { token, call } = await house(`${FIELDS}    user_allowed_email_domain: acme.com\n`)
    await call(await token({ sub: 'ann', email: 'ann@ACME.com' }))
    for (const email of [
      'ann@evil.com',
      'ann@acme.com.evil.com',
      'ann@evil.com@acme.org',
      'acme.com',
      undefined,
    ])
      await expect(call(await token({ sub: 'ann', email }))).rejects.toMatchObject({ status: 403 })
  })

  test('a claim may stand for a virtual key, with all its limits', async () => {
    const key = keyRow(hashKey(`sk-${randomUUID()}`), { rpmLimit: 3, keyAlias: randomUUID() })
    await database.keys.create(key)
    const authors = { createdAt: 1, createdBy: null, updatedAt: 1, updatedBy: null }
    const mapping = { id: randomUUID(), claimName: 'client_id', claimValue: 'batch', description: null }
    await database.keyMappings.create({ ...mapping, tokenHash: key.tokenHash, isActive: true, ...authors })
    const how = (more: string) => `${ON}  litellm_jwtauth:\n    virtual_key_claim_field: client_id\n${more}`
    const strict = await house(how('    unregistered_jwt_client_behavior: reject\n'))
    const caller = await strict.call(await strict.token({ client_id: 'batch' }))
    expect(caller).toMatchObject({ record: { keyHash: key.tokenHash }, subjects: [{ kind: 'key', rpm: 3 }] })
    await expect(strict.call(await strict.token({ client_id: 'new' }))).rejects.toMatchObject({ status: 403 })
    const named = how('    user_id_jwt_field: sub\n    unregistered_jwt_client_behavior: reject\n')
    await database.accounts.create(accountRow('user', 'gone', { blocked: true }))
    const people = await house(named)
    await people.call(await people.token({ client_id: 'batch', sub: 'ann' }))
    const gone = people.call(await people.token({ client_id: 'batch', sub: 'gone' }))
    await expect(gone).rejects.toMatchObject({ status: 403, message: expect.stringContaining('is blocked') })
    const open = await house(how('    unregistered_jwt_client_behavior: auto_register\n'))
    const registered = await open.call(await open.token({ client_id: 'new' }))
    expect(await database.keys.find(registered.record.keyHash)).toMatchObject({
      metadata: { jwt_claim_value: 'new' },
    })
  })

  test('a token that only the provider can read is shown to it, and its answer is remembered', async () => {
    const provider = await house(
      `${FIELDS}    oidc_userinfo_enabled: true\n    oidc_userinfo_endpoint: ${ISSUER}/me\n`,
    )
    provider.userinfo = { sub: 'ann', groups: ['blue'] }
    expect((await provider.call('opaque-token')).record).toMatchObject({ userId: 'ann', teamId: 'blue' })
    await provider.call('opaque-token')
    expect(provider.asked).toEqual([`${ISSUER}/me`])
    provider.isDown = true
    await expect(provider.call('another-token')).rejects.toMatchObject({ status: 503 })
  })

  test('keys go on working beside tokens, and nothing else is let in', async () => {
    const secret = `sk-${randomUUID()}`
    await database.keys.create(keyRow(hashKey(secret)))
    const { call } = await house()
    expect((await call(secret)).role).toBe('key')
    expect((await call('sk-master-of-the-house')).role).toBe('proxy_admin')
    await expect(call('hello')).rejects.toMatchObject({ status: 401 })
    await expect(call(undefined)).rejects.toMatchObject({ status: 401 })
  })
  test('account takeover by an unverified address: it leads to no user who has it', async () => {
    const name = randomUUID()
    const email = `${name}@acme.com`
    await database.accounts.create(accountRow('user', name, { role: 'proxy_admin', email }))
    const { token, call } = await house(`${FIELDS}    user_id_upsert: true\n`)
    for (const said of [false, 'false']) {
      const caller = await call(await token({ sub: `thief-${said}-${name}`, email, email_verified: said }))
      expect([caller.role, caller.record.userId]).toEqual(['internal_user_viewer', `thief-${said}-${name}`])
    }
    expect((await call(await token({ sub: `new-${name}`, email, email_verified: true }))).role).toBe(
      'proxy_admin',
    )
  })

  test('account takeover by a chosen id: no token is the holder of the master key', async () => {
    const { token, call } = await house(`${FIELDS}    user_id_upsert: true\n`)
    await expect(call(await token({ sub: 'default_user_id' }))).rejects.toMatchObject({ status: 403 })
  })
})
