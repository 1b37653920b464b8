import type { Kysely, Transaction } from 'kysely'
import { storedText } from '../spend/spend-columns.ts'
import type { Tables } from '../tables.ts'
import { encodeAuditEntry } from './audit-columns.ts'
import { type AuditEntry, GENESIS_HASH, hashOfEntry, type NewAuditEntry } from './audit-entry.ts'
import type { CutAuthor } from './audit-store.ts'

/** The only row of `audit_chain`. */
const CHAIN = 'audit'
/** What a cut is written down as. */
export const CUT_TABLE = 'LiteLLM_AuditLog'

export interface ChainEnds {
  /** The last entry that was cut away; 0 when none was. */
  readonly startSequence: number
  readonly startHash: string
  /** The newest entry. */
  readonly headSequence: number
  readonly headHash: string
}

/** What the entry of a cut says; its `before_value`, in this order: `verifyChain` reads the text. */
export interface Cut {
  readonly from_sequence: number
  readonly to_sequence: number
  /** Hash of the last entry that was removed: the one the rest of the chain follows. */
  readonly last_hash: string
}

export async function readChain(database: Kysely<Tables>): Promise<ChainEnds | undefined> {
  const row = await database
    .selectFrom('audit_chain')
    .selectAll()
    .where('name', '=', CHAIN)
    .executeTakeFirst()
  return (
    row && {
      startSequence: row.start_sequence,
      startHash: row.start_hash,
      headSequence: row.head_sequence,
      headHash: row.head_hash,
    }
  )
}

/** The chain's ends, and the right to move them until the transaction ends: an update locks a row in both dialects. */
async function holdChain(transaction: Transaction<Tables>): Promise<ChainEnds> {
  const begin = { start_sequence: 0, start_hash: GENESIS_HASH, head_sequence: 0, head_hash: GENESIS_HASH }
  await transaction
    .insertInto('audit_chain')
    .values({ name: CHAIN, ...begin })
    .onConflict(conflict =>
      conflict.column('name').doUpdateSet(({ ref }) => ({ head_hash: ref('audit_chain.head_hash') })),
    )
    .execute()
  // Read after the lock: PostgreSQL shows a statement what was committed before it began.
  return (await readChain(transaction)) as ChainEnds
}

export async function appendEntries(
  transaction: Transaction<Tables>,
  entries: readonly NewAuditEntry[],
): Promise<readonly AuditEntry[]> {
  const chain = await holdChain(transaction)
  let previousHash = chain.headHash
  const linked = entries.map((entry, index): AuditEntry => {
    const placed = { ...storable(entry), sequence: chain.headSequence + index + 1, previousHash }
    previousHash = hashOfEntry(placed)
    return { ...placed, hash: previousHash }
  })
  for (const entry of linked)
    await transaction.insertInto('audit_log').values(encodeAuditEntry(entry)).execute()
  await transaction
    .updateTable('audit_chain')
    .set({ head_sequence: chain.headSequence + linked.length, head_hash: previousHash })
    .where('name', '=', CHAIN)
    .execute()
  return linked
}

/** What the database gives back as it was given, so that the hash is that of what is read later. */
function storable(entry: NewAuditEntry): NewAuditEntry {
  return {
    ...entry,
    changedBy: storedText(entry.changedBy),
    userId: storedText(entry.userId),
    clientIp: storedText(entry.clientIp),
    objectId: storedText(entry.objectId),
  }
}

interface CutOrder {
  readonly before: number
  readonly most: number
  readonly author: CutAuthor
}

/** The entry that signs the cut is part of what is kept, so that a cut by anybody else does not pass for one. */
export async function cutChain(
  transaction: Transaction<Tables>,
  { before, most, author }: CutOrder,
): Promise<number> {
  const chain = await holdChain(transaction)
  const { kept } = await transaction
    .selectFrom('audit_log')
    .select(({ fn }) => fn.min<number | null>('sequence').as('kept'))
    .where('changed_at', '>=', before)
    .executeTakeFirstOrThrow()
  const upTo = Math.min((kept ?? chain.headSequence + 1) - 1, chain.startSequence + most)
  const last = await transaction
    .selectFrom('audit_log')
    .select(['sequence', 'hash'])
    .where('sequence', '=', upTo)
    .executeTakeFirst()
  if (upTo <= chain.startSequence || last === undefined) return 0
  const cut: Cut = { from_sequence: chain.startSequence + 1, to_sequence: upTo, last_hash: last.hash }
  const objectId = `${cut.from_sequence}-${cut.to_sequence}`
  await appendEntries(transaction, [
    {
      ...{ ...author, userId: null, changedByApiKey: null, clientIp: null, action: 'deleted', objectId },
      ...{ tableName: CUT_TABLE, beforeValue: JSON.stringify(cut), updatedValues: null },
    },
  ])
  await transaction.deleteFrom('audit_log').where('sequence', '<=', upTo).execute()
  await transaction
    .updateTable('audit_chain')
    .set({ start_sequence: upTo, start_hash: last.hash })
    .where('name', '=', CHAIN)
    .execute()
  return upTo - chain.startSequence
}
