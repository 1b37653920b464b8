import type { Kysely } from 'kysely'
import { createError } from 'sluice/internal'
import type { Connection } from './connection.ts'
import type { Tables } from './tables.ts'

/** SQLSTATE of a statement that took longer than it may. */
const TOO_LONG = '57014'

/**
 * Connections for reports alone, beside those that calls need: a report that takes long makes other reports wait and
 * nobody else. The schema is the main connection's business.
 */
export class ReportConnection {
  readonly dialect: 'sqlite' | 'postgres'
  private readonly main: Connection
  private readonly open: () => Kysely<Tables>
  private kysely: Kysely<Tables> | undefined

  /** `open` is called at the first report. */
  constructor(main: Connection, open: () => Kysely<Tables>) {
    this.dialect = main.dialect
    this.main = main
    this.open = open
  }

  /** Rejects with `ServiceUnavailableError` when the database is away, busy with reports, or takes too long. */
  async run<T>(work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      return await this.main.run(() => {
        this.kysely ??= this.open()
        return work(this.kysely)
      })
    } catch (error) {
      throw isTooLong(error) ? tooLong(error) : error
    }
  }

  async close(): Promise<void> {
    await this.kysely?.destroy()
  }
}

function isTooLong(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === TOO_LONG
}

function tooLong(cause: unknown): Error {
  return createError({
    kind: 'unavailable',
    code: 'report_too_long',
    retryable: false,
    message: 'The report takes longer than a report may. Ask for fewer days, or for one subject.',
    cause,
  })
}
