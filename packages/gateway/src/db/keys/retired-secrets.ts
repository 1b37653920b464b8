import { type Kysely, sql } from 'kysely'
import { createError } from 'sluice/internal'
import type { KeyRow, RetiredSecret } from '../rows.ts'
import type { DeprecatedKeysTable, Tables } from '../tables.ts'
import { followReferences } from './follow-references.ts'
import { bookedSpend } from './key-spend.ts'

export function decodeRetired(stored: DeprecatedKeysTable): RetiredSecret {
  return {
    tokenHash: stored.token_hash,
    activeHash: stored.active_hash,
    keyName: stored.key_name,
    endsAt: stored.ends_at,
    createdAt: stored.created_at,
    updatedAt: stored.updated_at,
  }
}

export async function findRetired(
  database: Kysely<Tables>,
  tokenHash: string,
): Promise<RetiredSecret | undefined> {
  const stored = await database
    .selectFrom('deprecated_keys')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return stored && decodeRetired(stored)
}

/** A secret that was given up must not come back as another key. Throws `ConflictError`. */
export async function refuseRetired(database: Kysely<Tables>, tokenHash: string): Promise<void> {
  if ((await findRetired(database, tokenHash)) === undefined) return
  throw createError({
    kind: 'conflict',
    retryable: false,
    message: 'This secret belonged to a key that was rotated. Choose another.',
  })
}

/** The secret of `before` ends at `endsAt`, and so do those before it unless they end sooner. */
export async function retire(
  database: Kysely<Tables>,
  before: KeyRow,
  after: KeyRow,
  endsAt: number | null,
): Promise<void> {
  const { updatedAt } = after
  await followReferences(database, before.tokenHash, after.tokenHash, updatedAt)
  await database
    .updateTable('deprecated_keys')
    .set({ active_hash: after.tokenHash, updated_at: updatedAt, ends_at: sooner(endsAt) })
    .where('active_hash', '=', before.tokenHash)
    .execute()
  await database
    .insertInto('deprecated_keys')
    .values({
      token_hash: before.tokenHash,
      active_hash: after.tokenHash,
      key_name: before.keyName,
      ends_at: endsAt,
      created_at: updatedAt,
      updated_at: updatedAt,
    })
    .execute()
}

/** Every earlier secret of a key ends then, or sooner if it was to. */
export async function endRetired(
  database: Kysely<Tables>,
  activeHash: string,
  endsAt: number,
  now: number,
): Promise<void> {
  await database
    .updateTable('deprecated_keys')
    .set({ ends_at: sooner(endsAt), updated_at: now })
    .where('active_hash', '=', activeHash)
    .execute()
}

function sooner(endsAt: number | null) {
  if (endsAt === null) return sql<number | null>`ends_at`
  return sql<number>`case when ends_at is null or ends_at > cast(${endsAt} as bigint) then cast(${endsAt} as bigint) else ends_at end`
}

/** Rows forgotten in one go. */
const MOST = 500

/**
 * Forgets secrets that ended before `before`, once what they spent stands in their key's own account. A secret is folded
 * by whoever removes its row, so that it counts once however many do this at the same time. Call in a transaction.
 */
export async function foldRetired(database: Kysely<Tables>, before: number): Promise<number> {
  const rows = await database
    .selectFrom('deprecated_keys')
    .select('token_hash')
    .where('ends_at', '<', before)
    .orderBy('ends_at')
    .orderBy('token_hash')
    .limit(MOST)
    .execute()
  for (const { token_hash: hash } of rows) {
    const removed = await database
      .deleteFrom('deprecated_keys')
      .where('token_hash', '=', hash)
      .where('ends_at', '<', before)
      .returning('active_hash')
      .executeTakeFirst()
    if (removed === undefined) continue
    await database
      .updateTable('virtual_keys')
      .set({ spend_base_nano_usd: sql`spend_base_nano_usd - ${bookedSpend(hash)}` })
      .where('token_hash', '=', removed.active_hash)
      .execute()
  }
  return rows.length
}
