import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { badRequest } from 'sluice/internal'
import { z } from 'zod'
import { INVOICE_SOURCES } from '../../spend/invoices/invoice-format.ts'
import { spendRowToLitellm } from '../../spend/report.ts'
import type { Audit } from '../audit/audit-log.ts'
import { type AccessServices, authorOf, protectRoutes } from '../protect-routes.ts'
import { invoiceObject, reportObject } from './invoice-json.ts'
import { InvoiceOffice, type InvoiceOfficeServices } from './invoice-office.ts'

export type InvoiceServices = InvoiceOfficeServices &
  Omit<AccessServices, 'database'> & {
    readonly audit: Audit
    readonly database: InvoiceOfficeServices['database'] & AccessServices['database']
  }

const day = z.iso.date('must be a day such as 2026-11-21')
const name = z.string().min(1).max(300)
const source = z.enum(INVOICE_SOURCES)
const page = z.coerce.number().int().min(1).max(1_000_000).default(1)

const ImportQuery = z.strictObject({
  file_name: z.string().max(300).default(''),
  account: z.string().max(300).default(''),
  overlap: z.enum(['refuse', 'replace', 'add']).default('refuse'),
  /** `their name=our name`, as often as need be. */
  name: z
    .union([z.string(), z.array(z.string())])
    .transform(value => [value].flat())
    .default([]),
})
const ListQuery = z.strictObject({ source: source.optional() })
const ReportQuery = z.strictObject({
  source,
  start_date: day,
  end_date: day,
  account: z.string().max(300).optional(),
  /** Shows the calls of this day and model too. */
  date: day.optional(),
  model: name.optional(),
  page,
  page_size: z.coerce.number().int().min(1).max(1_000).default(100),
})
const IdPath = z.strictObject({ id: z.string().min(8).max(64) })

const tags = ['Spend']
/** LiteLLM has no bills, so the table in the audit log is ours. */
export const INVOICE_TABLE = 'Sluice_InvoiceTable'
/** Larger ones are for `sluice invoices import`, which reads the file where it is. */
const MOST_BYTES = 512 * 1024 * 1024

/** `/spend/invoices`: providers' bills against our books. Importing is for the admin. */
export async function registerInvoiceRoutes(app: FastifyInstance, services: InvoiceServices): Promise<void> {
  await app.register(async scope => {
    protectRoutes(scope, services)
    // The body is read as it streams in, whatever it says it is.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { bodyLimit: MOST_BYTES }, (_request, payload, done) =>
      done(null, payload),
    )
    const office = new InvoiceOffice(services)
    addImporting(scope, office, services.audit)
    addReading(scope, office)
  })
}

function addImporting(scope: FastifyInstance, office: InvoiceOffice, audit: Audit): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.post(
    '/spend/invoices',
    {
      bodyLimit: MOST_BYTES,
      schema: { querystring: ImportQuery, tags, summary: "Import a provider's bill or report of usage" },
    },
    async request => {
      const { file_name: fileName, account, overlap, name: names } = request.query
      const options = { fileName, account, overlap, names: namesOf(names), by: authorOf(request) }
      const { invoice, isNew } = await office.import(fileOf(request), options)
      const answer = invoiceObject(invoice)
      if (isNew)
        await audit.record({
          action: 'created',
          table: INVOICE_TABLE,
          objectId: invoice.id,
          after: answer,
          request,
        })
      return { imported: isNew, ...answer }
    },
  )
  routes.delete(
    '/spend/invoices/:id',
    { schema: { params: IdPath, tags, summary: 'Forget an imported bill' } },
    async request => {
      const before = invoiceObject(await office.remove(request.params.id))
      await audit.record({ action: 'deleted', table: INVOICE_TABLE, objectId: before.id, before, request })
      return { deleted: before.id }
    },
  )
}

function addReading(scope: FastifyInstance, office: InvoiceOffice): void {
  const routes = scope.withTypeProvider<ZodTypeProvider>()
  routes.get(
    '/spend/invoices',
    { schema: { querystring: ListQuery, tags, summary: 'Bills that were imported' } },
    async ({ query }) => ({ data: (await office.list(query.source)).map(invoiceObject) }),
  )
  routes.get(
    '/spend/invoices/report',
    {
      schema: {
        querystring: ReportQuery,
        tags,
        summary: 'Ours and theirs by day and model; with date and model, the calls behind it',
      },
    },
    async ({ query }) => {
      const { date, model } = query
      if ((date === undefined) !== (model === undefined))
        throw badRequest('date and model: send both to see the calls behind a row, or none.', 'date')
      const { source: of, account, start_date: from, end_date: to } = query
      const report = reportObject(await office.report({ source: of, account, from, to }))
      if (date === undefined || model === undefined) return report
      const { rows, total } = await office.calls(date, model, query.page, query.page_size)
      const calls = { total, page: query.page, page_size: query.page_size, data: rows.map(spendRowToLitellm) }
      return { ...report, calls }
    },
  )
}

function fileOf(request: FastifyRequest): Readable {
  const body = request.body as Readable | undefined
  if (body !== undefined && body !== null) return body
  throw badRequest('The body must be the file: curl --data-binary @costs.csv.', 'file')
}

/** `their name=our name`; the last sign counts, because names on bills may hold one. */
export function namesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const at = pair.lastIndexOf('=')
      if (at <= 0 || at === pair.length - 1)
        throw badRequest(`name: '${pair.slice(0, 80)}' must be 'their name=our name'.`, 'name')
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}
