import type { Kysely } from 'kysely'
import type { Connection } from '../../connection.ts'
import type { Tables } from '../../tables.ts'

/** A place in a journal of spend rows. */
export interface JournalPlace {
  readonly segment: number
  readonly offset: number
}

/** What a batch of rows is of its journal. */
export interface JournalBatch {
  readonly journal: string
  /** Where the rows after it begin. */
  readonly next: JournalPlace
  /** True for rows that lie before what the database has of this journal: every one of them was counted. */
  readonly isReplay: boolean
}

/**
 * How far the rows of each journal have been counted, kept in the transaction that counts them. A journal's own checkpoint
 * may lag behind; rows are then known by their ids, and by this where retention has removed them.
 */
export interface JournalMarks {
  /** Everything before it was counted; undefined for a journal of which nothing was. */
  find(journal: string): Promise<JournalPlace | undefined>
  /** The journal is gone. */
  forget(journal: string): Promise<void>
  /** Forgets journals of which nothing came since `before` (ms). */
  forgetBefore(before: number): Promise<void>
}

export function createJournalMarks(connection: Connection): JournalMarks {
  return {
    find: journal =>
      connection.run(async database => {
        const row = await database
          .selectFrom('journal_marks')
          .select(['segment', 'position as offset'])
          .where('journal', '=', journal)
          .executeTakeFirst()
        return row && { segment: Number(row.segment), offset: Number(row.offset) }
      }),
    forget: journal =>
      connection.run(async database => {
        await database.deleteFrom('journal_marks').where('journal', '=', journal).execute()
      }),
    forgetBefore: before =>
      connection.run(async database => {
        await database.deleteFrom('journal_marks').where('updated_at', '<', before).execute()
      }),
  }
}

/** Notes that everything before the end of this batch was counted. */
export async function markJournal(
  database: Kysely<Tables>,
  { journal, next }: JournalBatch,
  now: number,
): Promise<void> {
  const mark = { segment: next.segment, position: next.offset, updated_at: now }
  await database
    .insertInto('journal_marks')
    .values({ journal, ...mark })
    .onConflict(conflict => conflict.column('journal').doUpdateSet(mark))
    .execute()
}
