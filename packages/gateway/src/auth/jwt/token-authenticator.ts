import { createError, SluiceError } from 'sluice/internal'
import type { IntrospectionSettings, JwtSettings } from '../../config/sign-in/sign-in-settings.ts'
import type { AccountRow } from '../../db/rows.ts'
import { BoundedMap } from '../../limits/bounded-map.ts'
import type { Caller } from '../caller.ts'
import type { Origin } from '../door/origin.ts'
import type { Principal } from '../door/principal.ts'
import { hashKey } from '../hash.ts'
import type { Claims } from './claims.ts'
import { findPrincipals, type PrincipalServices } from './find-principals.ts'
import { introspect, unreachable } from './introspect.ts'
import type { KeyMappings } from './key-mappings.ts'
import { type FetchJson, KeySet } from './key-set.ts'
import { type Reading, readClaims, refused } from './read-claims.ts'
import { refused as badToken, CLOCK_SECONDS, looksLikeJwt, verifyToken } from './verify-token.ts'

export interface TokenServices extends PrincipalServices {
  readonly fetchJson: FetchJson
  readonly mappings: KeyMappings
  readonly now: () => number
  /** The one constructor of callers. */
  readonly admit: (principal: Principal) => Caller | Promise<Caller>
  /** The caller of a virtual key by its hash; rejects with `AuthenticationError` when there is none. */
  readonly admitKey: (tokenHash: string) => Caller | Promise<Caller>
}

/** What a token came to; under its whole hash, so that no two tokens share one (CVE-2026-35030). */
interface Known {
  readonly principals: readonly Principal[]
  readonly keyHash: string | undefined
  /** Whom it names, where it stands for a key. */
  readonly userId: string | undefined
  readonly settings: JwtSettings
  /** Of the keys it was verified with; undefined where the provider vouched for it. */
  readonly epoch: number | undefined
  readonly validUntil: number
}

/** Tokens remembered; at the bound the least recently used is verified again when it comes back. */
const MOST_KNOWN = 50_000
/** Claims are looked up anew after this, so that new teams and mappings are seen. */
const RELOOK_MS = 60_000
/** Tokens that the provider refused are refused for this long without asking it again; so many are remembered. */
const BAD_MS = 5_000
const MOST_BAD = 10_000
/** Tokens that are being verified; more are refused with 503. */
const MOST_AT_ONCE = 256
const LONGEST_TEAM = 256

/** Tokens of a provider as credentials. A token that was verified costs one hash and one look-up from then on. */
export class TokenAuthenticator {
  readonly #services: TokenServices
  readonly #keySet: KeySet
  readonly #known = new BoundedMap<Known>({ most: MOST_KNOWN })
  readonly #running = new Map<string, Promise<Known>>()
  readonly #bad = new BoundedMap<{ readonly error: SluiceError; readonly until: number }>({ most: MOST_BAD })

  constructor(services: TokenServices) {
    this.#services = services
    this.#keySet = new KeySet(services)
  }

  /** True for what this could read: a JWT, or any text where the provider is asked about those. */
  reads(credential: string, settings: JwtSettings): boolean {
    if (credential.startsWith('sk-')) return false
    return settings.userinfo !== undefined || settings.introspection !== undefined || looksLikeJwt(credential)
  }

  /** Throws or rejects as `Authenticator` says, and with `PermissionDeniedError` for a right token that may not. */
  authenticate(token: string, origin: Origin | undefined, settings: JwtSettings): Caller | Promise<Caller> {
    const stated = origin?.headers['x-litellm-team-id']
    const wished = typeof stated === 'string' && stated !== '' ? stated.slice(0, LONGEST_TEAM) : undefined
    const name = wished === undefined ? hashKey(token) : `${hashKey(token)} ${wished}`
    const known = this.#known.get(name)
    if (known === undefined || !this.#holds(known, settings)) return this.#anew(name, token, wished, settings)
    const caller = this.#callerOf(known)
    if (caller instanceof Promise)
      return caller.then(found => this.#checked(found, name, token, wished, settings))
    return this.#checked(caller, name, token, wished, settings)
  }

  #holds({ settings, epoch, validUntil }: Known, current: JwtSettings): boolean {
    const isSame = settings === current && (epoch === undefined || epoch === this.#keySet.epoch)
    return isSame && this.#services.now() < validUntil
  }

  /** A team that was removed since must not leave a caller without its limits. */
  #checked(
    caller: Caller,
    name: string,
    token: string,
    wished: string | undefined,
    settings: JwtSettings,
  ): Caller | Promise<Caller> {
    if (caller.record.teamId === undefined || caller.accounts.team !== undefined) return caller
    this.#known.delete(name)
    return this.#anew(name, token, wished, settings)
  }

  async #anew(
    name: string,
    token: string,
    wished: string | undefined,
    settings: JwtSettings,
  ): Promise<Caller> {
    const running = this.#running.get(name) ?? this.#start(name, token, wished, settings)
    return await this.#callerOf(await running)
  }

