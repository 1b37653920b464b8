import { sql, type Transaction } from 'kysely'
import type { Connection } from '../connection.ts'
import type { Database, SpendSubject } from '../database.ts'
import type { InvitationRow } from '../invitations/invitation-store.ts'
import { connectionOf } from '../open-database.ts'
import type { SpendRow } from '../rows.ts'
import { KEPT_FROM } from '../spend/kept-from.ts'
import { addRows } from '../spend/spend-batch.ts'
import type { DailyDetailsTable, SpendSumColumns } from '../spend/spend-tables.ts'
import { DETAIL_KEY, SUM_COLUMNS } from '../spend/sums/sum-columns.ts'
import type { AccessGroupsTable, JwtKeyMappingsTable, Tables } from '../tables.ts'
import type { SourceDay } from './source.ts'

/** What was copied before. */
export interface Imported {
  readonly digest: string
  readonly spendNanoUsd: number
}

/** What the copying from LiteLLM writes besides what the other stores do. All may be part of `database.together`. */
export interface ImportStore {
  find(kind: string, ids: readonly string[]): Promise<ReadonlyMap<string, Imported>>
  remember(kind: string, id: string, imported: Imported, now: number): Promise<void>
  /**
   * Puts sums of days in the place of those that were copied before. What was spent here stays apart from them, and what
   * is left of budgets stays as it is.
   */
  putDays(kind: SpendSubject, days: readonly SourceDay[]): Promise<void>
  /** Adds calls whose sums are copied apart from them; how many were new. Each is known by its id. */
  putCalls(rows: readonly SpendRow[]): Promise<number>
  /** Makes room for calls that are older than this database. */
  openPast(now: number): Promise<void>
  /** False when the link is here already: it may have been used since. */
  putInvitation(row: InvitationRow): Promise<boolean>
  /** Days until this one have sums that LiteLLM made of calls: nobody is to compare them with those that are here. */
  noteRowsKeptFrom(now: number): Promise<void>
  putAccessGroup(row: AccessGroupsTable): Promise<void>
  putKeyMapping(row: JwtKeyMappingsTable): Promise<void>
  /** A secret that a key had before, and that works until its end (ms). */
  putRetired(row: {
    token: string
    active: string
    endsAt: number
    createdAt: number
    now: number
  }): Promise<void>
}

/** What endpoints of copied sums begin with: they never mix with what was counted here. */
export const COPIED_ENDPOINT = 'litellm '

export function createImportStore(database: Database): ImportStore {
  const connection = connectionOf(database)
  return {
    async find(kind, ids) {
      if (ids.length === 0) return new Map()
      const rows = await connection.run(kysely =>
        kysely
          .selectFrom('litellm_imports')
          .select(['id', 'digest', 'spend_nano_usd'])
          .where('kind', '=', kind)
          .where('id', 'in', ids)
          .execute(),
      )
      return new Map(rows.map(row => [row.id, { digest: row.digest, spendNanoUsd: row.spend_nano_usd }]))
    },
    async remember(kind, id, { digest, spendNanoUsd }, now) {
      const told = { digest, spend_nano_usd: spendNanoUsd, imported_at: now }
      await connection.run(kysely =>
        kysely
          .insertInto('litellm_imports')
          .values({ kind, id, ...told })
          .onConflict(conflict => conflict.columns(['kind', 'id']).doUpdateSet(told))
          .execute(),
      )
    },
    async putDays(kind, days) {
      if (days.length === 0) return
      await connection.transaction(transaction => putDays(transaction, kind, days))
    },
    putCalls: rows =>
      connection.transaction(
        async transaction => (await addRows(transaction, connection.dialect, rows)).length,
      ),
    openPast: now => database.upkeep.openPast(now),
    async putInvitation(row) {
      if ((await database.invitations.find(row.id)) !== undefined) return false
      await database.invitations.create(row)
      return true
    },
    async noteRowsKeptFrom(now) {
      // Of today some calls are LiteLLM's, and some are made here.
      const from = (Math.floor(now / DAY_MS) + 1) * DAY_MS
      const before = Number((await database.facts.read(KEPT_FROM)) ?? 0)
      if (before < from) await database.facts.write(KEPT_FROM, String(from))
    },
    ...otherRows(connection),
  }
}

