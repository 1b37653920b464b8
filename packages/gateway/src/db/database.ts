import type { BudgetSpend } from 'sluice/internal'
import type { AccessGroupStore } from './access-groups/access-group-store.ts'
import type { AccountStore } from './accounts/account-store.ts'
import type { AuditStore } from './audit/audit-store.ts'
import type { BudgetStore } from './budgets/budget-store.ts'
import type { CredentialStore } from './credentials/credential-store.ts'
import type { DatabaseCondition } from './heartbeat.ts'
import type { InvitationStore } from './invitations/invitation-store.ts'
import type { InvoiceStore } from './invoices/invoice-store.ts'
import type { BudgetPeriod } from './limit-columns.ts'
import type { FeedbackStore } from './routing/feedback-store.ts'
import type { OutcomeStore } from './routing/outcome-store.ts'
import type { WeightStore } from './routing/weight-store.ts'
import type { KeyRow, NewSpendRow, RetiredSecret, SpendRow } from './rows.ts'
import type { IdentityStore } from './sign-in/identity-store.ts'
import type { KeyMappingStore } from './sign-in/key-mapping-store.ts'
import type { PasswordStore } from './sign-in/password-store.ts'
import type { JournalBatch, JournalMarks } from './spend/books/journal-marks.ts'
import type { SpendReports } from './spend/spend-reports.ts'
import type { SpendUpkeep } from './spend/spend-upkeep.ts'

/**
 * The gateway's storage: one set of queries over embedded SQLite (in a worker thread) and PostgreSQL. Every method
 * rejects with `ServiceUnavailableError` when the database cannot be reached, and never with a driver's own error.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  readonly keys: KeyStore
  readonly accounts: AccountStore
  readonly passwords: PasswordStore
  /** Who users are at providers. */
  readonly identities: IdentityStore
  readonly accessGroups: AccessGroupStore
  /** Sealed keys and addresses of providers. */
  readonly credentials: CredentialStore
  readonly keyMappings: KeyMappingStore
  readonly invitations: InvitationStore
  /** Limits that several share. */
  readonly budgets: BudgetStore
  readonly spend: SpendStore
  readonly reports: SpendReports
  readonly upkeep: SpendUpkeep
  readonly weights: WeightStore
  readonly feedback: FeedbackStore
  readonly outcomes: OutcomeStore
  /** Name → value, for facts that outlive a process (`schema`, generated ids …). */
  readonly facts: FactStore
  readonly audit: AuditStore
  readonly leases: JobLeases
  readonly invoices: InvoiceStore
  /**
   * Runs `work` so that everything it asks of these stores is one transaction: all of it or nothing. It must await
   * nothing else meanwhile (SQLite has one connection, and this holds it), and reject once a store did.
   */
  together<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when a trivial query succeeds. */
  ping(): Promise<void>
  /** What is known of the database, without asking it; always well where nobody watches (`waitForDatabase`). */
  condition(): DatabaseCondition
  /**
   * From now on connections go to this URL: new credentials, another host. False, and nothing changes, when it names
   * another database, or a URL where there was none. Throws `BadRequestError` for a malformed one.
   */
  use(url: string | undefined): boolean
  close(): Promise<void>
}

export interface KeyChanges {
  readonly rows: readonly KeyRow[]
  /** Hashes that are no longer keys. */
  readonly removed: readonly string[]
  /** Of those, and of earlier ones, the secrets that still stand for a key. */
  readonly retired: readonly RetiredSecret[]
  /**
   * The `since` to ask with next time. Go back from it by as much as the replicas' clocks may differ, because a row
   * bears the time of the machine that changed it.
   */
  readonly next: number
}

export interface KeyFilter {
  readonly userId?: string
  readonly teamId?: string
  readonly organizationId?: string
  readonly keyHash?: string
  readonly keyAlias?: string
  readonly projectId?: string
  /** Of the living only. */
  readonly accessGroupId?: string
  /** True: only those with a rate that is promised (`guaranteed_throughput`). */
  readonly isGuaranteed?: boolean
  /** Any part of the alias, whatever its case. */
  readonly search?: string
  /** Belonging to one of them at least. */
  readonly anyOf?: KeyOwners
  /** 1-based. */
  readonly page: number
  readonly size: number
  readonly sortBy?: 'spend' | 'max_budget' | 'created_at' | 'updated_at' | 'key_alias'
  readonly sortOrder?: 'asc' | 'desc'
}

export interface KeyOwners {
  readonly userIds?: readonly string[]
  readonly teamIds?: readonly string[]
  readonly organizationIds?: readonly string[]
  readonly createdBy?: string
}

/** A new secret for a key. */
export interface KeyReplacement {
  readonly oldHash: string
  readonly newHash: string
  readonly keyName: string
  readonly now: number
  /** When the old secret ends, milliseconds; `now` ends it at once, null leaves it until `endRetired`. */
  readonly endsAt: number | null
  /** What else changes. */
  readonly changes?: Partial<KeyRow>
  readonly by?: string | null
}

/** A key as it was when it was removed or given a new secret. */
export interface DeletedKey {
  readonly row: KeyRow
  readonly deletedAt: number
  readonly deletedBy: string | null
}

