import type { Transaction } from 'kysely'
import { createError } from 'sluice/internal'
import type { Connection } from '../connection.ts'
import { storedText } from '../spend/spend-columns.ts'
import type { InvoiceSumsTable, InvoicesTable, Tables } from '../tables.ts'

/** One file that was imported. */
export interface InvoiceRow {
  /** SHA-256 of the file: the same file counts once. */
  readonly id: string
  readonly source: string
  /** Tells bills of one source apart; '' where there is one. */
  readonly account: string
  readonly kind: 'cost' | 'usage'
  readonly format: string
  readonly fileName: string
  /** `YYYY-MM-DD`, both inclusive. */
  readonly firstDay: string
  readonly lastDay: string
  readonly lines: number
  readonly otherLines: number
  /** Name on the bill → ours. */
  readonly names: Readonly<Record<string, string>>
  readonly importedAt: number
  readonly importedBy: string | null
}

export interface InvoiceSumRow {
  readonly day: string
  readonly model: string
  readonly item: string
  readonly spendNanoUsd: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly requests: number
}

/** What becomes of days that an earlier file of the same source, account and kind has. */
export type InvoiceOverlap = 'refuse' | 'replace' | 'add'

export interface InvoiceStore {
  /**
   * Keeps a file's sums, all or nothing. Returns false when this very file was imported before. Throws `ConflictError`
   * when another one covers some of its days and `overlap` is `refuse`.
   */
  add(invoice: InvoiceRow, sums: readonly InvoiceSumRow[], overlap: InvoiceOverlap): Promise<boolean>
  /** Files that cover any of these days, oldest first. */
  list(range: {
    source?: string
    account?: string
    from?: string
    to?: string
  }): Promise<readonly InvoiceRow[]>
  /** The sums of files, by day. */
  sums(
    ids: readonly string[],
    range: { from: string; to: string },
  ): Promise<readonly (InvoiceSumRow & { readonly invoiceId: string })[]>
  /** The file that was removed; undefined when there is none. */
  remove(id: string): Promise<InvoiceRow | undefined>
}

const CHUNK = 200
/** Files in one report; a year of bills in daily files for three accounts stays below. */
const MOST_INVOICES = 2_000

export function createInvoiceStore(connection: Connection): InvoiceStore {
  return {
    add: (invoice, sums, overlap) =>
      connection.transaction(transaction => addInvoice(transaction, invoice, sums, overlap)),
    list: ({ source, account, from, to }) =>
      connection.run(async database => {
        const rows = await database
          .selectFrom('invoices')
          .selectAll()
          .$if(source !== undefined, query => query.where('source', '=', source ?? ''))
          .$if(account !== undefined, query => query.where('account', '=', account ?? ''))
          .$if(from !== undefined, query => query.where('last_day', '>=', from ?? ''))
          .$if(to !== undefined, query => query.where('first_day', '<=', to ?? ''))
          .orderBy('imported_at')
          .orderBy('id')
          .limit(MOST_INVOICES)
          .execute()
        return rows.map(decodeInvoice)
      }),
    sums: (ids, { from, to }) =>
      ids.length === 0
        ? Promise.resolve([])
        : connection.run(async database => {
            const rows = await database
              .selectFrom('invoice_sums')
              .selectAll()
              .where('invoice_id', 'in', ids)
              .where('day', '>=', from)
              .where('day', '<=', to)
              .execute()
            return rows.map(decodeSum)
          }),
    remove: id =>
      connection.transaction(async transaction => {
        const row = await transaction
          .deleteFrom('invoices')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        await transaction.deleteFrom('invoice_sums').where('invoice_id', '=', id).execute()
        return row && decodeInvoice(row)
      }),
  }
}

