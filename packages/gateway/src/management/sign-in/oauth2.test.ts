import { beforeAll, expect, test } from 'vitest'
import { hashKey } from '../../auth/hash.ts'
import { problemsOf } from '../../config/testing/load-text.ts'
import type { Database } from '../../db/database.ts'
import { eachDatabase } from '../../db/testing/each-database.ts'
import { accountRow, keyRow } from '../../db/testing/rows.ts'
import { openTokenHouse } from './testing/token-house.ts'

const ON = '  enable_oauth2_auth: true\n'
const ENV = {
  OAUTH_TOKEN_INFO_ENDPOINT: 'https://id.example.com/oauth2/introspect',
  OAUTH_CLIENT_ID: 'gateway',
  OAUTH_CLIENT_SECRET: 'a secret: with signs',
}

eachDatabase('OAuth 2 tokens that only the provider can read', makePlace => {
  let database: Database
  beforeAll(async () => {
    database = await makePlace().open()
    await database.keys.create(keyRow(hashKey('sk-a-key')))
    await database.accounts.create(accountRow('user', 'ann', { role: 'internal_user' }))
    await database.accounts.create(accountRow('user', 'eve', { role: 'internal_user', blocked: true }))
    await database.accounts.create(accountRow('team', 'red', { models: ['smart'] }))
  })
  const house = (general = ON, env: Record<string, string> = ENV) => openTokenHouse(database, general, env)

  test('stand for whom the provider says; it is asked once, as a client it knows, and keys are keys', async () => {
    const found = await house()
    found.userinfo = { active: true, sub: 'ann', team_id: 'red' }
    const caller = await found.call('opaque-token')
    expect(caller).toMatchObject({
      role: 'internal_user',
      record: { userId: 'ann', teamId: 'red' },
      modelLayers: [{ of: 'team', models: ['smart'] }],
    })
    expect(await found.call('opaque-token')).toEqual(caller)
    expect(found.asked).toEqual([ENV.OAUTH_TOKEN_INFO_ENDPOINT])
    expect(found.form).toEqual({ token: 'opaque-token', token_type_hint: 'access_token' })
    const basic = Buffer.from(
      found.headers['authorization']?.slice('Basic '.length) ?? '',
      'base64',
    ).toString()
    expect(basic).toBe('gateway:a%20secret%3A%20with%20signs')
    expect((await found.call('sk-a-key')).role).toBe('key')
    expect((await found.call('sk-master-of-the-house')).role).toBe('proxy_admin')
    expect(found.asked).toHaveLength(1)
  })

  test('one that is not active, or of which that is not said, is 401, and is not asked about again and again', async () => {
    const found = await house()
    for (const [token, answer] of Object.entries({
      a: { active: false },
      b: { sub: 'ann' },
      c: { active: 'true' },
    })) {
      found.userinfo = answer
      for (let each = 0; each < 3; each++)
        await expect(found.call(token)).rejects.toMatchObject({ status: 401, type: 'auth_error' })
    }
    expect(found.asked).toHaveLength(3)
  })

  test('a valid credential is never 401 for a fault of ours: a provider that is away or does not know us is 503', async () => {
    const found = await house()
    found.userinfo = { active: true, sub: 'ann' }
    for (const status of [401, 403, 404, 429, 500, 503]) {
      found.status = status
      await expect(found.call('good')).rejects.toMatchObject({ status: 503, retryable: true })
    }
    found.status = 200
    for (const nonsense of [[], 'text', null]) {
      found.userinfo = nonsense
      await expect(found.call('good')).rejects.toMatchObject({ status: 503 })
    }
    found.userinfo = { active: true, sub: 'ann' }
    expect((await found.call('good')).record.userId).toBe('ann')
    found.isDown = true
    expect((await found.call('good')).record.userId).toBe('ann')
    await expect(found.call('another')).rejects.toMatchObject({ status: 503 })
  })

  test('fields have the names that are configured; a role is a word of ours, and a scope makes no admin', async () => {
    const env = { ...ENV, OAUTH_USER_ID_FIELD_NAME: 'user.name', OAUTH_USER_ROLE_FIELD_NAME: 'is' }
    const found = await house(ON, env)
    found.userinfo = { active: true, user: { name: 'bob' }, is: 'proxy_admin' }
    expect(await found.call('one')).toMatchObject({ role: 'proxy_admin', record: { userId: 'bob' } })
    found.userinfo = { active: true, user: { name: 'bob' }, is: 'emperor', scope: 'litellm_proxy_admin' }
    expect((await found.call('two')).role).toBe('key')
    found.userinfo = { active: true, user: { name: 'default_user_id' } }
    await expect(found.call('three')).rejects.toMatchObject({ status: 403 })
    found.userinfo = { active: true, user: { name: 'eve' } }
    await expect(found.call('four')).rejects.toMatchObject({ status: 403 })
    found.userinfo = { active: true, user: { name: 'ann' }, exp: Math.floor(Date.now() / 1000) - 60 }
    for (let each = 0; each < 2; each++) await found.call('ended').catch(() => {})
    expect(found.asked).toHaveLength(6)
  })

  test('an address that is no introspection is asked with the token itself, and its 4xx are the token’s', async () => {
    const found = await house(ON, { OAUTH_TOKEN_INFO_ENDPOINT: 'https://id.example.com/tokeninfo' })
    found.userinfo = { sub: 'ann' }
    expect((await found.call('opaque')).record.userId).toBe('ann')
    expect(found.headers).toEqual({ authorization: 'Bearer opaque' })
    expect(found.form).toBeUndefined()
    found.status = 401
    await expect(found.call('bad')).rejects.toMatchObject({ status: 401 })
    found.status = 500
    await expect(found.call('good')).rejects.toMatchObject({ status: 503 })
  })

  test('beside JSON web tokens, those are read here and all others asked about', async () => {
    const found = await house(`${ON}  enable_jwt_auth: true\n  litellm_jwtauth: { user_id_jwt_field: sub }\n`)
    found.userinfo = { active: true, sub: 'bob' }
    expect((await found.call(await found.token({ sub: 'ann' }))).record.userId).toBe('ann')
    expect((await found.call('opaque')).record.userId).toBe('bob')
  })
})

test('without an address the gateway does not start', async () => {
  const problems = await problemsOf(`general_settings:\n  master_key: sk-m\n${ON}`)
  expect(problems.join()).toContain('enable_oauth2_auth')
})
