import type { Kysely } from 'kysely'
import { createError } from 'sluice/internal'
import type { Connection } from '../connection.ts'
import type { Tables } from '../tables.ts'

/** Most deployments that may have a weight set; more are refused with `ConflictError`. */
export const MOST_WEIGHTS = 10_000

/** A weight change and who made it. */
export interface WeightChange {
  /** Weight by deployment id; `null` forgets it. */
  readonly weights: Readonly<Record<string, number | null>>
  readonly author: string | null
  readonly now: number
}

/** Weights an operator set, by deployment id. */
export interface WeightStore {
  all(): Promise<ReadonlyMap<string, number>>
  /** All of the change, at most a few thousand weights, or nothing of it. */
  change(change: WeightChange): Promise<void>
}

export function createWeightStore(connection: Connection): WeightStore {
  return {
    async all() {
      const rows = await connection.run(database =>
        database.selectFrom('deployment_weights').select(['model_id', 'weight']).execute(),
      )
      return new Map(rows.map(row => [row.model_id, row.weight]))
    },
    change: change => connection.transaction(transaction => store(transaction, change)),
  }
}

async function store(database: Kysely<Tables>, { weights, author, now }: WeightChange): Promise<void> {
  // In one order, so that two changes at once wait for each other and never deadlock.
  const ids = Object.keys(weights).sort()
  const gone = ids.filter(id => weights[id] === null)
  const rows = ids.flatMap(id => {
    const weight = weights[id] ?? null
    return weight === null ? [] : [{ model_id: id, weight, updated_at: now, updated_by: author }]
  })
  if (gone.length > 0) await database.deleteFrom('deployment_weights').where('model_id', 'in', gone).execute()
  if (rows.length > 0)
    await database
      .insertInto('deployment_weights')
      .values(rows)
      .onConflict(conflict =>
        conflict.column('model_id').doUpdateSet(({ ref }) => ({
          weight: ref('excluded.weight'),
          updated_at: ref('excluded.updated_at'),
          updated_by: ref('excluded.updated_by'),
        })),
      )
      .execute()
  const { total } = await database
    .selectFrom('deployment_weights')
    .select(database.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  if (total <= MOST_WEIGHTS) return
  throw createError({
    kind: 'conflict',
    retryable: false,
    message: `weights: ${MOST_WEIGHTS} deployments have one already. Set those you no longer need to null.`,
    param: 'weights',
  })
}
