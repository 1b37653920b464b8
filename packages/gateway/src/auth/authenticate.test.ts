import { AuthenticationError, type SluiceError } from 'sluice/internal'
import { describe, expect, test } from 'vitest'
import type { Settings } from '../config/settings.ts'
import type { KeyRow } from '../db/rows.ts'
import { accountRow, keyRow } from '../db/testing/rows.ts'
import { createAuthenticator } from './authenticate.ts'
import { MASTER_KEY_HASH } from './caller.ts'
import { hashKey } from './hash.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const MASTER = 'sk-master-of-the-house'

function settingsWith(masterKey: string | undefined, globalMaxParallelRequests?: number): Settings {
  return {
    auth: { masterKey, maxKeyStalenessMs: 1000 },
    deployments: [],
    limits: { globalMaxParallelRequests, timezone: 'UTC' },
  } as unknown as Settings
}

function authenticatorOver(keys: Record<string, Partial<KeyRow>>, settings = settingsWith(MASTER)) {
  const rows = new Map(
    Object.entries(keys).map(([key, more]) => [hashKey(key), keyRow(hashKey(key), more)] as const),
  )
  return createAuthenticator({
    settings: () => settings,
    keys: { find: hash => rows.get(hash) },
    accounts: { account: () => undefined, generation: 0 },
    now: () => NOW,
  })
}

function refusal(work: () => unknown): SluiceError {
  try {
    work()
  } catch (error) {
    if (error instanceof AuthenticationError) return error
    throw error
  }
  throw new Error('was let in')
}

