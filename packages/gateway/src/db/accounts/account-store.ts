import type { BudgetPeriod } from '../limit-columns.ts'
import type { AccountKind, AccountRow } from '../rows.ts'

/** Names one account. */
export interface AccountRef {
  readonly kind: AccountKind
  readonly id: string
}

/** All that are given must hold. Texts match whole, `search` any part of alias, id or e-mail. */
export interface AccountFilter {
  readonly kind: AccountKind
  readonly ids?: readonly string[] | undefined
  readonly alias?: string | undefined
  readonly email?: string | undefined
  readonly role?: string | undefined
  readonly externalId?: string | undefined
  /** Null: only those in no organization. */
  readonly organizationIds?: readonly string[] | null | undefined
  readonly externalIds?: readonly string[] | undefined
  readonly teamIds?: readonly string[] | undefined
  readonly userIds?: readonly string[] | undefined
  readonly budgetId?: string | undefined
  /** True: only those with a list of models. */
  readonly hasModels?: boolean | undefined
  /** True: only those with a rate that is promised (`guaranteed_throughput`). */
  readonly isGuaranteed?: boolean | undefined
  readonly search?: string | undefined
  /** Only those that have one of these ids or lie in one of these organizations. */
  readonly within?:
    | { readonly ids: readonly string[]; readonly organizationIds: readonly string[] }
    | undefined
  /** Any part of the id, or of the e-mail address. */
  readonly idPart?: string | undefined
  readonly emailPart?: string | undefined
  /** True: only removed ones; otherwise only those that are there. */
  readonly deleted?: boolean | undefined
  /** 1-based. */
  readonly page: number
  readonly size: number
  readonly sortBy?: 'created_at' | 'updated_at' | 'alias' | 'email' | 'role' | 'id' | 'spend' | undefined
  readonly sortOrder?: 'asc' | 'desc' | undefined
}

export interface AccountChanges {
  /** Changed or removed rows; a removed one has `deletedAt`. */
  readonly rows: readonly AccountRow[]
  /** The `since` to ask with next time. */
  readonly next: number
}

/** Organizations, teams, members, users, projects, customers and tags. Every method rejects as `Database` says. */
export interface AccountStore {
  /** Undefined when there is none, or it was removed. */
  find(kind: AccountKind, id: string): Promise<AccountRow | undefined>
  /** As `find`, and nobody changes or removes it until the transaction ends that this is part of. */
  hold(kind: AccountKind, id: string): Promise<AccountRow | undefined>
  /** Those that are there, in no order. */
  findMany(refs: readonly AccountRef[]): Promise<readonly AccountRow[]>
  /** Takes the place of a removed one of that id. Fails with `ConflictError` when the id is taken. */
  create(row: AccountRow): Promise<void>
  /** Makes rows for customers or tags that have spent and have none; of these ids only, where they are given. */
  adoptSpenders(kind: 'customer' | 'tag', now: number, ids?: readonly string[]): Promise<void>
  /** The row after the change, or undefined when there is none. */
  update(kind: AccountKind, id: string, changes: Partial<AccountRow>): Promise<AccountRow | undefined>
  /** Those that were there, as they were. Their rows stay, with `deletedAt`. */
  remove(refs: readonly AccountRef[], now: number, by: string | null): Promise<readonly AccountRow[]>
  list(filter: AccountFilter): Promise<{ readonly rows: readonly AccountRow[]; readonly total: number }>
  /** The ids of a page of `list`. */
  listIds(filter: AccountFilter): Promise<readonly string[]>
  /** Rows changed or removed at or after `since` (ms), oldest first, bounded: how replicas keep up. */
  changedSince(since: number, most: number): Promise<AccountChanges>
  /** Sets spend to 0 and the next reset, unless another replica did already. */
  resetBudgets(due: readonly (AccountRef & BudgetPeriod)[]): Promise<void>
  /** Accounts whose `budgetResetAt` lies at or before `now`. */
  dueForReset(now: number, most: number): Promise<readonly AccountRow[]>
}
