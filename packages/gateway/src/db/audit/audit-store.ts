import type { Connection } from '../connection.ts'
import { decodeAuditEntry } from './audit-columns.ts'
import type { AuditAction, AuditEntry, NewAuditEntry } from './audit-entry.ts'
import { appendEntries, type ChainEnds, cutChain, readChain } from './chain.ts'
import { listEntries } from './list-entries.ts'

export const AUDIT_SORTS = [
  'updated_at',
  'changed_by',
  'changed_by_api_key',
  'action',
  'table_name',
  'object_id',
] as const

export interface AuditFilter {
  readonly changedBy?: string | undefined
  readonly changedByApiKey?: string | undefined
  readonly action?: AuditAction | undefined
  readonly tableName?: string | undefined
  readonly objectId?: string | undefined
  /** Milliseconds, inclusive. */
  readonly from?: number | undefined
  /** Milliseconds, exclusive. */
  readonly to?: number | undefined
  /** 1-based. */
  readonly page: number
  readonly size: number
  readonly sortBy?: (typeof AUDIT_SORTS)[number] | undefined
  readonly sortOrder?: 'asc' | 'desc' | undefined
}

/** The audit log: entries are added at the end and removed at the beginning, never changed. */
export interface AuditStore {
  /**
   * Adds entries to the chain, all or none. Inside `database.together` they are added last and share its fate; else
   * they have a transaction of their own. Every process that appends takes its turn, so there is one chain.
   * `onAppended` hears of them with their places, once they are kept.
   */
  append(
    entries: readonly NewAuditEntry[],
    onAppended?: (entries: readonly AuditEntry[]) => void,
  ): Promise<void>
  find(id: string): Promise<AuditEntry | undefined>
  /** By time, the newest first, unless stated otherwise. */
  list(filter: AuditFilter): Promise<{ readonly rows: readonly AuditEntry[]; readonly total: number }>
  /** Entries after a place in the chain, in its order. */
  after(sequence: number, most: number): Promise<readonly AuditEntry[]>
  /** Where the chain begins and ends; undefined before the first entry. */
  chain(): Promise<ChainEnds | undefined>
  /**
   * Removes the oldest entries, up to the first that was made at or after `before` (ms), at most `most` of them, and
   * adds one that says which. Returns how many were removed.
   */
  cut(before: number, most: number, author: CutAuthor): Promise<number>
}

/** Who signs a cut, and when. */
export type CutAuthor = Pick<NewAuditEntry, 'id' | 'changedAt' | 'changedBy' | 'changedByRole'>

export function createAuditStore(connection: Connection): AuditStore {
  return {
    async append(entries, onAppended) {
      if (entries.length === 0) return
      await connection.atTheEnd(
        transaction => appendEntries(transaction, entries),
        appended => onAppended?.(appended),
      )
    },
    find: id =>
      connection.run(async database => {
        const row = await database.selectFrom('audit_log').selectAll().where('id', '=', id).executeTakeFirst()
        return row && decodeAuditEntry(row)
      }),
    list: filter => connection.run(database => listEntries(database, filter)),
    after: (sequence, most) =>
      connection.run(async database => {
        const rows = await database
          .selectFrom('audit_log')
          .selectAll()
          .where('sequence', '>', sequence)
          .orderBy('sequence')
          .limit(most)
          .execute()
        return rows.map(decodeAuditEntry)
      }),
    chain: () => connection.run(readChain),
    cut: (before, most, author) =>
      connection.transaction(transaction => cutChain(transaction, { before, most, author })),
  }
}
