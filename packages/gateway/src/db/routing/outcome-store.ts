import { type Kysely, sql } from 'kysely'
import type { OutcomeSlot, Rollback } from 'sluice/internal'
import type { Connection } from '../connection.ts'
import type { Tables } from '../tables.ts'

export interface OutcomeCount {
  readonly attempts: number
  readonly failures: number
}

/** How far back to read, and how finely. Milliseconds. */
export interface OutcomeRange {
  readonly from: number
  /** From here on in slots of `fineMs`, before it in slots of `coarseMs`; a multiple of both. */
  readonly fineFrom: number
  readonly fineMs: number
  readonly coarseMs: number
}

/** How deployments did, all replicas together, and which of them are rolled back. */
export interface OutcomeStore {
  /** Adds to a slot what was counted, by deployment id. */
  add(slot: number, counts: ReadonlyMap<string, OutcomeCount>): Promise<void>
  /** Attempts and scores by deployment id, the newest slot first. */
  read(range: OutcomeRange): Promise<ReadonlyMap<string, readonly OutcomeSlot[]>>
  /** Rollbacks that had not ended at `endedAfter`, by deployment id. */
  rollbacks(endedAfter: number): Promise<ReadonlyMap<string, Rollback>>
  /** Remembers rollbacks; one that began before and still lasts stays. */
  hold(rollbacks: ReadonlyMap<string, Rollback>): Promise<void>
  /** Removes what is older. */
  forget(before: number): Promise<void>
}

/** Only scores of this name, the usual one, move weights: what others mean is their users' secret. */
const MOVING_NAME = 'score'
const CHUNK = 1_000

export function createOutcomeStore(connection: Connection): OutcomeStore {
  return {
    add: (slot, counts) =>
      connection.transaction(async transaction => {
        const rows = [...counts]
          .map(([id, count]) => ({ model_id: id, slot, ...count }))
          .sort((a, b) => (a.model_id < b.model_id ? -1 : 1))
        for (let at = 0; at < rows.length; at += CHUNK) await addRows(transaction, rows.slice(at, at + CHUNK))
      }),
    read: range => connection.run(database => readSlots(database, range)),
    async rollbacks(endedAfter) {
      const rows = await connection.run(database =>
        database.selectFrom('deployment_rollbacks').selectAll().where('until', '>', endedAfter).execute(),
      )
      return new Map(
        rows.map(({ model_id, since, until, reason }) => [model_id, { since, until, reason }] as const),
      )
    },
    hold: rollbacks =>
      connection.transaction(async transaction => {
        const sorted = [...rollbacks].sort(([a], [b]) => (a < b ? -1 : 1))
        for (const [id, rollback] of sorted) await holdOne(transaction, id, rollback)
      }),
    async forget(before) {
      await connection.run(async database => {
        await database.deleteFrom('deployment_outcomes').where('slot', '<', before).execute()
        await database.deleteFrom('deployment_rollbacks').where('until', '<', before).execute()
      })
    },
  }
}

async function addRows(database: Kysely<Tables>, rows: readonly Tables['deployment_outcomes'][]) {
  await database
    .insertInto('deployment_outcomes')
    .values([...rows])
    .onConflict(conflict =>
      conflict.columns(['model_id', 'slot']).doUpdateSet({
        attempts: sql<number>`deployment_outcomes.attempts + excluded.attempts`,
        failures: sql<number>`deployment_outcomes.failures + excluded.failures`,
      }),
    )
    .execute()
}

async function holdOne(database: Kysely<Tables>, id: string, rollback: Rollback): Promise<void> {
  const { since, until, reason } = rollback
  await database
    .insertInto('deployment_rollbacks')
    .values({ model_id: id, since, until, reason })
    .onConflict(conflict =>
      conflict
        .column('model_id')
        .doUpdateSet({ since, until, reason })
        .where('deployment_rollbacks.until', '<=', since),
    )
    .execute()
}

interface StoredSlot extends OutcomeSlot {
  readonly id: string
}

async function readSlots(database: Kysely<Tables>, range: OutcomeRange) {
  const attempts = await sql<StoredSlot>`
    select model_id as id, ${slotText('slot', range)} as at, cast(sum(attempts) as bigint) as attempts,
      cast(sum(failures) as bigint) as failures, 0 as scores, 0 as "scoreSum"
    from deployment_outcomes where slot >= ${range.from} group by 1, 2`.execute(database)
  const scores = await sql<StoredSlot>`
    select model_id as id, ${slotText('updated_at', range)} as at, 0 as attempts, 0 as failures,
      count(*) as scores, sum(score) as "scoreSum"
    from feedback where updated_at >= ${range.from} and model_id is not null and name = ${MOVING_NAME}
    group by 1, 2`.execute(database)
  const slots = new Map<string, OutcomeSlot>()
  const ids = new Map<string, OutcomeSlot[]>()
  for (const { id, ...slot } of [...attempts.rows, ...scores.rows]) {
    const key = `${slot.at} ${id}`
    const known = slots.get(key)
    slots.set(key, known === undefined ? slot : together(known, slot))
  }
  for (const [key, slot] of slots) {
    const id = key.slice(key.indexOf(' ') + 1)
    const list = ids.get(id)
    if (list === undefined) ids.set(id, [slot])
    else list.push(slot)
  }
  for (const list of ids.values()) list.sort((a, b) => b.at - a.at)
  return ids
}

function together(a: OutcomeSlot, b: OutcomeSlot): OutcomeSlot {
  return {
    at: a.at,
    attempts: a.attempts + b.attempts,
    failures: a.failures + b.failures,
    scores: a.scores + b.scores,
    scoreSum: a.scoreSum + b.scoreSum,
  }
}

/** The beginning of the slot that a time falls into. Our own numbers, written out so that both dialects can group by it. */
function slotText(column: string, { fineFrom, fineMs, coarseMs }: OutcomeRange) {
  const time = sql.ref(column)
  const [from, fine, coarse] = [sql.lit(fineFrom), sql.lit(fineMs), sql.lit(coarseMs)]
  return sql`case when ${time} >= ${from} then ${time} - ${time} % ${fine} else ${time} - ${time} % ${coarse} end`
}
