import type { ZonedCalendar } from 'sluice/internal'
import type { Database } from '../../db/database.ts'
import { createImportStore, type ImportStore } from '../../db/litellm/import-store.ts'
import { CALLS, LitellmSource } from '../../db/litellm/source.ts'
import type { CopyContext } from './context.ts'
import { copyCalls } from './copy-calls.ts'
import { copyDays, days } from './copy-days.ts'
import { copyPasswords } from './copy-passwords.ts'
import { otherRows } from './other-rows.ts'
import { copied } from './read-items.ts'
import { type CopiedModels, readModels } from './read-models.ts'
import { ItemWriter, type Tally } from './writer.ts'

export interface MigrationOptions {
  /** LiteLLM's PostgreSQL; it is only read. */
  readonly url: string
  readonly database: Database
  /** Nothing is written; all is read and counted. */
  readonly isDry: boolean
  /** Opens the parameters of models. */
  readonly saltKey: string | undefined
  readonly calendar: ZonedCalendar
  readonly now: number
  /** Milliseconds; single calls that began before are not copied. Undefined: none are. */
  readonly callsSince: number | undefined
  readonly onProgress?: (table: string, done: number, total: number) => void
}

export interface TableReport extends Tally {
  readonly table: string
  readonly rows: number
}

export interface MigrationReport {
  readonly isDry: boolean
  readonly tables: readonly TableReport[]
  /** Sums of days, by table and whose they are. */
  readonly days: readonly { readonly table: string; readonly rows: number }[]
  readonly models: CopiedModels
  /** Tables with rows that stay behind. */
  readonly leftTables: readonly { readonly table: string; readonly rows: number }[]
  /** Columns of copied tables that have no counterpart, and in how many rows they hold something. */
  readonly leftColumns: readonly { readonly table: string; readonly column: string; readonly rows: number }[]
  /** Expected tables that this LiteLLM does not have. */
  readonly missing: readonly string[]
  readonly problems: readonly { readonly table: string; readonly problem: string; readonly rows: number }[]
}

/** Copies what can be copied, or counts it. What was copied before and has not changed there is left alone. */
export function migrateLitellm(options: MigrationOptions): Promise<MigrationReport> {
  return LitellmSource.read(options.url, source => new Migration(source, options).run())
}

class Migration {
  private readonly source: LitellmSource
  private readonly options: MigrationOptions
  private readonly imports: ImportStore
  private readonly context: CopyContext
  private readonly problems = new Map<string, { table: string; problem: string; rows: number }>()
  private readonly tables: TableReport[] = []
  private readonly dayRows = new Map<string, number>()

  constructor(source: LitellmSource, options: MigrationOptions) {
    this.source = source
    this.options = options
    this.imports = createImportStore(options.database)
    this.context = {
      now: options.now,
      calendar: options.calendar,
      budgetIds: new Set(),
      note: (table, problem) => this.note(table, problem),
    }
  }

  async run(): Promise<MigrationReport> {
    for (const { table, items } of copied) await this.copy(table, context => items(this.source, context))
    await this.copyPasswords()
    for (const each of otherRows) await this.copyOther(each)
    await copyDays(this.source, this.imports, {
      ...this.options,
      onRows: (table, rows) => this.dayRows.set(table, (this.dayRows.get(table) ?? 0) + rows),
    })
    await this.copyCalls()
    const models = await readModels(this.source, this.options.saltKey)
    const read = new Set([...this.expected(), 'ModelTable', 'ProxyModelTable'])
    if (this.options.callsSince !== undefined) read.add(CALLS)
    return {
      isDry: this.options.isDry,
      tables: this.tables,
      days: [...this.dayRows].map(([table, rows]) => ({ table, rows })),
      models,
      leftTables: await this.leftTables(read),
      leftColumns: await this.leftColumns(),
      missing: this.expected().filter(table => !this.source.has(table)),
      problems: [...this.problems.values()],
    }
  }

  private async copy(
    table: string,
    items: (context: CopyContext) => ReturnType<(typeof copied)[number]['items']>,
  ): Promise<void> {
    if (!this.source.has(table)) return
    const total = await this.source.count(table)
    const tally: Tally = { created: 0, changed: 0, same: 0 }
    const { database, now, isDry, onProgress } = this.options
    const note = (problem: string) => this.note(table, problem)
    const writer = new ItemWriter({ database, imports: this.imports, now, isDry, note })
    let done = 0
    for await (const page of items(this.context)) {
      await writer.write(page, tally)
      done += page.length
      onProgress?.(table, done, total)
    }
    this.tables.push({ table, rows: total, ...tally })
  }

  private async copyPasswords(): Promise<void> {
    const { database, isDry, now } = this.options
    const note = (problem: string) => this.note('UserTable', problem)
    const { rows, tally } = await copyPasswords(this.source, {
      ...{ database, imports: this.imports, isDry, now, note },
    })
    if (rows > 0) this.tables.push({ table: 'UserTable, passwords', rows, ...tally })
  }

  private async copyCalls(): Promise<void> {
    const { isDry, now, callsSince: since, onProgress } = this.options
    if (since === undefined || !this.source.has(CALLS)) return
    const { rows, tally } = await copyCalls(this.source, {
      ...{ imports: this.imports, isDry, now, since, note: problem => this.note(CALLS, problem) },
      onProgress: (done, total) => onProgress?.(CALLS, done, total),
    })
    this.tables.push({ table: CALLS, rows, ...tally })
  }

  private async copyOther({ table, key, isWhole, put }: (typeof otherRows)[number]): Promise<void> {
    if (!this.source.has(table)) return
    const tally: Tally = { created: 0, changed: 0, same: 0 }
    for await (const rows of this.source.pages(table, key)) {
      for (const row of rows) {
        if (!isWhole(row)) this.note(table, 'is incomplete; left out')
        else if (this.options.isDry || (await put(row, this.imports, this.context))) tally.changed++
        else this.note(table, 'has ended; left out')
      }
    }
    this.tables.push({ table, rows: await this.source.count(table), ...tally })
  }

  private expected(): string[] {
    return [...new Set([...copied, ...otherRows, ...days].map(({ table }) => table))]
  }

  private async leftTables(read: ReadonlySet<string>) {
    const left = []
    for (const table of this.source.tables) {
      if (read.has(table)) continue
      const rows = await this.source.count(table)
      if (rows > 0) left.push({ table, rows })
    }
    return left
  }

  private async leftColumns() {
    const left = []
    const isCopied = this.options.callsSince !== undefined
    for (const { table } of [...copied, ...otherRows, ...(isCopied ? [{ table: CALLS }] : [])]) {
      if (!this.source.has(table)) continue
      for (const column of await this.source.leftOver(table)) left.push({ table, ...column })
    }
    return left
  }

  private note(table: string, problem: string): void {
    const key = `${table} ${problem}`
    const known = this.problems.get(key)
    if (known) known.rows++
    else if (this.problems.size < MOST_PROBLEMS) this.problems.set(key, { table, problem, rows: 1 })
  }
}

/** Different ones; more say nothing new. */
const MOST_PROBLEMS = 1_000
