import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createError, type SluiceError } from 'sluice/internal'
import { principalRow } from '../../../auth/door/principal.ts'
import { hashKey, maskKey } from '../../../auth/hash.ts'
import type { KeyCache } from '../../../auth/key-cache.ts'
import { roleOf } from '../../../auth/roles.ts'
import { cookieLine, SESSION_COOKIE, sessionOf } from '../../../auth/sign-in/cookies.ts'
import { type SessionClaims, signSession } from '../../../auth/sign-in/sealed.ts'
import type { Settings } from '../../../config/settings.ts'
import type { Database } from '../../../db/database.ts'
import type { AccountRow, KeyRow } from '../../../db/rows.ts'
import type { Audit } from '../../audit/audit-log.ts'
import { keyObject } from '../../keys/key-json.ts'
import { SESSION_TEAM } from './session-team.ts'

export interface SessionServices {
  readonly settings: () => Settings
  readonly database: Pick<Database, 'keys' | 'accounts' | 'passwords'>
  readonly keys: Pick<KeyCache, 'absorb' | 'forget'>
  readonly audit: Audit
  readonly now: () => number
}

/** Somebody who has shown who they are. */
export interface SignedIn {
  readonly user: AccountRow
  readonly method: SessionClaims['login_method']
  /** The stored hash of the password they gave. */
  readonly proof?: string | undefined
}

/** What a session may spend by trying models out, as in LiteLLM. */
const SESSION_BUDGET_NANO_USD = 10e9
const TABLE = 'LiteLLM_VerificationToken'
/** Keys of ended sessions that one sign-in clears away. */
const MOST_CLEARED = 100

/** People who are signed in: each has a short-lived virtual key, wrapped in the cookie `token`. */
export class Sessions {
  readonly #services: SessionServices

  constructor(services: SessionServices) {
    this.#services = services
  }

  /**
   * Sets the cookie. Throws `PermissionDeniedError` for a user who was blocked or removed, or whose password has become
   * another since it was checked.
   */
  async begin(
    { user, method, proof }: SignedIn,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<SessionClaims> {
    const { now, settings } = this.#services
    const { auth, signIn } = settings()
    const masterKey = this.masterKey()
    const key = `sk-${randomBytes(24).toString('base64url')}`
    const endsAt = now() + signIn.ui.sessionMs
    await this.#write(sessionKey(key, user, now(), endsAt), user.id, proof)
    const claims: SessionClaims = {
      user_id: user.id,
      key,
      user_email: user.email,
      user_role: roleOf(user),
      login_method: method,
      premium_user: true,
      auth_header_name: auth.keyHeaderName ?? 'Authorization',
      exp: Math.floor(endsAt / 1000),
    }
    const maxAge = Math.floor(signIn.ui.sessionMs / 1000)
    const line = { path: '/', maxAge, isSecure: isSecure(request, settings()) }
    void reply.header('set-cookie', cookieLine(SESSION_COOKIE, signSession(claims, masterKey), line))
    return claims
  }

  /** Ends the session of this browser, here at once and elsewhere with the next sync. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { now, settings, database, keys, audit } = this.#services
    const line = { path: '/', maxAge: 0, isSecure: isSecure(request, settings()) }
    void reply.header('set-cookie', cookieLine(SESSION_COOKIE, '', line))
    const session = sessionOf(request.headers, settings().auth.masterKey, now())
    if (session === undefined) return
    const hash = hashKey(session.key)
    await audit.together(async () => {
      const [before] = await database.keys.remove([hash])
      if (before === undefined) return
      const change = { action: 'deleted', table: TABLE, objectId: hash, actor: session.user_id } as const
      await audit.record({ ...change, before: keyObject(before) })
    })
    keys.forget(hash)
  }

  /** Throws `BadRequestError` where there is none: anybody is the admin there, and nobody can sign in. */
  masterKey(): string {
    const { masterKey } = this.#services.settings().auth
    if (masterKey !== undefined) return masterKey
    throw createError({
      kind: 'bad_request',
      message: 'Signing in needs a master key. Set LITELLM_MASTER_KEY, or master_key in general_settings.',
    })
  }

  /** Here at once; other replicas hear of it by their next sync. */
  forget(hashes: readonly string[]): void {
    for (const hash of hashes) this.#services.keys.forget(hash)
  }

  async #write(row: KeyRow, userId: string, proof: string | undefined): Promise<void> {
    const { database, keys, audit, now } = this.#services
    const { rows } = await database.keys.list({ userId, teamId: SESSION_TEAM, page: 1, size: MOST_CLEARED })
    const ended = rows.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now())
    await audit.together(async () => {
      // Whatever ends the sessions of this user waits until this one is there to be ended.
      const user = await database.accounts.hold('user', userId)
      if (user === undefined || user.blocked) throw refused(`User=${userId} is blocked.`)
      if (proof !== undefined && (await database.passwords.find(userId)) !== proof)
        throw refused('The password has become another meanwhile. Sign in with the new one.')
      await database.keys.create(row)
      if (ended.length > 0) await database.keys.remove(ended.map(({ tokenHash }) => tokenHash))
      const change = { action: 'created', table: TABLE, objectId: row.tokenHash, actor: userId } as const
      await audit.record({ ...change, after: keyObject(row) })
    })
    this.forget(ended.map(({ tokenHash }) => tokenHash))
    keys.absorb(row)
  }
}

function refused(message: string): SluiceError {
  return createError({ kind: 'permission', type: 'auth_error', message })
}

/** What holds for the user's personal keys holds for the session too. */
function sessionKey(key: string, user: AccountRow, now: number, expiresAt: number): KeyRow {
  return principalRow(hashKey(key), {
    keyName: maskKey(key),
    userId: user.id,
    teamId: SESSION_TEAM,
    models: user.models,
    maxBudgetNanoUsd: SESSION_BUDGET_NANO_USD,
    expiresAt,
    ...{ createdAt: now, createdBy: user.id, updatedAt: now, updatedBy: user.id },
  })
}

/** The address under which browsers know this gateway. */
export function baseUrlOf(request: FastifyRequest, { signIn }: Settings): string {
  return signIn.sso.baseUrl ?? `${request.protocol}://${request.host}`
}

export function isSecure(request: FastifyRequest, settings: Settings): boolean {
  return baseUrlOf(request, settings).startsWith('https:') || request.headers['x-forwarded-proto'] === 'https'
}
