import { type Kysely, sql } from 'kysely'
import type { AccountKind } from '../rows.ts'
import type { Tables } from '../tables.ts'

/** Rows made at one time; the rest comes with the next call. */
const MOST = 10_000

/** Makes a row for everybody of a kind (of `ids`) who has spent and has none; one who was removed stays so. */
export async function adoptSpenders(
  database: Kysely<Tables>,
  kind: AccountKind,
  now: number,
  ids?: readonly string[],
): Promise<void> {
  if (ids?.length === 0) return
  const spenders = await database
    .selectFrom('spend_totals')
    .select('subject_id')
    .where('kind', '=', kind)
    .where('subject_id', '!=', '')
    .$if(ids !== undefined, query => query.where('subject_id', 'in', ids ?? []))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('accounts')
            .select(sql<number>`1`.as('one'))
            .where('accounts.kind', '=', kind)
            .whereRef('accounts.id', '=', 'spend_totals.subject_id'),
        ),
      ),
    )
    .limit(MOST)
    .execute()
  for (let at = 0; at < spenders.length; at += 500)
    await database
      .insertInto('accounts')
      .values(
        spenders.slice(at, at + 500).map(({ subject_id }) => ({
          ...{ kind, id: subject_id, models: '[]', metadata: '{}', details: '{}', more_limits: '{}' },
          ...{ spend_base_nano_usd: 0, blocked: 0, created_at: now, updated_at: now },
          ...NOTHING,
        })),
      )
      .onConflict(conflict => conflict.columns(['kind', 'id']).doNothing())
      .execute()
}

const NOTHING = {
  ...{ alias: null, email: null, role: null, external_id: null, organization_id: null, team_id: null },
  ...{ user_id: null, budget_id: null, max_budget_nano_usd: null, soft_budget_nano_usd: null },
  ...{
    spend_set_at: null,
    spend_from: null,
    budget_duration: null,
    budget_reset_at: null,
    rpm_limit: null,
    tpm_limit: null,
  },
  ...{ max_parallel_requests: null, created_by: null, updated_by: null, deleted_at: null },
}
