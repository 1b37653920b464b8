import type { KeyRow, SpendRow } from './rows.ts'

/**
 * The gateway's storage: one set of queries over embedded SQLite (in a worker thread) and PostgreSQL. Every method
 * rejects with `ServiceUnavailableError` when the database cannot be reached, and never with a driver's own error.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  readonly keys: KeyStore
  readonly spend: SpendStore
  /** Name → value, for facts that outlive a process (`schema`, generated ids …). */
  readonly facts: FactStore
  /** Resolves when a trivial query succeeds. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface KeyFilter {
  readonly userId?: string
  readonly teamId?: string
  readonly organizationId?: string
  readonly keyHash?: string
  readonly keyAlias?: string
  /** 1-based. */
  readonly page: number
  readonly size: number
  readonly sortBy?: 'spend' | 'max_budget' | 'created_at' | 'updated_at' | 'key_alias'
  readonly sortOrder?: 'asc' | 'desc'
}

export interface KeyStore {
  find(tokenHash: string): Promise<KeyRow | undefined>
  /** Fails with `ConflictError` when the hash or the alias is taken. */
  create(row: KeyRow): Promise<void>
  /** Returns the row after the change, or undefined when there is none. */
  update(tokenHash: string, changes: Partial<KeyRow>): Promise<KeyRow | undefined>
  /** Gives a key a new secret: the row keeps all but its hash and name. */
  replaceHash(oldHash: string, newHash: string, keyName: string, now: number): Promise<KeyRow | undefined>
  remove(tokenHashes: readonly string[]): Promise<readonly KeyRow[]>
  list(filter: KeyFilter): Promise<{ readonly rows: readonly KeyRow[]; readonly total: number }>
  /** Rows changed at or after `since` (ms), and hashes removed since: how replicas keep up. Oldest first, bounded. */
  changedSince(
    since: number,
    most: number,
  ): Promise<{ readonly rows: readonly KeyRow[]; readonly removed: readonly string[] }>
  /** Sets spend to 0 and the next reset for keys whose reset time has come; returns the rows after. */
  resetBudgets(due: readonly { readonly tokenHash: string; readonly nextResetAt: number }[]): Promise<void>
  /** Keys whose `budgetResetAt` lies at or before `now`. */
  dueForReset(now: number, most: number): Promise<readonly KeyRow[]>
}

export interface SpendFilter {
  readonly apiKey?: string
  readonly userId?: string
  readonly teamId?: string
  readonly requestId?: string
  readonly tag?: string
  readonly sessionId?: string
  readonly status?: 'success' | 'failure'
  readonly model?: string
  /** Milliseconds, inclusive. */
  readonly from?: number
  /** Milliseconds, exclusive. */
  readonly to?: number
  readonly page: number
  readonly size: number
}

export interface SpendTotal {
  /** Day `YYYY-MM-DD` in UTC; absent when not grouped by day. */
  readonly day?: string
  /** The subject's id: key hash, user, team, end user, tag, model. */
  readonly id: string
  readonly model: string
  readonly spendNanoUsd: number
  /** Calls whose price is unknown: reports must show them. */
  readonly unknownCostRequests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly requests: number
  readonly failedRequests: number
}

export type SpendSubject = 'key' | 'user' | 'team' | 'organization' | 'customer' | 'tag' | 'model'

export interface SpendStore {
  /**
   * In one transaction: inserts rows, skipping those whose `requestId` exists, and adds the *new* ones to key, user,
   * team … totals and to the daily aggregates, so that a replay counts nothing twice. Returns how many were new.
   */
  addBatch(rows: readonly SpendRow[]): Promise<number>
  list(filter: SpendFilter): Promise<{ readonly rows: readonly SpendRow[]; readonly total: number }>
  /** Daily aggregates of one kind of subject, by day, id and model. */
  totals(
    subject: SpendSubject,
    range: { from: string; to: string; id?: string },
  ): Promise<readonly SpendTotal[]>
  /** All-time spend of one subject, nano-dollars. */
  spent(subject: SpendSubject, id: string): Promise<number>
}

export interface FactStore {
  read(name: string): Promise<string | undefined>
  write(name: string, value: string): Promise<void>
}