async function addInvoice(
  transaction: Transaction<Tables>,
  invoice: InvoiceRow,
  sums: readonly InvoiceSumRow[],
  overlap: InvoiceOverlap,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows: inserted } = await transaction
    .insertInto('invoices')
    .values(encodeInvoice(invoice))
    .onConflict(conflict => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  if (Number(inserted ?? 0) === 0) return false
  const others = await transaction
    .selectFrom('invoices')
    .selectAll()
    .where('source', '=', invoice.source)
    .where('account', '=', invoice.account)
    .where('kind', '=', invoice.kind)
    .where('id', '!=', invoice.id)
    .where('last_day', '>=', invoice.firstDay)
    .where('first_day', '<=', invoice.lastDay)
    .execute()
  if (others[0] !== undefined && overlap === 'refuse') throw overlapping(others[0])
  if (overlap === 'replace') await replaceDays(transaction, invoice, others)
  for (let at = 0; at < sums.length; at += CHUNK)
    await transaction
      .insertInto('invoice_sums')
      .values(sums.slice(at, at + CHUNK).map(sum => encodeSum(invoice.id, sum)))
      .execute()
  return true
}

/** Takes the days out of earlier files, and a file that has nothing left goes. */
async function replaceDays(
  transaction: Transaction<Tables>,
  { firstDay, lastDay }: InvoiceRow,
  others: readonly InvoicesTable[],
): Promise<void> {
  for (const { id } of others) {
    await transaction
      .deleteFrom('invoice_sums')
      .where('invoice_id', '=', id)
      .where('day', '>=', firstDay)
      .where('day', '<=', lastDay)
      .execute()
    const left = await transaction
      .selectFrom('invoice_sums')
      .select('day')
      .where('invoice_id', '=', id)
      .limit(1)
      .executeTakeFirst()
    if (left === undefined) await transaction.deleteFrom('invoices').where('id', '=', id).execute()
  }
}

function overlapping({ first_day: from, last_day: to, id, file_name: name }: InvoicesTable): Error {
  return createError({
    kind: 'conflict',
    retryable: false,
    param: 'overlap',
    message:
      `${from} to ${to} of this source and account came with '${name}' already (${id.slice(0, 12)}). Say overlap=replace to take ` +
      "this file's days in their place, overlap=add when it is a further part of the same bill, or name another account.",
  })
}

function encodeInvoice(row: InvoiceRow): InvoicesTable {
  return {
    id: row.id,
    source: row.source,
    account: storedText(row.account),
    kind: row.kind,
    format: row.format,
    file_name: storedText(row.fileName),
    first_day: row.firstDay,
    last_day: row.lastDay,
    lines: row.lines,
    other_lines: row.otherLines,
    names: JSON.stringify(row.names),
    imported_at: row.importedAt,
    imported_by: storedText(row.importedBy),
  }
}

function decodeInvoice(row: InvoicesTable): InvoiceRow {
  return {
    id: row.id,
    source: row.source,
    account: row.account,
    kind: row.kind === 'usage' ? 'usage' : 'cost',
    format: row.format,
    fileName: row.file_name,
    firstDay: row.first_day,
    lastDay: row.last_day,
    lines: row.lines,
    otherLines: row.other_lines,
    names: JSON.parse(row.names) as Record<string, string>,
    importedAt: row.imported_at,
    importedBy: row.imported_by,
  }
}

function encodeSum(invoiceId: string, sum: InvoiceSumRow): InvoiceSumsTable {
  return {
    invoice_id: invoiceId,
    day: sum.day,
    model: storedText(sum.model),
    item: storedText(sum.item),
    spend_nano_usd: sum.spendNanoUsd,
    input_tokens: sum.inputTokens,
    output_tokens: sum.outputTokens,
    requests: sum.requests,
  }
}

function decodeSum(row: InvoiceSumsTable): InvoiceSumRow & { readonly invoiceId: string } {
  return {
    invoiceId: row.invoice_id,
    day: row.day,
    model: row.model,
    item: row.item,
    spendNanoUsd: row.spend_nano_usd,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    requests: row.requests,
  }
}
