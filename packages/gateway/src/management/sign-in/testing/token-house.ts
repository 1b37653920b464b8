import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { AccountCache } from '../../../auth/account-cache.ts'
import type { Caller } from '../../../auth/caller.ts'
import { createKeyCache } from '../../../auth/key-cache.ts'
import type { Settings } from '../../../config/settings.ts'
import { loadText } from '../../../config/testing/load-text.ts'
import type { Database } from '../../../db/database.ts'
import { silentLog } from '../../../db/log.ts'
import { createAudit } from '../../audit/audit-log.ts'
import { openFrontDoor } from '../open-front-door.ts'

export const ISSUER = 'https://id.example.com'
export const AUDIENCE = 'gateway'
const KEYS_URL = `${ISSUER}/keys`

/** A gateway's front door over a real database, and a provider of tokens in memory; for tests. */
export interface TokenHouse {
  readonly settings: Settings
  /** What is asked of the provider, in order. */
  readonly asked: string[]
  readonly accounts: AccountCache
  /** The provider answers no more until it is set back. */
  isDown: boolean
  userinfo: unknown
  /** The provider answers with this; `headers` and `form` are what it was asked with last. */
  status: number
  headers: Readonly<Record<string, string>>
  form: Readonly<Record<string, string>> | undefined
  token(claims?: JWTPayload, how?: TokenOptions): Promise<string>
  /** The provider gets another key. */
  rotate(kid: string): Promise<void>
  publicKey(): Promise<string>
  call(credential: string | undefined, origin?: OriginOptions): Promise<Caller>
}

export interface TokenOptions {
  readonly kid?: string
  readonly alg?: string
  /** Seconds from now. */
  readonly expiresIn?: number
}

export interface OriginOptions {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly address?: string
}

export async function openTokenHouse(
  database: Database,
  general = '',
  env: Readonly<Record<string, string>> = {},
): Promise<TokenHouse> {
  const text = `general_settings:\n  master_key: sk-master-of-the-house\n${general}`
  const all = { JWT_PUBLIC_KEY_URL: KEYS_URL, JWT_AUDIENCE: AUDIENCE, JWT_ISSUER: ISSUER, ...env }
  // An empty one is not set.
  const set = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const { settings } = await loadText(text, { env: set })
  const trust = { maxStalenessMs: () => 60_000 }
  const accounts = new AccountCache({ store: database.accounts, ...trust })
  const keys = createKeyCache({ store: database.keys, ...trust })
  const audit = createAudit({ database, log: silentLog, isOn: () => true, now: Date.now })
  let pair = await generateKeyPair('RS256', { extractable: true })
  let name = 'first'
  const house: TokenHouse = {
    ...{
      settings,
      accounts,
      asked: [],
      isDown: false,
      userinfo: {},
      status: 200,
      headers: {},
      form: undefined,
    },
    async token(claims = {}, { kid = name, alg = 'RS256', expiresIn = 60 } = {}) {
      const now = Math.floor(Date.now() / 1000)
      return await new SignJWT({
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'subject',
        exp: now + expiresIn,
        ...claims,
      })
        .setProtectedHeader({ alg, kid })
        .sign(pair.privateKey)
    },
    async rotate(kid) {
      pair = await generateKeyPair('RS256', { extractable: true })
      name = kid
    },
    publicKey: async () => JSON.stringify(await exportJWK(pair.publicKey)),
    async call(credential, { path = '/v1/chat/completions', headers = {}, address = '10.0.0.1' } = {}) {
      return await authenticator.authenticate(credential, { method: 'POST', path, headers, address })
    },
  }
  const { authenticator } = openFrontDoor({
    ...{ settings: () => settings, database, accounts, keys, audit },
    async fetchJson(url, headers, form) {
      house.asked.push(url)
      house.headers = { ...headers }
      house.form = form
      if (house.status !== 200) throw Object.assign(new Error('refused'), { status: house.status })
      if (house.isDown) throw new Error('connection refused')
      if (url !== KEYS_URL) return house.userinfo
      return { keys: [{ ...(await exportJWK(pair.publicKey)), kid: name, alg: 'RS256', use: 'sig' }] }
    },
  })
  return house
}