  #start(name: string, token: string, wished: string | undefined, settings: JwtSettings): Promise<Known> {
    if (this.#running.size >= MOST_AT_ONCE) throw busy()
    const work = this.#learn(token, wished, settings)
      .then(known => {
        this.#known.set(name, known)
        return known
      })
      .finally(() => this.#running.delete(name))
    this.#running.set(name, work)
    return work
  }

  async #learn(token: string, wished: string | undefined, settings: JwtSettings): Promise<Known> {
    const { epoch } = this.#keySet
    const isJwt = looksLikeJwt(token) && settings.keyUrls.length > 0
    const claims = isJwt ? await verifyToken(token, this.#keySet, settings) : await this.#ask(token, settings)
    const now = this.#services.now()
    const ends = Number(claims['exp'] ?? Number.POSITIVE_INFINITY)
    const vouchedUntil = now + ((settings.introspection ?? settings.userinfo)?.ttlMs ?? 0)
    const endsAt = (ends + CLOCK_SECONDS) * 1_000
    const lastsUntil = isJwt ? endsAt : Math.min(vouchedUntil, Number.isNaN(endsAt) ? 0 : endsAt)
    const reading = readClaims(claims, settings)
    const keyHash = await this.#mappedKey(reading, settings)
    const principals =
      keyHash === undefined ? await findPrincipals(reading, wished, settings, this.#services) : []
    return {
      ...{ principals, keyHash, userId: reading.userId, settings },
      // Whatever was read in between was there before the token was looked at, or the next call looks again.
      epoch: isJwt ? Math.max(epoch, this.#keySet.epoch) : undefined,
      validUntil: Math.min(lastsUntil, now + RELOOK_MS),
    }
  }

  async #mappedKey({ keyClaim, subject }: Reading, settings: JwtSettings): Promise<string | undefined> {
    const { keyClaim: claimName, unregistered, keyMappingTtlMs } = settings
    if (claimName === undefined || keyClaim === undefined) return undefined
    const { mappings } = this.#services
    const found = await mappings.find(claimName, keyClaim, keyMappingTtlMs)
    if (found !== undefined) return found
    if (unregistered === 'auto_register') return await mappings.register(claimName, keyClaim, subject)
    if (unregistered === 'reject')
      throw refused(`its ${claimName} '${keyClaim}' has no virtual key. Make one with /jwt/key/mapping/new`)
    return undefined
  }

  /** The claims that the provider has for a token that only it can read. */
  async #ask(token: string, { userinfo, introspection }: JwtSettings): Promise<Claims> {
    if (introspection !== undefined) return await this.#introspect(token, introspection)
    if (userinfo === undefined) throw badToken('it is no JWT')
    try {
      const claims = await this.#services.fetchJson(userinfo.url, { authorization: `Bearer ${token}` })
      if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as Claims
    } catch (error) {
      const { status } = error as { readonly status?: number }
      if (status === undefined || status >= 500 || status === 429) throw unreachable(error)
    }
    throw badToken('the provider does not know it')
  }

  /** A flood of one bad token must not become a flood at the provider. */
  async #introspect(token: string, settings: IntrospectionSettings): Promise<Claims> {
    const { now, fetchJson } = this.#services
    const name = `${settings.url} ${hashKey(token)}`
    const known = this.#bad.get(name)
    if (known !== undefined && now() < known.until) throw known.error
    try {
      return await introspect(token, settings, fetchJson)
    } catch (error) {
      const isBad = error instanceof SluiceError && error.kind === 'authentication'
      if (isBad) this.#bad.set(name, { error, until: now() + BAD_MS })
      throw error
    }
  }

  #callerOf({ principals, keyHash, userId }: Known): Caller | Promise<Caller> {
    if (keyHash !== undefined) return this.#ofKey(keyHash, userId)
    const [first, ...others] = principals
    if (first === undefined) throw badToken('it stands for nobody')
    return others.length === 0 ? this.#services.admit(first) : this.#withOthers(principals)
  }

  /** Whoever was stopped is stopped with a claim's key too. */
  #ofKey(keyHash: string, userId: string | undefined): Caller | Promise<Caller> {
    const { accounts, admitKey } = this.#services
    const user = userId === undefined ? undefined : accounts.account('user', userId)
    const unlessBlocked = (found: AccountRow | undefined) => {
      if (found?.blocked) throw refused(`its user '${found.id}' is blocked`)
      return admitKey(keyHash)
    }
    return user instanceof Promise ? user.then(unlessBlocked) : unlessBlocked(user)
  }

  /** Of several teams the one that has the model is chosen once the model is known. */
  async #withOthers(principals: readonly Principal[]): Promise<Caller> {
    const [first, ...others] = await Promise.all(
      principals.map(async each => await this.#services.admit(each)),
    )
    return Object.freeze({ ...(first as Caller), otherTeams: others })
  }
}

function busy(): SluiceError {
  return createError({
    kind: 'unavailable',
    type: 'auth_error',
    message: 'Too many tokens are being verified at the moment. Retry shortly.',
  })
}
