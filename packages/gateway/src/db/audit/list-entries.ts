import { type Kysely, sql } from 'kysely'
import type { AuditLogTable, Tables } from '../tables.ts'
import { decodeAuditEntry } from './audit-columns.ts'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditFilter } from './audit-store.ts'

/** One page of the audit log, and how many entries there are on all of them. */
export async function listEntries(
  database: Kysely<Tables>,
  filter: AuditFilter,
): Promise<{ rows: readonly AuditEntry[]; total: number }> {
  const wanted: readonly (readonly [keyof AuditLogTable, '=' | '>=' | '<', string | number | undefined])[] = [
    ['changed_by', '=', filter.changedBy],
    ['changed_by_api_key', '=', filter.changedByApiKey],
    ['action', '=', filter.action],
    ['table_name', '=', filter.tableName],
    ['object_id', '=', filter.objectId],
    ['changed_at', '>=', filter.from],
    ['changed_at', '<', filter.to],
  ]
  let matching = database.selectFrom('audit_log')
  for (const [column, operator, value] of wanted)
    if (value !== undefined) matching = matching.where(column, operator, value)
  const { total } = await matching
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const { sortBy = 'updated_at', sortOrder = 'desc' } = filter
  const by = sql.ref(sortBy === 'updated_at' ? 'changed_at' : sortBy)
  const rows = await matching
    .selectAll()
    // The dialects disagree on where nulls go; last, in both.
    .orderBy(sql`${by} is null`)
    .orderBy(by, sortOrder)
    .orderBy('sequence', sortOrder)
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute()
  return { rows: rows.map(decodeAuditEntry), total }
}
