import { type Kysely, sql } from 'kysely'
import type { Connection } from '../../connection.ts'
import type { Tables } from '../../tables.ts'

/** Any constant of our own, one for all replicas. */
const LOCK_ID = 7_305_805_443

/**
 * Whoever writes down calls shares this lock; whoever begins a budget's period anew has it alone, first of all locks of
 * its transaction. So every row is in the totals either before a period begins or after, and is known to be. SQLite has
 * one writer at a time anyway.
 */
export async function lockPeriods(
  database: Kysely<Tables>,
  dialect: Connection['dialect'],
  how: 'shared' | 'alone',
): Promise<void> {
  if (dialect === 'sqlite') return
  const id = sql.lit(LOCK_ID)
  await (how === 'shared'
    ? sql`select pg_advisory_xact_lock_shared(${id})`
    : sql`select pg_advisory_xact_lock(${id})`
  ).execute(database)
}
