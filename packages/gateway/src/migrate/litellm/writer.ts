import type { Database } from '../../db/database.ts'
import type { ImportStore } from '../../db/litellm/import-store.ts'
import type { AccountRow, BudgetRow, KeyRow } from '../../db/rows.ts'
import { SPEND_SET_AT } from '../../limits/subjects.ts'
import { digestOf, type Item, spendOf } from './item.ts'

/** What became of the rows of one table. */
export interface Tally {
  created: number
  changed: number
  same: number
}

/** Rows written in one transaction. */
const BATCH = 200

/** Writes what is new or was changed there since the last time; counts alone where nothing is to be written. */
export class ItemWriter {
  private readonly database: Database
  private readonly imports: ImportStore
  private readonly now: number
  private readonly isDry: boolean
  private readonly note: (problem: string) => void

  constructor(options: {
    readonly database: Database
    readonly imports: ImportStore
    readonly now: number
    readonly isDry: boolean
    readonly note: (problem: string) => void
  }) {
    this.database = options.database
    this.imports = options.imports
    this.now = options.now
    this.isDry = options.isDry
    this.note = options.note
  }

  async write(items: readonly Item[], tally: Tally): Promise<void> {
    for (let at = 0; at < items.length; at += BATCH) await this.writeBatch(items.slice(at, at + BATCH), tally)
  }

  private async writeBatch(items: readonly Item[], tally: Tally): Promise<void> {
    const [first] = items
    if (first === undefined) return
    const ids = items.map(({ id }) => id)
    const known = await this.imports.find(first.kind, ids)
    const due = items.filter(item => {
      const before = known.get(item.id)
      return before?.digest !== digestOf(item) || before.spendNanoUsd !== spendOf(item)
    })
    tally.same += items.length - due.length
    for (const { id } of due) known.has(id) ? tally.changed++ : tally.created++
    if (this.isDry || due.length === 0) return
    const spent = (id: string) => known.get(id)?.spendNanoUsd ?? 0
    try {
      await this.database.together(async () => {
        for (const item of due) await this.put(item, spent(item.id))
      })
    } catch (error) {
      if ((error as { kind?: unknown }).kind !== 'conflict') throw error
      // One of them takes what somebody else has here: each alone, then.
      for (const item of due) await this.putAlone(item, spent(item.id))
    }
  }

  private async putAlone(item: Item, spent: number): Promise<void> {
    try {
      await this.database.together(() => this.put(item, spent))
    } catch (error) {
      if ((error as { kind?: unknown }).kind !== 'conflict' || item.kind !== 'key') throw error
      const { keyAlias, metadata } = item.row
      this.note(`the alias ${JSON.stringify(keyAlias)} is taken; it is kept in the key's metadata`)
      const row: KeyRow = { ...item.row, keyAlias: null, metadata: { ...metadata, key_alias: keyAlias } }
      await this.database.together(() => this.put({ ...item, row }, spent, item))
    }
  }

  /** `spent`: what had been copied of its spend before. What was spent here since stays. */
  private async put(item: Item, spent: number, remembered: Item = item): Promise<void> {
    const more = spendOf(item) - spent
    if (item.kind === 'budget') await this.putBudget(item.row)
    else if (item.kind === 'account') await this.putAccount(item.row, more)
    else await this.putKey(item.row, more)
    const imported = { digest: digestOf(remembered), spendNanoUsd: spendOf(item) }
    await this.imports.remember(item.kind, item.id, imported, this.now)
  }

  private async putBudget(row: BudgetRow): Promise<void> {
    const { budgets } = this.database
    if ((await budgets.update(row.budgetId, row)) === undefined) await budgets.create(row)
  }

  private async putAccount(row: AccountRow, more: number): Promise<void> {
    const { accounts } = this.database
    const before = await accounts.find(row.kind, row.id)
    if (before === undefined) return await accounts.create(row)
    const spendNanoUsd = Math.max(0, before.spendNanoUsd + more)
    const { spendNanoUsd: _, spendSetAt: __, ...rest } = row
    await accounts.update(row.kind, row.id, {
      ...rest,
      ...(more !== 0 && { spendNanoUsd, spendSetAt: this.now }),
    })
  }

  private async putKey(row: KeyRow, more: number): Promise<void> {
    const { keys } = this.database
    const before = await keys.find(row.tokenHash)
    if (before === undefined) return await keys.create(row)
    const { spendNanoUsd: _, ...rest } = row
    const spendNanoUsd = Math.max(0, before.spendNanoUsd + more)
    const metadata = { ...row.metadata, [SPEND_SET_AT]: this.now }
    await keys.update(row.tokenHash, { ...rest, ...(more !== 0 && { spendNanoUsd, metadata }) })
  }
}
