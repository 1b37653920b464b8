import { describe, expect, test } from 'vitest'
import { loadText } from '../../../config/testing/load-text.ts'
import { returnTo } from '../return-to.ts'
import { readIdentity } from './identity.ts'

const GENERIC = { GENERIC_CLIENT_ID: 'gateway', GENERIC_ISSUER: 'https://id.example.com' }

async function identityOf(claims: object, env: Record<string, string> = {}, claimsOf = '') {
  const { settings } = await loadText(
    `general_settings:\n  master_key: sk-master-of-the-house\n${claimsOf}`,
    { env: Object.keys(env).some(name => name.endsWith('CLIENT_ID')) ? env : { ...GENERIC, ...env } },
  )
  const { sso, newUsers } = settings.signIn
  const [provider] = sso.providers
  if (provider === undefined) throw new Error('no provider')
  return readIdentity(claims as Record<string, unknown>, provider, sso, newUsers)
}

describe('who somebody is', () => {
  test('by the names of claims that are configured, dots reaching into objects', async () => {
    const env = { GENERIC_USER_ID_ATTRIBUTE: 'ids.employee', GENERIC_USER_EMAIL_ATTRIBUTE: 'mail' }
    expect(
      await identityOf({ sub: 's', ids: { employee: 7 }, mail: 'ann@acme.com', given_name: 'Ann' }, env),
    ).toMatchObject({ id: '7', externalId: 's', email: 'ann@acme.com', name: 'Ann', role: undefined })
  })

  test('an address that is not verified is no address', async () => {
    const claims = { sub: 's', email: 'ann@acme.com', email_verified: false }
    expect((await identityOf(claims)).email).toBeUndefined()
    await expect(identityOf(claims, { ALLOWED_EMAIL_DOMAINS: 'acme.com' })).rejects.toMatchObject({
      status: 403,
    })
  })

  test.each([
    ['ann@acme.com', true],
    ['ann@ACME.COM', true],
    ['ann@sub.acme.com', false],
    ['ann@evil.com', false],
    ['ann@acme.com.evil.com', false],
    ['acme.com', false],
    [undefined, false],
  ])('of the domains allowed: %s %s', async (email, isAllowed) => {
    const outcome = identityOf({ sub: 's', email }, { ALLOWED_EMAIL_DOMAINS: 'acme.com, @acme.org' })
    if (isAllowed) expect((await outcome).id).toBe('s')
    else await expect(outcome).rejects.toMatchObject({ status: 403 })
  })

  test('roles come from a claim, else from groups, the highest first; an unknown word is none', async () => {
    const env = {
      GENERIC_ROLE_MAPPINGS_ROLES: '{"internal_user": ["staff"], "proxy_admin": ["admins"]}',
      GENERIC_ROLE_MAPPINGS_GROUP_CLAIM: 'groups',
    }
    expect((await identityOf({ sub: 's', role: 'emperor' })).role).toBeUndefined()
    expect((await identityOf({ sub: 's', role: ['x', 'internal_user'] })).role).toBe('internal_user')
    expect((await identityOf({ sub: 's', groups: ['staff', 'admins'] }, env)).role).toBe('proxy_admin')
    expect((await identityOf({ sub: 's', groups: ['staff'] }, env)).role).toBe('internal_user')
  })

  test('who has left every mapped group loses the role', async () => {
    const env = {
      GENERIC_ROLE_MAPPINGS_ROLES: '{"proxy_admin": ["admins"]}',
      GENERIC_ROLE_MAPPINGS_GROUP_CLAIM: 'groups',
    }
    expect((await identityOf({ sub: 's', groups: [] }, env)).role).toBe('internal_user_viewer')
    const fallback = { ...env, GENERIC_ROLE_MAPPINGS_DEFAULT_ROLE: 'internal_user' }
    expect((await identityOf({ sub: 's', groups: [] }, fallback)).role).toBe('internal_user')
  })

  test('the admin by id, teams by claim, Microsoft by its own claims', async () => {
    expect((await identityOf({ sub: 's' }, { PROXY_ADMIN_ID: 's' })).role).toBe('proxy_admin')
    const teams = '  litellm_jwtauth:\n    team_ids_jwt_field: groups\n'
    expect((await identityOf({ sub: 's', groups: ['a', 'b', 'a'] }, {}, teams)).teamIds).toEqual(['a', 'b'])
    const microsoft = { MICROSOFT_CLIENT_ID: 'x', MICROSOFT_TENANT: 'acme' }
    expect(
      await identityOf(
        { sub: 's', oid: 'o-1', preferred_username: 'ann@acme.com', roles: ['proxy_admin'] },
        microsoft,
      ),
    ).toMatchObject({ id: 'o-1', externalId: 's', email: 'ann@acme.com', role: 'proxy_admin' })
    expect((await identityOf({ sub: '1', email: 'a@b.c' }, { GOOGLE_CLIENT_ID: 'x' })).id).toBe('1')
  })
})

describe('of many tenants', () => {
  const env = { MICROSOFT_CLIENT_ID: 'x', MICROSOFT_TENANT: 'common', SLUICE_MICROSOFT_TENANTS: 'T-1, t-2' }
  test('only people of those that are listed come in', async () => {
    const iss = 'https://login.microsoftonline.com/t-1/v2.0'
    expect(await identityOf({ sub: 's', oid: 'o', tid: 't-1', iss }, env)).toMatchObject({
      id: 'o',
      subject: { issuer: iss, subject: 's' },
    })
    for (const tid of [undefined, '', 't-3', 'T-1 '.repeat(2)])
      await expect(identityOf({ sub: 's', oid: 'o', tid }, env)).rejects.toMatchObject({ status: 403 })
  })
})

describe('where a sign-in leads to', () => {
  test('to a path of the gateway', () => {
    expect(returnTo('/ui/keys?page=2#top')).toBe('/ui/keys?page=2#top')
    expect(returnTo(undefined)).toBe('/ui/?login=success')
  })

  test.each([
    'https://evil.com',
    '//evil.com',
    '/\\evil.com',
    '\\\\evil.com',
    '/\t/evil.com',
    '/\n/evil.com',
    '/.//evil.com',
    '/x/..//evil.com',
    '/%2e//evil.com',
    'javascript:alert(1)',
    '',
    `/${'x'.repeat(2_000)}`,
  ])('never to another site: %s', wanted => {
    expect(returnTo(wanted)).toBe('/ui/?login=success')
  })
})
