import type { SpendSubject } from '../../db/database.ts'
import type { ImportStore } from '../../db/litellm/import-store.ts'
import type { LitellmSource } from '../../db/litellm/source.ts'

/** Where sums of days are, and whose they become. Everybody's calls are in the table of users, also of those without. */
export const days: readonly {
  readonly table: string
  readonly by: string
  readonly kind: SpendSubject
}[] = [
  { table: 'DailyUserSpend', by: 'user_id', kind: 'user' },
  { table: 'DailyUserSpend', by: 'api_key', kind: 'key' },
  { table: 'DailyUserSpend', by: 'model', kind: 'model' },
  { table: 'DailyTeamSpend', by: 'team_id', kind: 'team' },
  { table: 'DailyOrganizationSpend', by: 'organization_id', kind: 'organization' },
  { table: 'DailyEndUserSpend', by: 'end_user_id', kind: 'customer' },
  { table: 'DailyTagSpend', by: 'tag', kind: 'tag' },
  { table: 'DailyAgentSpend', by: 'agent_id', kind: 'agent' },
]

const BATCH = 200

/** How many rows there are, for each of the tables that exist. */
export async function copyDays(
  source: LitellmSource,
  imports: ImportStore,
  { isDry, now, onRows }: { isDry: boolean; now: number; onRows: (table: string, rows: number) => void },
): Promise<void> {
  let any = false
  for (const { table, by, kind } of days) {
    for await (const rows of source.days(table, by)) {
      any = true
      onRows(`${table} by ${by}`, rows.length)
      if (isDry) continue
      for (let at = 0; at < rows.length; at += BATCH) await imports.putDays(kind, rows.slice(at, at + BATCH))
    }
  }
  if (any && !isDry) await imports.noteRowsKeptFrom(now)
}
