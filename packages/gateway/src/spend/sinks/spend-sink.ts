import type { NewSpendRow } from '../../db/rows.ts'

/** Somewhere else that wants every spend row, besides the database. */
export interface SpendSink {
  /** Unique; its place in the journal is kept under it. */
  readonly name: string
  /** Milliseconds between looks at the journal. */
  readonly flushMs: number
  /** Rows of one batch, and so what is in memory. */
  readonly batchRows: number
  /**
   * Keeps rows, all of them, or rejects; then the same come again, perhaps with more behind them. `place` is where they
   * begin in the journal: the same name for the same beginning, so that a repeated batch can take the place of its first
   * half.
   */
  write(rows: readonly NewSpendRow[], place: string): Promise<void>
}

/** Sends bytes over HTTP and reads a short answer; `http/outgoing/send-bytes.ts`, since sockets are opened there. */
export type SendBytes = (
  url: string,
  request: {
    readonly method: 'POST' | 'PUT'
    readonly headers: Readonly<Record<string, string>>
    readonly body?: Uint8Array | undefined
  },
) => Promise<{
  readonly ok: boolean
  readonly status: number
  readonly text: string
  readonly headers: Headers
}>
