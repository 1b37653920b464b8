/** Messages between the thread that asks and the worker that holds the SQLite connection. */

export type SqlValue = string | number | bigint | null | Uint8Array

/** What the worker is started with. */
export interface WorkerOptions {
  readonly path: string
  /** Milliseconds to wait for a lock another process holds. */
  readonly busyTimeoutMs: number
}

export interface WorkerRequest {
  readonly id: number
  readonly kind: 'query' | 'each' | 'begin' | 'commit' | 'rollback' | 'close'
  readonly sql?: string
  readonly parameters?: readonly SqlValue[]
  /** For `each`: the statement runs once per set. */
  readonly sets?: readonly (readonly SqlValue[])[]
}

export interface WorkerReply {
  readonly id: number
  readonly rows?: readonly Record<string, SqlValue>[]
  readonly changes?: number
  /** For `each`: indices of the sets that changed nothing. */
  readonly unchanged?: readonly number[]
  readonly error?: WorkerFailure
}

/** An error as facts: SQLite's extended result code, or Node's own code. */
export interface WorkerFailure {
  readonly code: string | undefined
  readonly resultCode: number | undefined
  readonly message: string
}
