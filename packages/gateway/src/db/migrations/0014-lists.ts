import { type Kysely, sql } from 'kysely'

/** Indices for lists of very many keys and accounts: the orders they are asked for in, and what sorting by spend reads. */
export async function lists(database: Kysely<unknown>): Promise<void> {
  const orders = [
    ['created_at', ['kind', 'created_at', 'id']],
    ['alias', ['kind', 'alias', 'id']],
    ['email', ['kind', 'email', 'id']],
    ['spend', ['kind', 'id', 'spend_base_nano_usd']],
  ] as const
  for (const [name, columns] of orders)
    await database.schema
      .createIndex(`accounts_by_${name}`)
      .on('accounts')
      .columns([...columns])
      .where(sql.ref('deleted_at'), 'is', null)
      .execute()
  await database.schema
    .createIndex('virtual_keys_by_spend')
    .on('virtual_keys')
    .columns(['token_hash', 'spend_base_nano_usd'])
    .execute()
}