export interface JobLeases {
  /** True when `holder` has the lease until `endsAt` (ms): nobody else had it at `now`, or it was the holder's. */
  take(name: string, holder: string, now: number, endsAt: number): Promise<boolean>
}

export interface KeyStore {
  find(tokenHash: string): Promise<KeyRow | undefined>
  /** Fails with `ConflictError` when the hash or the alias is taken. */
  create(row: KeyRow): Promise<void>
  /** Returns the row after the change, or undefined when there is none. */
  update(tokenHash: string, changes: Partial<KeyRow>): Promise<KeyRow | undefined>
  /** The key that an earlier secret stands for, ended or not. */
  findRetired(tokenHash: string): Promise<RetiredSecret | undefined>
  /**
   * Gives a key a new secret: the row keeps its spend and all that `changes` does not name. Undefined when there is no
   * such key; fails with `ConflictError` when the new secret is or was a key's.
   */
  replaceHash(replacement: KeyReplacement): Promise<KeyRow | undefined>
  /** Earlier secrets of a key, the newest first, at most 100. */
  retiredOf(activeHash: string): Promise<readonly RetiredSecret[]>
  /** All earlier secrets of a key end then, or sooner if they were to. */
  endRetired(activeHash: string, endsAt: number, now: number): Promise<void>
  /** Forgets some secrets that ended before that time; what they spent stays the key's. Returns how many. */
  foldRetired(before: number): Promise<number>
  /** Keys whose rotation is due at `now`, the longest overdue first. */
  dueForRotation(now: number, most: number): Promise<readonly KeyRow[]>
  remove(tokenHashes: readonly string[], by?: string | null): Promise<readonly KeyRow[]>
  /** What was removed or replaced; sorted by when. */
  listDeleted(filter: KeyFilter): Promise<{ readonly rows: readonly DeletedKey[]; readonly total: number }>
  list(filter: KeyFilter): Promise<{ readonly rows: readonly KeyRow[]; readonly total: number }>
  /** How many keys each of these users has; who has none is not in it. */
  countOf(userIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Rows changed at or after `since` (ms), and hashes removed since: how replicas keep up. Oldest first, bounded. */
  changedSince(since: number, most: number): Promise<KeyChanges>
  /**
   * Begins a period: spend is 0 but for what ended since `periodFrom`, unless another replica began it already or the
   * spend was set by hand since.
   */
  resetBudgets(due: readonly ({ readonly tokenHash: string } & BudgetPeriod)[]): Promise<void>
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
  /** Day `YYYY-MM-DD` in UTC, on which the call started. */
  readonly day: string
  /** The subject's id: key hash, user, team, end user, tag, model. Empty for calls that had no such subject. */
  readonly id: string
  /** Hash of the key that called. */
  readonly apiKey: string
  readonly model: string
  readonly modelGroup: string
  /** Empty when no deployment was chosen. */
  readonly provider: string
  readonly spendNanoUsd: number
  /** Calls whose price is unknown: reports must show them. */
  readonly unknownCostRequests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly requests: number
  readonly failedRequests: number
}

export type SpendSubject =
  | 'key'
  | 'user'
  | 'team'
  | 'team_member'
  | 'organization'
  | 'organization_member'
  | 'project'
  | 'customer'
  | 'tag'
  | 'model'
  | 'agent'

export interface SpendStore {
  /**
   * In one transaction: inserts rows, skipping those whose `requestId` exists, and adds the *new* ones to key, user,
   * team … totals and to the daily aggregates, so that a replay counts nothing twice. What ended before its budget's period
   * began counts in none. `batch`: what the rows are of a journal. Returns how many were new.
   */
  addBatch(rows: readonly NewSpendRow[], batch?: JournalBatch): Promise<number>
  readonly marks: JournalMarks
  list(filter: SpendFilter): Promise<{ readonly rows: readonly SpendRow[]; readonly total: number }>
  /**
   * Daily aggregates of one kind of subject, by day, id, key, model, group and provider, ordered so; of models without
   * the key, of members by day and id alone. `from` and `to` are days `YYYY-MM-DD`, both inclusive. Summed up, every
   * kind but `tag`, `team_member`, `organization_member` and `project` equals the spend rows to the last digit.
   */
  totals(
    subject: SpendSubject,
    range: { from: string; to: string; id?: string },
  ): Promise<readonly SpendTotal[]>
  /** What each process has spent of budgets whose period still runs at `now` (ms). */
  budgetSpends(now: number): Promise<readonly BudgetSpend[]>
  /** The same of callers' limits that no row of their own holds, by their names. */
  limitSpends(ids: readonly string[], now: number): Promise<readonly BudgetSpend[]>
  /** Forgets periods of budgets that ended before `before` (ms). */
  forgetBudgets(before: number): Promise<void>
  /** All-time spend of one subject, nano-dollars. Exact up to 2^53 (nine million dollars); fails beyond. */
  spent(subject: SpendSubject, id: string): Promise<number>
}

export interface FactStore {
  read(name: string): Promise<string | undefined>
  write(name: string, value: string): Promise<void>
}
