import type { FastifyRequest } from 'fastify'
import { badRequest, momentAfter } from 'sluice/internal'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Database } from '../../db/database.ts'
import type { KeyRow } from '../../db/rows.ts'
import type { AccountContext } from '../accounts/account-fields.ts'
import type { Audit } from '../audit/audit-log.ts'
import { newKeyRow, newSecret } from '../keys/issue-key.ts'
import { DURATION_RULE, isoTime } from '../limit-fields.ts'

export interface FirstKeyServices {
  readonly database: Pick<Database, 'keys'>
  readonly audit: Audit
  readonly keys: Pick<KeyCache, 'absorb'>
  /** Cryptographically random. */
  readonly randomBytes: (size: number) => Uint8Array
}

export interface FirstKey {
  readonly key: string
  readonly row: KeyRow
}

/** The key that a new user gets with their account (`auto_create_key`): bounded by their own models and limits. */
export function newFirstKey(
  userId: string,
  wishes: { readonly duration?: string | null | undefined; readonly key_alias?: string | null | undefined },
  { now, by }: AccountContext,
  randomBytes: FirstKeyServices['randomBytes'],
): FirstKey {
  const key = newSecret(randomBytes)
  const row: KeyRow = {
    ...newKeyRow(key, { now, by }),
    ...{ userId, keyAlias: wishes.key_alias ?? null, expiresAt: expiryOf(wishes.duration, now) },
  }
  return { key, row }
}

/** Inside the transaction that makes the user. */
export async function keepFirstKey(
  { row }: FirstKey,
  { database, audit }: FirstKeyServices,
  request: FastifyRequest,
): Promise<void> {
  await database.keys.create(row)
  const after = { user_id: row.userId, key_alias: row.keyAlias, expires: isoTime(row.expiresAt) }
  const change = { action: 'created', table: 'LiteLLM_VerificationToken', objectId: row.tokenHash } as const
  await audit.record({ ...change, after, request })
}

function expiryOf(duration: string | null | undefined, now: number): number | null {
  if (duration == null || duration === '' || duration === '-1') return null
  const moment = momentAfter(duration, now)
  if (moment !== undefined) return moment
  throw badRequest(`duration: ${DURATION_RULE}, or null for a key that never expires.`, 'duration')
}
