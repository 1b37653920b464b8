import { sql } from 'kysely'
import type { Database } from '../../packages/gateway/src/db/database.ts'
import { connectionOf } from '../../packages/gateway/src/db/open-database.ts'

/** How many of each there are. */
export interface Sizes {
  readonly keys: number
  readonly users: number
  readonly teams: number
  readonly members: number
  readonly customers: number
  readonly projects: number
  readonly organizations: number
  readonly tags: number
  readonly budgets: number
}

/** The time everything was made from on, a millisecond apart. */
const FROM = Date.UTC(2026, 0, 1)

/** Fills an empty database: keys of users and teams, half of everybody with spend. SQL that both dialects speak. */
export async function fillOffice(database: Database, sizes: Sizes): Promise<void> {
  await addKeys(database, sizes)
  const { users, teams, members, customers, projects, organizations, tags, budgets } = sizes
  const none = { team: 'null', user: 'null', organization: 'null' }
  await addAccounts(database, 'user', users, { ...none, id: `'user-' || i` })
  await addAccounts(database, 'team', teams, {
    ...{ ...none, id: `'team-' || i`, organization: `'organization-' || (i % ${organizations})` },
  })
  const [of, who] = [`'team-' || (i % ${teams})`, `'user-' || i`]
  await addAccounts(database, 'team_member', members, {
    ...{ ...none, id: `${of} || '/' || ${who}`, team: of, user: who },
  })
  await addAccounts(database, 'customer', customers, { ...none, id: `'customer-' || i` })
  await addAccounts(database, 'project', projects, { ...none, id: `'project-' || i`, team: of })
  await addAccounts(database, 'organization', organizations, { ...none, id: `'organization-' || i` })
  await addAccounts(database, 'tag', tags, { ...none, id: `'tag-' || i` })
  await run(
    database,
    `insert into budgets (budget_id, max_budget_nano_usd, more_limits, models, created_at, updated_at)
     ${numbers(budgets)} select 'budget-' || i, 1000000000, '{}', '[]', ${FROM} + i, ${FROM} + i from n`,
  )
  await run(database, 'analyze')
}

async function addKeys(database: Database, { keys, users, teams }: Sizes): Promise<void> {
  const hash = `substr('0000000000000000000000000000000000000000000000000000000000000000' || (cast(i as bigint) * 7919 % 1000003) || '-' || i, -64)`
  await run(
    database,
    `insert into virtual_keys (token_hash, key_name, key_alias, user_id, team_id, models, aliases, metadata, tags,
       permissions, allowed_routes, created_at, created_by, updated_at, max_budget_nano_usd, spend_base_nano_usd)
     ${numbers(keys)}
     select ${database.dialect === 'sqlite' ? hash : hash.replace('substr(', 'right(').replace(', -64)', ', 64)')},
       'sk-...' || i, 'key-' || i, 'user-' || (i % ${users}), 'team-' || (i % ${teams}),
       '["gpt-4o"]', '{}', '{"cost_center":"' || i || '"}', '[]', '{}', '[]', ${FROM} + i, 'user-' || (i % 500), ${FROM} + i,
       case when i % 3 = 0 then 5000000000 else null end, case when i % 10 = 0 then 1000 else 0 end from n`,
  )
  await run(
    database,
    `insert into spend_totals (kind, subject_id, spend_nano_usd, requests, last_active_at)
     select 'key', token_hash, created_at % 999983, 1, created_at from virtual_keys where created_at % 2 = 0`,
  )
}

interface AccountText {
  readonly id: string
  readonly team: string
  readonly user: string
  readonly organization: string
}

async function addAccounts(
  database: Database,
  kind: string,
  count: number,
  { id, team, user, organization }: AccountText,
): Promise<void> {
  await run(
    database,
    `insert into accounts (kind, id, alias, email, role, organization_id, team_id, user_id, models, more_limits, metadata,
       details, created_at, updated_at, max_budget_nano_usd)
     ${numbers(count)}
     select '${kind}', ${id}, '${kind} ' || i, ${kind === 'user' ? `'user-' || i || '@example.com'` : 'null'},
       ${kind === 'user' ? `'internal_user'` : `'user'`}, ${organization}, ${team}, ${user}, '["gpt-4o"]', '{}', '{}', '{}',
       ${FROM} + i, ${FROM} + i, case when i % 3 = 0 then 5000000000 else null end from n`,
  )
  await run(
    database,
    `insert into spend_totals (kind, subject_id, spend_nano_usd, requests, last_active_at)
     select kind, id, created_at % 999983, 1, created_at from accounts where kind = '${kind}' and created_at % 2 = 0`,
  )
}

function numbers(count: number): string {
  return `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})`
}

async function run(database: Database, text: string): Promise<void> {
  // PostgreSQL wants the query of an insert behind the columns, and takes `with` there as SQLite does.
  await connectionOf(database).run(kysely => sql.raw(text).execute(kysely))
}
