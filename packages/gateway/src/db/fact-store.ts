import type { Connection } from './connection.ts'
import type { FactStore } from './database.ts'

/** Name → value, in the table `facts`. */
export function createFactStore(connection: Connection): FactStore {
  return {
    async read(name) {
      const row = await connection.run(database =>
        database.selectFrom('facts').select('value').where('name', '=', name).executeTakeFirst(),
      )
      return row?.value
    },
    async write(name, value) {
      await connection.run(database =>
        database
          .insertInto('facts')
          .values({ name, value })
          .onConflict(conflict => conflict.column('name').doUpdateSet({ value }))
          .execute(),
      )
    },
  }
}
