import type { CallRecord } from 'sluice/internal'
import type { AccountCache } from '../../auth/account-cache.ts'
import type { AccountStore } from '../../db/accounts/account-store.ts'
import type { AccountRow } from '../../db/rows.ts'
import type { NamedAccounts as Named } from '../call-subjects.ts'

export interface NamedAccountsOptions {
  readonly accounts: Pick<AccountCache, 'account' | 'generation'>
  readonly store: Pick<AccountStore, 'list'>
  readonly onError: (error: unknown) => void
}

type Kind = 'customer' | 'tag'
type Found = AccountRow | undefined | Promise<AccountRow | undefined>

const NOBODY: Named = { tags: [] }
/** Tags looked at; a spend row keeps as many. */
const MOST_TAGS = 64
/** Longer ids have no row: the database keeps none. */
const LONGEST_ID = 512

/**
 * The customer and the tags that calls name, in front of the accounts in memory. A name that is new here is looked up
 * once, as an unknown key is; where there are no customers (no tags) at all nobody asks. While the database cannot tell,
 * a name counts as one without a row: a call must not fail for what may well not exist.
 */
export class NamedAccounts {
  readonly #options: NamedAccountsOptions
  readonly #exist: Record<Kind, boolean> = { customer: false, tag: false }
  #generation = -1
  #isLooking = false

  constructor(options: NamedAccountsOptions) {
    this.#options = options
  }

  of({ endUser, tags }: Pick<CallRecord, 'endUser' | 'tags'>): Named | Promise<Named> {
    this.#notice()
    const asksCustomer = endUser !== undefined && this.#exist.customer
    const asksTags = tags.length > 0 && this.#exist.tag
    if (!asksCustomer && !asksTags) return NOBODY
    const customer = asksCustomer ? this.#find('customer', endUser) : undefined
    const ofTags = asksTags ? tags.slice(0, MOST_TAGS).map(tag => this.#find('tag', tag)) : []
    if (isHere(customer) && ofTags.every(isHere))
      return { customer, tags: ofTags.filter(row => row !== undefined) }
    return this.#gather(customer, ofTags)
  }

  /** Resolves when it is known whether there are customers and tags, or after so many milliseconds. */
  ready(withinMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, withinMs)
      void this.#look().then(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async #gather(customer: Found, tags: readonly Found[]): Promise<Named> {
    const rows = []
    for (const tag of tags) rows.push(await tag)
    return { customer: await customer, tags: rows.filter(row => row !== undefined) }
  }

  #find(kind: Kind, id: string): Found {
    if (id.length > LONGEST_ID) return undefined
    try {
      const found = this.#options.accounts.account(kind, id)
      return found instanceof Promise ? found.catch(() => undefined) : found
    } catch {
      return undefined
    }
  }

  /** Any account that changes may be the first of its kind. */
  #notice(): void {
    const { generation } = this.#options.accounts
    const { customer, tag } = this.#exist
    if (generation === this.#generation || this.#isLooking || (customer && tag)) return
    this.#generation = generation
    void this.#look()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    try {
      for (const kind of ['customer', 'tag'] as const) {
        if (this.#exist[kind]) continue
        const { total } = await this.#options.store.list({ kind, page: 1, size: 1 })
        this.#exist[kind] = total > 0
      }
    } catch (error) {
      this.#options.onError(error)
    } finally {
      this.#isLooking = false
    }
  }
}

function isHere(found: Found): found is AccountRow | undefined {
  return !(found instanceof Promise)
}