describe('authenticate', () => {
  test('answers at once for a key in memory, and with the same caller each time', () => {
    const { authenticate } = authenticatorOver({
      'sk-alice': { userId: 'alice', teamId: 'red', rpmLimit: 5 },
    })
    const caller = authenticate('sk-alice')
    expect(caller).toMatchObject({
      role: 'key',
      record: { keyHash: hashKey('sk-alice'), userId: 'alice', teamId: 'red' },
      subjects: [{ kind: 'key', id: hashKey('sk-alice'), rpm: 5 }],
    })
    expect(authenticate('sk-alice')).toBe(caller)
  })

  test('a team blocked while its key is looked up is blocked for the next call', async () => {
    const red = accountRow('team', 'red')
    const user = Promise.withResolvers<undefined>()
    let team = red
    const accounts = {
      account: (kind: string) => (kind === 'team' ? team : kind === 'user' ? user.promise : undefined),
      generation: 0,
    }
    const settings = settingsWith(MASTER)
    const row = keyRow(hashKey('sk-alice'), { userId: 'alice', teamId: 'red' })
    const { authenticate } = createAuthenticator({
      settings: () => settings,
      keys: { find: () => row },
      accounts,
      now: () => NOW,
    })
    const first = authenticate('sk-alice')
    team = { ...red, blocked: true }
    accounts.generation++
    user.resolve(undefined)
    await first
    await expect(Promise.resolve().then(() => authenticate('sk-alice'))).rejects.toThrow(
      'Team=red is blocked',
    )
  })

  test('what others spend of a team is seen by its key within a second, and nothing else makes it anew', () => {
    let time = NOW
    let team = accountRow('team', 'red', { maxBudgetNanoUsd: 1_000 })
    const settings = settingsWith(MASTER)
    const row = keyRow(hashKey('sk-alice'), { teamId: 'red' })
    const { authenticate } = createAuthenticator({
      settings: () => settings,
      keys: { find: () => row },
      accounts: { account: () => team, generation: 0 },
      now: () => time,
    })
    const first = authenticate('sk-alice')
    expect(first).toMatchObject({ subjects: [{ kind: 'team', budget: { spentNanoUsd: 0 } }] })
    time += 5_000
    expect(authenticate('sk-alice')).toBe(first)
    team = { ...team, spendNanoUsd: 900 }
    time += 1_000
    expect(authenticate('sk-alice')).toMatchObject({
      subjects: [{ kind: 'team', budget: { spentNanoUsd: 900 } }],
    })
  })

  test('the master key is the admin, without limits, and its hash appears nowhere', () => {
    const caller = authenticatorOver({}).authenticate(MASTER)
    expect(caller).toMatchObject({ role: 'proxy_admin', subjects: [], record: { keyHash: MASTER_KEY_HASH } })
    expect(JSON.stringify(caller)).not.toContain(hashKey(MASTER))
  })

  test('the limits of the whole proxy hold for keys and for the master key', () => {
    const { authenticate } = authenticatorOver({ 'sk-a': { rpmLimit: 1 } }, settingsWith(MASTER, 7))
    expect(authenticate('sk-a')).toMatchObject({
      subjects: [{ kind: 'key' }, { kind: 'global', maxParallelRequests: 7 }],
    })
    expect(authenticate(MASTER)).toMatchObject({ subjects: [{ kind: 'global' }] })
  })

  test('without a master key the proxy is open to everyone', () => {
    expect(authenticatorOver({}, settingsWith(undefined)).authenticate(undefined)).toMatchObject({
      role: 'proxy_admin',
    })
  })

  test('new settings take hold at the next call', () => {
    let settings = settingsWith(MASTER)
    const { authenticate } = createAuthenticator({
      settings: () => settings,
      keys: { find: () => undefined },
      accounts: { account: () => undefined, generation: 0 },
    })
    expect(authenticate(MASTER)).toMatchObject({ role: 'proxy_admin' })
    settings = settingsWith('sk-another-master')
    expect(() => authenticate(MASTER)).toThrow(AuthenticationError)
    expect(authenticate('sk-another-master')).toMatchObject({ role: 'proxy_admin' })
  })

  test.each([
    [undefined, 'auth_error', 'Authentication Error, No api key passed in.'],
    ['', 'auth_error', 'Authentication Error, No api key passed in.'],
    [
      'hello-there',
      'auth_error',
      "LiteLLM Virtual Key expected. Received=he****, expected to start with 'sk-'.",
    ],
    ['sk-nobody-knows-me', 'token_not_found_in_db', 'Received API Key = sk-...s-me. Unable to find token'],
    ['sk-blocked', 'auth_error', 'Key is blocked'],
    ['sk-expired', 'expired_key', 'Expired Key. Key Expiry time 2026-11-21T12:00:00.000Z'],
  ])('%s is refused with 401 %s', (credential, type, message) => {
    const { authenticate } = authenticatorOver({
      'sk-blocked': { blocked: true },
      'sk-expired': { expiresAt: NOW },
    })
    const error = refusal(() => authenticate(credential))
    expect(error).toMatchObject({ status: 401, type, retryable: false })
    expect(error.message).toContain(message)
  })

  test('GHSA-69x8-hrgq-fjj8: a hash is never accepted as a credential, not even with a prefix', () => {
    const { authenticate } = authenticatorOver({ 'sk-alice': {} })
    const hash = hashKey('sk-alice')
    for (const credential of [hash, hash.toUpperCase(), `sk-${hash}`, hashKey(MASTER), MASTER_KEY_HASH]) {
      expect(refusal(() => authenticate(credential)).status).toBe(401)
    }
  })

  test('CVE-2026-35030: a credential that shares all but its end with a valid key is a stranger', () => {
    const key = `sk-${'a'.repeat(60)}`
    const { authenticate } = authenticatorOver({ [`${key}1`]: {} })
    expect(authenticate(`${key}1`)).toMatchObject({ role: 'key' })
    expect(refusal(() => authenticate(`${key}2`)).type).toBe('token_not_found_in_db')
    expect(refusal(() => authenticate(key)).type).toBe('token_not_found_in_db')
  })

  test('an error never repeats the credential or its hash', () => {
    const secret = 'sk-verysecretverysecret'
    const { message } = refusal(() => authenticatorOver({}).authenticate(secret))
    expect(message).not.toContain('verysecret')
    expect(message).not.toContain(hashKey(secret))
  })
})
