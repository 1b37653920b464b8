import { timingSafeEqual } from 'node:crypto'
import { createError, type SluiceError } from 'sluice/internal'
import type { Settings } from '../config/settings.ts'
import type { AccountRow, KeyRow } from '../db/rows.ts'
import { type GlobalSpend, globalSubject } from '../limits/global-subject.ts'
import type { LimitSubject } from '../limits/limiter.ts'
import type { CallerAccounts } from '../limits/subjects.ts'
import type { AccountCache } from './account-cache.ts'
import { accountsBehind } from './accounts-behind.ts'
import { ANYBODY, adminCaller, type Caller, callerOfKey, callerOfPrincipal } from './caller.ts'
import type { Origin } from './door/origin.ts'
import { type Principal, principalRow } from './door/principal.ts'
import { hashKey, maskKey } from './hash.ts'
import type { KeyCache } from './key-cache.ts'
import { type TeamModels, teamModels } from './models/team-models.ts'

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
  authenticate(credential: string | undefined, origin?: Origin): Caller | Promise<Caller>
  /** For routes that ask for no credential: throws `PermissionDeniedError` for an address or route nobody may use. */
  enter?(origin: Origin): void
}

/** Makes every `Caller` there is: of keys, and of those who came in another way. */
export interface KeyAuthenticator extends Authenticator {
  isMaster(credential: string | undefined): boolean
  /** The holder of the key with this hash; throws and rejects as `authenticate`. */
  admitKey(tokenHash: string): Caller | Promise<Caller>
  /** Somebody who has no key, with everything that holds for keys. Throws `PermissionDeniedError` when blocked. */
  admit(principal: Principal): Caller | Promise<Caller>
  /** Whoever calls a public route without a credential. */
  anybody(): Caller
}

/** What follows from one `Settings` object and one reading of the proxy's spend. */
interface Derived {
  readonly settings: Settings
  readonly spend: GlobalSpend | undefined
  readonly masterDigest: Buffer | undefined
  readonly admin: Caller
  readonly anybody: Caller
  readonly shared: readonly LimitSubject[]
  readonly teamModels: TeamModels
  readonly callers: WeakMap<KeyRow, KnownCaller>
}

/** Holds while no account has changed in more than its spend. */
interface KnownCaller {
  readonly caller: Caller
  readonly generation: number
  /** From then on its accounts are looked at again, for what others have spent of them. */
  readonly lookAgainAt: number
}

/** Milliseconds. Looking costs less than a microsecond, and has rows with a budget read again when they are due. */
const LOOK_AGAIN_MS = 1_000

/** The one constructor of identities: every door of the gateway asks it, and nothing else makes a `Caller`. */
export function createAuthenticator(options: AuthenticatorOptions): KeyAuthenticator {
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

  const isMaster = (credential: string | undefined, { masterDigest }: Derived): boolean =>
    masterDigest !== undefined &&
    credential !== undefined &&
    timingSafeEqual(Buffer.from(hashKey(credential), 'latin1'), masterDigest)

  return {
    isMaster: credential => isMaster(credential, current()),
    admitKey(tokenHash) {
      const facts = current()
      const row = options.keys.find(tokenHash)
      if (row instanceof Promise) return row.then(found => callerOf(found, tokenHash, facts, options))
      return callerOf(row, tokenHash, facts, options)
    },
    admit: principal => admit(principal.row, current(), options, principal),
    anybody: () => current().anybody,
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
    anybody: callerOfKey(principalRow(ANYBODY, {}), shared),
    shared,
    teamModels: teamModels(settings.deployments),
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
  return admit(row, facts, { accounts, now })
}

function admit(
  row: KeyRow,
  facts: Derived,
  { accounts, now = Date.now }: Pick<AuthenticatorOptions, 'accounts' | 'now'>,
  principal?: Principal,
): Caller | Promise<Caller> {
  const known = facts.callers.get(row)
  // Of before the look-up: what changes during it must not hold as known.
  const { generation } = accounts
  const time = now()
  const isCurrent = known?.generation === generation
  if (isCurrent && time < known.lookAgainAt) return known.caller
  const behind = accountsBehind(row, accounts)
  const remember = (found: CallerAccounts): Caller => {
    const caller =
      isCurrent && isSame(known.caller.accounts, found)
        ? known.caller
        : derivedCaller(row, facts, found, principal)
    facts.callers.set(row, { caller, generation, lookAgainAt: time + LOOK_AGAIN_MS })
    return caller
  }
  return behind instanceof Promise ? behind.then(remember) : remember(behind)
}

function derivedCaller(
  row: KeyRow,
  { shared, teamModels: ofTeams }: Derived,
  found: CallerAccounts,
  principal: Principal | undefined,
): Caller {
  refuseBlocked(found)
  const ofTeam = row.teamId === null ? undefined : ofTeams.get(row.teamId)
  return principal === undefined
    ? callerOfKey(row, shared, found, ofTeam)
    : callerOfPrincipal(principal, shared, found, ofTeam)
}

/** The very rows: one that changed, were it only in its spend, is another object. */
function isSame(one: CallerAccounts, other: CallerAccounts): boolean {
  return (
    one.user === other.user &&
    one.team === other.team &&
    one.member === other.member &&
    one.project === other.project &&
    one.organization === other.organization
  )
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
