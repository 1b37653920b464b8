import { type Kysely, sql } from 'kysely'
import type { NewSpendRow } from '../../rows.ts'
import type { Tables } from '../../tables.ts'
import { subjectsOfSpend } from '../spend-columns.ts'
import { chargedSubjects } from '../sums/spend-aggregate.ts'

/** Ids in one query. */
const CHUNK = 500

/** What one subject was charged, and when. */
interface Charge {
  readonly endedAt: number
  readonly nanoUsd: number
}

/** When a call ended, which says to which period of a budget it belongs: as counters in memory have it. */
export function endOf({ startTime, endTime }: NewSpendRow): number {
  return Math.max(startTime, endTime)
}

/**
 * Rows that ended before their budget's period began (they waited for the database meanwhile) belong to the period
 * before: what they add to the total is put into the base too. Call after the totals have them.
 */
export async function baseLateSpend(database: Kysely<Tables>, rows: readonly NewSpendRow[]): Promise<void> {
  const paid = rows.filter(row => (row.spendNanoUsd ?? 0) !== 0)
  const earliest = paid.reduce((least, row) => Math.min(least, endOf(row)), Number.POSITIVE_INFINITY)
  if (!Number.isFinite(earliest) || !(await anyBegunAfter(database, earliest))) return
  const charges = chargesOf(paid)
  for (const [kind, byId] of charges) {
    const late = new Map<string, number>()
    for (const each of await begunAfter(database, kind, [...byId.keys()], earliest)) {
      const before = (byId.get(each.booked) ?? []).filter(({ endedAt }) => endedAt < each.from)
      const sum = before.reduce((total, { nanoUsd }) => total + nanoUsd, 0)
      if (sum !== 0) late.set(each.id, (late.get(each.id) ?? 0) + sum)
    }
    for (const [id, nanoUsd] of [...late].sort(([a], [b]) => (a < b ? -1 : 1)))
      await addToBase(database, kind, id, nanoUsd)
  }
}

/** Nearly every batch ends here: nobody's period began since its first call ended. */
async function anyBegunAfter(database: Kysely<Tables>, time: number): Promise<boolean> {
  const { rows } = await sql`select 1 as found where
    exists (select 1 from virtual_keys where spend_from > ${time})
    or exists (select 1 from accounts where spend_from > ${time})`.execute(database)
  return rows.length > 0
}

/** By kind, in an order that all replicas share, and by id. */
function chargesOf(rows: readonly NewSpendRow[]): readonly (readonly [string, Map<string, Charge[]>])[] {
  const kinds = new Map<string, Map<string, Charge[]>>()
  for (const row of rows) {
    const charge = { endedAt: endOf(row), nanoUsd: row.spendNanoUsd ?? 0 }
    for (const [kind, id] of chargedSubjects(subjectsOfSpend(row))) {
      let byId = kinds.get(kind)
      if (byId === undefined) kinds.set(kind, (byId = new Map<string, Charge[]>()))
      const charges = byId.get(id)
      if (charges === undefined) byId.set(id, [charge])
      else charges.push(charge)
    }
  }
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))
}

interface Begun {
  /** The id that rows bear, and whose budget it is now: a key may have been given a new secret. */
  readonly booked: string
  readonly id: string
  readonly from: number
}

async function begunAfter(
  database: Kysely<Tables>,
  kind: string,
  ids: readonly string[],
  time: number,
): Promise<readonly Begun[]> {
  const found: Begun[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = ids.slice(at, at + CHUNK)
    found.push(
      ...(kind === 'key' ? await keys(database, some, time) : await accounts(database, kind, some, time)),
    )
  }
  return found
}

async function keys(database: Kysely<Tables>, ids: readonly string[], time: number): Promise<Begun[]> {
  const own = await database
    .selectFrom('virtual_keys')
    .select(['token_hash as booked', 'token_hash as id', 'spend_from as from'])
    .where('token_hash', 'in', ids)
    .where('spend_from', '>', time)
    .execute()
  const retired = await database
    .selectFrom('deprecated_keys')
    .innerJoin('virtual_keys', 'virtual_keys.token_hash', 'deprecated_keys.active_hash')
    .select(['deprecated_keys.token_hash as booked', 'virtual_keys.token_hash as id', 'spend_from as from'])
    .where('deprecated_keys.token_hash', 'in', ids)
    .where('spend_from', '>', time)
    .execute()
  return [...own, ...retired].map(row => ({ ...row, from: row.from ?? 0 }))
}

async function accounts(
  database: Kysely<Tables>,
  kind: string,
  ids: readonly string[],
  time: number,
): Promise<Begun[]> {
  const rows = await database
    .selectFrom('accounts')
    .select(['id as booked', 'id', 'spend_from as from'])
    .where('kind', '=', kind)
    .where('id', 'in', ids)
    .where('spend_from', '>', time)
    .execute()
  return rows.map(row => ({ ...row, from: row.from ?? 0 }))
}

async function addToBase(database: Kysely<Tables>, kind: string, id: string, nanoUsd: number): Promise<void> {
  const more = { spend_base_nano_usd: sql<number>`spend_base_nano_usd + cast(${nanoUsd} as bigint)` }
  if (kind === 'key')
    await database.updateTable('virtual_keys').set(more).where('token_hash', '=', id).execute()
  else
    await database.updateTable('accounts').set(more).where('kind', '=', kind).where('id', '=', id).execute()
}