/** Rows of tables that have no store of their own for this. */
function otherRows(
  connection: Connection,
): Pick<ImportStore, 'putAccessGroup' | 'putKeyMapping' | 'putRetired'> {
  return {
    async putAccessGroup(row) {
      const { access_group_id: _, created_at: __, created_by: ___, ...changes } = row
      await connection.run(kysely =>
        kysely
          .insertInto('access_groups')
          .values(row)
          .onConflict(conflict => conflict.column('access_group_id').doUpdateSet(changes))
          .execute(),
      )
    },
    async putKeyMapping(row) {
      const { id: _, created_at: __, created_by: ___, ...changes } = row
      await connection.run(kysely =>
        kysely
          .insertInto('jwt_key_mappings')
          .values(row)
          .onConflict(conflict => conflict.column('id').doUpdateSet(changes))
          .execute(),
      )
    },
    async putRetired({ token, active, endsAt, createdAt, now }) {
      const changes = { active_hash: active, ends_at: endsAt, updated_at: now }
      await connection.run(kysely =>
        kysely
          .insertInto('deprecated_keys')
          .values({ token_hash: token, key_name: 'sk-...', created_at: createdAt, ...changes })
          .onConflict(conflict => conflict.column('token_hash').doUpdateSet(changes))
          .execute(),
      )
    },
  }
}

const DAY_MS = 86_400_000

async function putDays(
  transaction: Transaction<Tables>,
  kind: SpendSubject,
  days: readonly SourceDay[],
): Promise<void> {
  const added = new Map<string, { nano: number; requests: number }>()
  for (const day of days) {
    const row = storedDay(kind, day)
    const before = await transaction
      .selectFrom('daily_details')
      .select([...SUM_COLUMNS])
      .where(build => build.and(DETAIL_KEY.map(name => build(name, '=', row[name]))))
      .executeTakeFirst()
    const known = added.get(row.subject_id) ?? { nano: 0, requests: 0 }
    known.nano += row.spend_nano_usd - (before?.spend_nano_usd ?? 0)
    known.requests += row.requests - (before?.requests ?? 0)
    added.set(row.subject_id, known)
    await transaction
      .insertInto('daily_details')
      .values(row)
      .onConflict(conflict => conflict.columns([...DETAIL_KEY]).doUpdateSet(row))
      .execute()
    await shiftDay(transaction, row, before)
  }
  for (const [id, { nano, requests }] of added) {
    if (nano !== 0 || requests !== 0) await shiftTotal(transaction, { kind, id, nano, requests })
  }
}

/** The day's total grows by what the detail grew. */
async function shiftDay(
  transaction: Transaction<Tables>,
  row: DailyDetailsTable,
  before: SpendSumColumns | undefined,
): Promise<void> {
  const { kind, day, subject_id } = row
  const grown = SUM_COLUMNS.map(name => [name, row[name] - (before?.[name] ?? 0)] as const)
  const sums = SUM_COLUMNS.map(name => [
    name,
    sql`${sql.ref(`daily_totals.${name}`)} + ${sql.ref(`excluded.${name}`)}`,
  ])
  await transaction
    .insertInto('daily_totals')
    .values({ kind, day, subject_id, ...(Object.fromEntries(grown) as unknown as SpendSumColumns) })
    .onConflict(conflict =>
      conflict.columns(['kind', 'day', 'subject_id']).doUpdateSet(Object.fromEntries(sums) as object),
    )
    .execute()
}

interface Shift {
  readonly kind: SpendSubject
  readonly id: string
  readonly nano: number
  readonly requests: number
}

/** The total grows by what the days grew; whoever has a budget spends no more for that. */
async function shiftTotal(
  transaction: Transaction<Tables>,
  { kind, id, nano, requests }: Shift,
): Promise<void> {
  await transaction
    .insertInto('spend_totals')
    .values({ kind, subject_id: id, spend_nano_usd: nano, requests, last_active_at: 0 })
    .onConflict(conflict =>
      conflict.columns(['kind', 'subject_id']).doUpdateSet({
        spend_nano_usd: sql`spend_totals.spend_nano_usd + excluded.spend_nano_usd`,
        requests: sql`spend_totals.requests + excluded.requests`,
      }),
    )
    .execute()
  const base = { spend_base_nano_usd: sql<number>`spend_base_nano_usd + cast(${nano} as bigint)` }
  if (kind === 'key')
    await transaction.updateTable('virtual_keys').set(base).where('token_hash', '=', id).execute()
  else
    await transaction
      .updateTable('accounts')
      .set(base)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .execute()
}

function storedDay(kind: SpendSubject, day: SourceDay): DailyDetailsTable {
  return {
    ...{ kind, subject_id: day.id, day: day.day, api_key: day.apiKey, model: day.model },
    ...{ model_group: day.modelGroup, provider: day.provider },
    endpoint: COPIED_ENDPOINT + day.endpoint,
    ...{ spend_nano_usd: day.spendNanoUsd, unknown_cost_requests: 0 },
    ...{ prompt_tokens: day.promptTokens, completion_tokens: day.completionTokens },
    ...{ cache_read_tokens: day.cacheReadTokens, cache_write_tokens: day.cacheWriteTokens },
    ...{ requests: day.requests, failed_requests: day.failedRequests, cache_hits: 0 },
  }
}
