import { describe, expect, test } from 'vitest'
import { loadText } from '../testing/load-text.ts'

const MASTER = 'general_settings:\n  master_key: sk-master-of-the-house\n'
const JWT = `${MASTER}  enable_jwt_auth: true\n`
const ENTRA = 'https://login.microsoftonline.com'
const LOCAL = 'https://id.acme.com/keys'

async function told(env: Record<string, string>, text = MASTER) {
  try {
    const { warnings } = await loadText(text, { env })
    return warnings.map(({ key, message, remedy }) => `${key}: ${message}. ${remedy}`).join('\n')
  } catch (error) {
    return `refused: ${(error as Error).message}`
  }
}

describe('Entra with many tenants', () => {
  const client = { MICROSOFT_CLIENT_ID: 'x' }
  test.each(['common', 'organizations', 'consumers', 'Common', '9188040d-6c67-4c5b-b112-36a304b66dad'])(
    '%s does not start without a list of those that may sign in',
    async MICROSOFT_TENANT => {
      const refusal = await told({ ...client, MICROSOFT_TENANT })
      expect(refusal).toMatch(/^refused: .*MICROSOFT_TENANT/s)
      expect(refusal).toContain('SLUICE_MICROSOFT_TENANTS')
      expect(await told({ ...client, MICROSOFT_TENANT, SLUICE_MICROSOFT_TENANTS: 't-1' })).not.toContain(
        'refused',
      )
      expect(await told({ ...client, MICROSOFT_TENANT, ALLOWED_EMAIL_DOMAINS: 'acme.com' })).toContain(
        'refused',
      )
    },
  )
  test('by addresses of one’s own, or as a generic provider, it starts with one tenant only', async () => {
    const generic = (issuer: string) => told({ GENERIC_CLIENT_ID: 'x', GENERIC_ISSUER: issuer })
    expect(await generic(`${ENTRA}/common/v2.0`)).toContain('refused')
    expect(await generic(`${ENTRA}/acme/v2.0`)).toBe('')
    const MICROSOFT_AUTHORIZATION_ENDPOINT = `${ENTRA}/common/oauth2/v2.0/authorize`
    const SLUICE_MICROSOFT_TENANTS = 't-1'
    const by = { ...client, MICROSOFT_AUTHORIZATION_ENDPOINT, SLUICE_MICROSOFT_TENANTS }
    expect(await told(by)).toContain('refused')
    expect(await told({ ...client, MICROSOFT_TENANT: 'acme.com' })).toBe('')
  })
})

test('Google without domains is warned of', async () => {
  expect(await told({ GOOGLE_CLIENT_ID: 'x' })).toContain('ALLOWED_EMAIL_DOMAINS')
  expect(await told({ GOOGLE_CLIENT_ID: 'x', ALLOWED_EMAIL_DOMAINS: 'acme.com' })).toBe('')
})

describe('tokens', () => {
  test('for whom and by whom they are is asked for by name', async () => {
    const open = await told({ JWT_PUBLIC_KEY_URL: LOCAL }, JWT)
    expect(open).toContain('Set JWT_AUDIENCE')
    expect(open).toContain('Set JWT_ISSUER')
    expect(await told({ JWT_PUBLIC_KEY_URL: LOCAL, JWT_AUDIENCE: 'a', JWT_ISSUER: 'b' }, JWT)).toBe('')
  })
  test.each([
    ['https://www.googleapis.com/oauth2/v3/certs', true],
    [`${ENTRA}/common/discovery/v2.0/keys`, true],
    [`${ENTRA}/acme/discovery/v2.0/keys`, true],
    [LOCAL, false],
  ])('of keys that sign for the whole world do not start without an audience: %s', async (url, isRefused) => {
    const refusal = await told({ JWT_PUBLIC_KEY_URL: url }, JWT)
    expect(refusal.startsWith('refused: ')).toBe(isRefused)
    expect(refusal).toContain('JWT_AUDIENCE')
    expect(await told({ JWT_PUBLIC_KEY_URL: url, JWT_AUDIENCE: 'a' }, JWT)).not.toContain('refused')
  })
})
