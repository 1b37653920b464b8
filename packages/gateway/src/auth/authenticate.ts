import { timingSafeEqual } from 'node:crypto'
import { createError, type SluiceError } from 'sluice/internal'
import type { Settings } from '../config/settings.ts'
import type { AccountRow, KeyRow } from '../db/rows.ts'
import { type GlobalSpend, globalSubject } from '../limits/global-subject.ts'
import type { LimitSubject } from '../limits/limiter.ts'
import type { CallerAccounts } from '../limits/subjects.ts'
import type { AccountCache } from './account-cache.ts'
import { accountsBehind } from './accounts-behind.ts'
import { adminCaller, type Caller, callerOfKey } from './caller.ts'
import { hashKey, maskKey } from './hash.ts'
import type { KeyCache } from './key-cache.ts'

export interface AuthenticatorOptions {
  /** The settings in force; what is derived from them follows when they are swapped. */
  readonly settings: () => Settings
  readonly keys: Pick<KeyCache, 'find'>
  /** The people behind keys. */
  readonly accounts: Pick<AccountCache, 'account' | 'generation'>
  readonly now?: () => number
  /** What the whole proxy has spent, as the database knows it; `startGlobalSpend` keeps it. */
  readonly globalSpend?: (() => GlobalSpend | undefined) | undefined
}

export interface Authenticator {
  /**
   * Who holds this credential; at once when the key is in memory. Throws (or rejects with) `AuthenticationError` for
   * a missing, malformed, unknown, expired or blocked key, `ServiceUnavailableError` when nobody can tell.
   */
  authenticate(credential: string | undefined): Caller | Promise<Caller>
}

/** What follows from one `Settings` object and one reading of the proxy's spend. */
interface Derived {
  readonly settings: Settings
  readonly spend: GlobalSpend | undefined
  readonly masterDigest: Buffer | undefined
  readonly admin: Caller
  readonly shared: readonly LimitSubject[]
  readonly callers: WeakMap<KeyRow, KnownCaller>
}

/** Holds while no account has changed. */
interface KnownCaller {
  readonly caller: Caller
  readonly generation: number
}

/** The one constructor of identities: every door of the gateway asks it, and nothing else makes a `Caller`. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const now = options.now ?? Date.now
  let derived: Derived | undefined

  function current(): Derived {
    const settings = options.settings()
    const spend = options.globalSpend?.()
    if (derived === undefined || derived.settings !== settings || derived.spend !== spend) {
      derived = derive(settings, spend, now())
    }
    return derived
  }

  return {
    authenticate(credential) {
      const facts = current()
      if (facts.masterDigest === undefined) return facts.admin
      if (credential === undefined || credential === '') throw noKey()
      const hash = hashKey(credential)
      if (timingSafeEqual(Buffer.from(hash, 'latin1'), facts.masterDigest)) return facts.admin
      if (!credential.startsWith('sk-')) throw malformed(credential)
      const row = options.keys.find(hash)
      if (row instanceof Promise) return row.then(found => callerOf(found, credential, facts, options))
      return callerOf(row, credential, facts, options)
    },
  }
}

function derive(settings: Settings, spend: GlobalSpend | undefined, now: number): Derived {
  const { masterKey } = settings.auth
  const global = globalSubject(settings.limits, now, spend)
  const shared = global === undefined ? [] : [global]
  return {
    settings,
    spend,
    masterDigest: masterKey === undefined ? undefined : Buffer.from(hashKey(masterKey), 'latin1'),
    admin: adminCaller(shared),
    shared,
    callers: new WeakMap(),
  }
}

function callerOf(
  row: KeyRow | undefined,
  credential: string,
  facts: Derived,
  { accounts, now = Date.now }: AuthenticatorOptions,
): Caller | Promise<Caller> {
  if (row === undefined) throw unknownKey(credential)
  if (row.blocked) throw blocked()
  if (row.expiresAt !== null && row.expiresAt <= now()) throw expired(row.expiresAt, credential, now())
  const known = facts.callers.get(row)
  if (known?.generation === accounts.generation) return known.caller
  const behind = accountsBehind(row, accounts)
  const remember = (found: CallerAccounts): Caller => {
    refuseBlocked(found)
    const caller = callerOfKey(row, facts.shared, found)
    facts.callers.set(row, { caller, generation: accounts.generation })
    return caller
  }
  return behind instanceof Promise ? behind.then(remember) : remember(behind)
}

/** The credential is right, so this is no 401: somebody it belongs to was stopped. */
function refuseBlocked(accounts: CallerAccounts): void {
  for (const [kind, account] of Object.entries(accounts)) {
    const row = account as AccountRow | undefined
    if (row?.blocked !== true) continue
    throw createError({
      kind: 'permission',
      type: 'auth_error',
      message: `${kind[0]?.toUpperCase()}${kind.slice(1)}=${row.id} is blocked. Ask an admin to unblock it.`,
    })
  }
}

function noKey(): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: 'Authentication Error, No api key passed in.',
  })
}

function malformed(credential: string): SluiceError {
  // At most a quarter of it: a secret of some other system may have been sent by mistake.
  const seen = credential.slice(0, Math.min(4, Math.floor(credential.length / 4)))
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: `Authentication Error, LiteLLM Virtual Key expected. Received=${seen}****, expected to start with 'sk-'.`,
  })
}

function unknownKey(credential: string): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'token_not_found_in_db',
    param: 'key',
    message:
      `Authentication Error, Invalid proxy server token passed. Received API Key = ${maskKey(credential)}. ` +
      'Unable to find token in cache or `LiteLLM_VerificationTokenTable`',
  })
}

function blocked(): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'auth_error',
    message: "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.",
  })
}

function expired(expiresAt: number, credential: string, now: number): SluiceError {
  return createError({
    kind: 'authentication',
    type: 'expired_key',
    param: maskKey(credential),
    message:
      `Authentication Error - Expired Key. Key Expiry time ${new Date(expiresAt).toISOString()} ` +
      `and current time ${new Date(now).toISOString()}`,
  })
}
