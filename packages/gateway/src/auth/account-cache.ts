import type { AccountRef, AccountStore } from '../db/accounts/account-store.ts'
import type { AccountKind, AccountRow } from '../db/rows.ts'
import { RowCache, type RowCacheOptions } from './row-cache.ts'

export interface AccountCacheOptions extends RowCacheOptions {
  readonly store: Pick<AccountStore, 'find' | 'changedSince'>
}

/** Organizations, teams, members, users, projects, customers and tags in memory, in front of the database. */
export class AccountCache extends RowCache<AccountRow> {
  constructor({ store, ...options }: AccountCacheOptions) {
    super(
      {
        idOf: nameOf,
        find(name) {
          const { kind, id } = refOf(name)
          return store.find(kind, id)
        },
        async changedSince(since, most) {
          const { rows, next } = await store.changedSince(since, most)
          const there = rows.filter(({ deletedAt }) => deletedAt === null)
          return { rows: there, removed: rows.filter(row => !there.includes(row)).map(nameOf), next }
        },
      },
      // A new one is heard of by `sync`. Without this a key whose user has no account would end with the database.
      { missesLast: true, maxMisses: 100_000, ...options },
    )
  }

  /** As `find`, by kind and id. */
  account(kind: AccountKind, id: string): AccountRow | undefined | Promise<AccountRow | undefined> {
    return this.find(nameOf({ kind, id }))
  }

  forgetAccount(ref: AccountRef): void {
    this.forget(nameOf(ref))
  }
}

/** No kind holds a space. */
function nameOf({ kind, id }: AccountRef): string {
  return `${kind} ${id}`
}

function refOf(name: string): AccountRef {
  const space = name.indexOf(' ')
  return { kind: name.slice(0, space) as AccountKind, id: name.slice(space + 1) }
}
