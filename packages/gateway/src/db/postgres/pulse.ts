import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Reach } from './reach.ts'

/**
 * Asks PostgreSQL whether it is there on a connection of its own, so that the answer says nothing of how many calls wait
 * for one. Where those cannot have any (the server has none left, the password is another), that it still answers here
 * is not the truth: then it is asked for one more.
 */
export class Pulse {
  readonly #open: () => Kysely<Tables>
  readonly #reach: Reach
  #own: Kysely<Tables> | undefined

  /** `open` makes a pool of one; `reach` is of the pool that calls use. */
  constructor(open: () => Kysely<Tables>, reach: Reach) {
    this.#open = open
    this.#reach = reach
  }

  async ask(): Promise<{ readonly readOnly: boolean }> {
    if (this.#reach.isBarred) await this.#openAnother()
    this.#own ??= this.#open()
    // A standby, or a server that was told so.
    const { rows } = await sql<{ setting: string }>`
      select current_setting('transaction_read_only') as setting`.execute(this.#own)
    return { readOnly: rows[0]?.setting === 'on' }
  }

  async close(): Promise<void> {
    await this.#own?.destroy()
  }

  async #openAnother(): Promise<void> {
    const another = this.#open()
    try {
      await sql`select 1`.execute(another)
    } finally {
      await another.destroy()
    }
    this.#reach.reopened()
  }
}
