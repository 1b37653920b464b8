import { type PostgresAddress, parsePostgresUrl } from './address.ts'

/** Where PostgreSQL is, as the last configuration says. */
export class PostgresPlace {
  #address: PostgresAddress

  /** @throws BadRequestError for a malformed URL. */
  constructor(url: string) {
    this.#address = parsePostgresUrl(url)
  }

  readonly address = (): PostgresAddress => this.#address

  /** True: new connections go there. False: it is there already. Undefined: that is another database, and refused. */
  moveTo(url: string): boolean | undefined {
    const next = parsePostgresUrl(url)
    const now = this.#address
    if (next.url === now.url && next.schema === now.schema && next.pooled === now.pooled) return false
    const isSame = databaseOf(next) === databaseOf(now) && next.schema === now.schema
    if (!isSame || next.pooled !== now.pooled) return undefined
    this.#address = next
    return true
  }

  /** Connections that were made until now are made anew. */
  renew(): void {
    this.#address = { ...this.#address }
  }
}

function databaseOf({ url }: PostgresAddress): string {
  return new URL(url).pathname
}
