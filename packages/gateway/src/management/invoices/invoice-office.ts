import type { Readable } from 'node:stream'
import { badRequest, createError } from 'sluice/internal'
import type { Database } from '../../db/database.ts'
import type { InvoiceOverlap, InvoiceRow } from '../../db/invoices/invoice-store.ts'
import { type DriftRow, driftOf, type OurDay, type TheirDay } from '../../spend/invoices/drift.ts'
import type { InvoiceSource } from '../../spend/invoices/invoice-format.ts'
import { readInvoice } from '../../spend/invoices/read-invoice.ts'
import { BILLED_PROVIDERS } from '../../spend/invoices/vendors/index.ts'

export interface InvoiceOfficeServices {
  readonly database: Pick<Database, 'invoices' | 'reports'>
  readonly now: () => number
}

export interface ImportOptions {
  readonly fileName: string
  readonly account: string
  /** Name on the bill → ours. */
  readonly names: Readonly<Record<string, string>>
  readonly overlap: InvoiceOverlap
  readonly by: string | null
}

export interface ReportQuery {
  readonly source: InvoiceSource
  readonly account?: string | undefined
  /** `YYYY-MM-DD`, both inclusive. */
  readonly from: string
  readonly to: string
}

export interface DriftReport extends ReportQuery {
  readonly invoices: readonly InvoiceRow[]
  readonly rows: readonly DriftRow[]
}

const DAY_MS = 86_400_000
/** Days of one report. */
const MOST_DAYS = 400

/** Providers' bills against our books: for the routes and for `sluice invoices`. */
export class InvoiceOffice {
  readonly #services: InvoiceOfficeServices

  constructor(services: InvoiceOfficeServices) {
    this.#services = services
  }

  /**
   * Reads a file and keeps its sums; `isNew` is false when this very file was imported before. Throws `BadRequestError`
   * for a file that cannot be read, `ConflictError` for days that another one covers.
   */
  async import(file: Readable, options: ImportOptions): Promise<{ invoice: InvoiceRow; isNew: boolean }> {
    const { id, format, sums, lines, otherLines } = await readInvoice(file)
    const days = sums.map(({ day }) => day).sort()
    const [firstDay, lastDay] = [days[0], days.at(-1)]
    if (firstDay === undefined || lastDay === undefined)
      throw badRequest(
        `The file (${format.name}) bills no models: ${otherLines} lines are about something else. Export the days and ` +
          'services that models are billed under.',
        'file',
      )
    const invoice: InvoiceRow = {
      ...{ id, firstDay, lastDay, lines, otherLines },
      ...{ source: format.source, kind: format.kind, format: format.name },
      ...{ account: options.account, fileName: options.fileName, names: options.names },
      importedAt: this.#services.now(),
      importedBy: options.by,
    }
    const isNew = await this.#services.database.invoices.add(invoice, sums, options.overlap)
    return { invoice, isNew }
  }

  list(source?: InvoiceSource): Promise<readonly InvoiceRow[]> {
    return this.#services.database.invoices.list(source === undefined ? {} : { source })
  }

  /** By its id or the beginning of it. Throws `NotFoundError`. */
  async remove(id: string): Promise<InvoiceRow> {
    const { invoices } = this.#services.database
    const [found, ...more] = (await invoices.list({})).filter(invoice => invoice.id.startsWith(id))
    const removed = found === undefined || more.length > 0 ? undefined : await invoices.remove(found.id)
    if (removed !== undefined) return removed
    throw createError({
      kind: 'not_found',
      message: `There is no one invoice '${id}'. GET /spend/invoices lists those there are.`,
      param: 'id',
    })
  }

  /** Every day that a bill covers, model by model, both sides. */
  async report(query: ReportQuery): Promise<DriftReport> {
    const { source, account, from, to } = query
    if (to < from) throw badRequest('end_date: must not lie before start_date.', 'end_date')
    if ((Date.parse(to) - Date.parse(from)) / DAY_MS >= MOST_DAYS)
      throw badRequest(`end_date: a report covers at most ${MOST_DAYS} days. Ask for fewer.`, 'end_date')
    const { database } = this.#services
    const invoices = await database.invoices.list({
      ...{ source, from, to },
      ...(account === undefined ? {} : { account }),
    })
    const sums = await database.invoices.sums(
      invoices.map(({ id }) => id),
      { from, to },
    )
    const kinds = new Map(invoices.map(({ id, kind }) => [id, kind]))
    const theirs = sums.map((sum): TheirDay => ({ ...sum, kind: kinds.get(sum.invoiceId) ?? 'cost' }))
    const names = new Map(invoices.flatMap(invoice => Object.entries(invoice.names)))
    const covered = { cost: daysOf(invoices, 'cost', query), usage: daysOf(invoices, 'usage', query) }
    return { ...query, invoices, rows: driftOf({ ours: await this.#ours(query), theirs, names, covered }) }
  }

  /** The calls behind one row of a report, newest first. */
  calls(day: string, model: string, page: number, size: number) {
    const from = Date.parse(day)
    return this.#services.database.reports.rows({ model, from, to: from + DAY_MS, page, size })
  }

  async #ours({ source, from, to }: ReportQuery): Promise<readonly OurDay[]> {
    const by = ['day', 'provider', 'model'] as const
    const sums = await this.#services.database.reports.sums({ subject: 'model', from, to, by })
    const providers = new Set(BILLED_PROVIDERS[source])
    return sums
      .filter(({ provider }) => providers.has(provider))
      .map(sum => ({
        ...{ day: sum.day, provider: sum.provider, model: sum.model },
        ...{ spendNanoUsd: sum.spendNanoUsd, unknownCostRequests: sum.unknownCostRequests },
        ...{ inputTokens: sum.promptTokens, outputTokens: sum.completionTokens },
        ...{ requests: sum.requests, failedRequests: sum.failedRequests },
      }))
  }
}

/** Also the days on which a bill has nothing: our calls of such a day were not billed. */
function daysOf(
  invoices: readonly InvoiceRow[],
  kind: InvoiceRow['kind'],
  { from, to }: ReportQuery,
): ReadonlySet<string> {
  const days = new Set<string>()
  for (const { firstDay, lastDay, kind: its } of invoices) {
    if (its !== kind) continue
    const [first, last] = [firstDay < from ? from : firstDay, lastDay > to ? to : lastDay]
    for (let time = Date.parse(first); time <= Date.parse(last); time += DAY_MS)
      days.add(new Date(time).toISOString().slice(0, 10))
  }
  return days
}
