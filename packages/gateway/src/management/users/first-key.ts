import type { FastifyRequest } from 'fastify'
import { badRequest, momentAfter } from 'sluice/internal'
import { hashKey, maskKey } from '../../auth/hash.ts'
import type { KeyCache } from '../../auth/key-cache.ts'
import type { Database } from '../../db/database.ts'
import type { KeyRow } from '../../db/rows.ts'
import type { AccountContext } from '../accounts/account-fields.ts'
import type { Audit } from '../audit/audit-log.ts'
import { DURATION_RULE, isoTime, NO_LIMITS } from '../limit-fields.ts'

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
  const key = `sk-${Buffer.from(randomBytes(16)).toString('base64url')}`
  const row: KeyRow = {
    ...{ tokenHash: hashKey(key), keyName: maskKey(key), keyAlias: wishes.key_alias ?? null, userId },
    ...{ teamId: null, organizationId: null, projectId: null, budgetId: null },
    ...{ models: [], aliases: {}, spendNanoUsd: 0, blocked: false, metadata: {}, tags: [], permissions: {} },
    ...NO_LIMITS,
    ...{ expiresAt: expiryOf(wishes.duration, now), allowedRoutes: [], lastActiveAt: null },
    ...{ createdAt: now, createdBy: by, updatedAt: now, updatedBy: by },
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
