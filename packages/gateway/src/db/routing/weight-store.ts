import { createError } from 'sluice/internal'
import type { Connection } from '../connection.ts'

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
  /** All of the change or nothing of it. */
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

async function store(database: Parameters<Parameters<Connection['run']>[0]>[0], change: WeightChange) {
  const { author, now } = change
  // In one order, so that two changes at once wait for each other and never deadlock.
  const weights = Object.entries(change.weights).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [id, weight] of weights) {
    if (weight === null) {
      await database.deleteFrom('deployment_weights').where('model_id', '=', id).execute()
      continue
    }
    const values = { weight, updated_at: now, updated_by: author }
    await database
      .insertInto('deployment_weights')
      .values({ model_id: id, ...values })
      .onConflict(conflict => conflict.column('model_id').doUpdateSet(values))
      .execute()
  }
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
