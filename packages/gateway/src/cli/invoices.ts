import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Database } from '../db/database.ts'
import type { InvoiceOverlap, InvoiceRow } from '../db/invoices/invoice-store.ts'
import { silentLog } from '../db/log.ts'
import { openDatabase } from '../db/open-database.ts'
import { type Audit, createAudit } from '../management/audit/audit-log.ts'
import { invoiceObject, reportObject } from '../management/invoices/invoice-json.ts'
import { InvoiceOffice } from '../management/invoices/invoice-office.ts'
import { INVOICE_TABLE, namesOf } from '../management/invoices/invoice-routes.ts'
import { INVOICE_SOURCES, type InvoiceSource } from '../spend/invoices/invoice-format.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'
import { paint } from './terminal.ts'

interface ImportFlags extends ConfigFlags {
  readonly account: string
  readonly overlap: InvoiceOverlap
  readonly name: readonly string[]
}

interface ReportFlags extends ConfigFlags {
  readonly source: InvoiceSource
  readonly account?: string
  readonly from: string
  readonly to: string
  readonly least: number
  readonly json?: true
}

const HELP = `
Known are OpenAI's costs and usage (JSON of the API, CSV of the dashboard), Anthropic's cost and usage reports (JSON,
CSV), AWS's Cost and Usage Report (CSV, also .gz) and Cost Explorer (JSON), Google Cloud's billing export from BigQuery
(CSV, JSON) and Azure's cost details (CSV). The format is seen from the file.

Examples:
  $ sluice invoices import costs.csv --config config.yaml
  $ sluice invoices import cur-00001.csv.gz --account 123456789012
  $ sluice invoices import details.csv --name 'gpt 4o 1120 Inp glbl Tokens=my-gpt4o-deployment'
  $ sluice invoices report --source openai --from 2026-11-01 --to 2026-11-30`

/** `sluice invoices import|report`: providers' bills against our books. */
export function invoicesCommand(): Command {
  return new Command('invoices')
    .description("compare providers' bills with what was recorded")
    .addHelpText('after', HELP)
    .addCommand(importCommand())
    .addCommand(reportCommand())
}

function importCommand(): Command {
  return withConfig(new Command('import'))
    .description("import a provider's bill or report of usage; the same file counts once")
    .argument('<file>', 'the export, as it came')
    .option('--account <name>', 'tells bills of one source apart', '')
    .option(
      '--name <theirs=ours>',
      'a model that is named differently on the bill; may be repeated',
      gather,
      [],
    )
    .addOption(
      new Option('--overlap <how>', 'what to do when an earlier file covers the same days')
        .choices(['refuse', 'replace', 'add'])
        .default('refuse'),
    )
    .action((file: string, flags: ImportFlags) =>
      withOffice(flags, (office, audit) => importFile(office, audit, file, flags)),
    )
}

function reportCommand(): Command {
  return withConfig(new Command('report'))
    .description('ours and theirs by day and model')
    .addOption(new Option('--source <source>', 'whose bill').choices(INVOICE_SOURCES).makeOptionMandatory())
    .requiredOption('--from <day>', 'the first day, such as 2026-11-01', day)
    .requiredOption('--to <day>', 'the last day', day)
    .option('--account <name>', 'bills of this account alone')
    .option('--least <percent>', 'leave out rows that differ by less', percent, 0)
    .option('--json', 'print the report as JSON')
    .action((flags: ReportFlags) => withOffice(flags, office => printReport(office, flags)))
}

function withConfig(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the config file that names the database')
    .option('--data-directory <directory>', 'data directory of the embedded database')
}

async function withOffice(
  flags: ConfigFlags,
  work: (office: InvoiceOffice, audit: Audit) => Promise<void>,
): Promise<void> {
  const { settings } = await readConfig({
    ...(flags.config !== undefined && { config: flags.config }),
    ...(flags.dataDirectory !== undefined && { dataDirectory: flags.dataDirectory }),
  })
  const { url, dataDirectory, poolSize } = settings.database
  const database: Database = await openDatabase({ url, dataDirectory, poolSize, mustExist: true })
  const audit = createAudit({ database, log: silentLog, isOn: () => settings.audit.isOn, now: Date.now })
  try {
    await work(new InvoiceOffice({ database, now: Date.now }), audit)
  } finally {
    await database.close()
  }
}

async function importFile(
  office: InvoiceOffice,
  audit: Audit,
  file: string,
  flags: ImportFlags,
): Promise<void> {
  const { invoice, isNew } = await office.import(createReadStream(file), {
    ...{ fileName: basename(file), account: flags.account, overlap: flags.overlap, by: 'sluice invoices' },
    names: namesOf(flags.name),
  })
  if (isNew) await recordImport(audit, invoice)
  const { format, firstDay, lastDay, lines, otherLines, id } = invoice
  const what = `${format}, ${firstDay} to ${lastDay}: ${lines} lines about models, ${otherLines} about something else.`
  process.stdout.write(`${isNew ? 'Imported' : 'Imported before, and counted once'}: ${what}\nid ${id}\n`)
}

async function recordImport(audit: Audit, invoice: InvoiceRow): Promise<void> {
  const change = {
    action: 'created',
    table: INVOICE_TABLE,
    objectId: invoice.id,
    actor: 'sluice invoices',
  } as const
  await audit.record({ ...change, after: invoiceObject(invoice) })
}

async function printReport(office: InvoiceOffice, flags: ReportFlags): Promise<void> {
  const { source, account, from, to, least } = flags
  const report = reportObject(await office.report({ source, account, from, to }))
  const rows = report.rows.filter(row => row.match !== 'both' || Math.abs(row.percent ?? 100) >= least)
  process.stdout.write(
    flags.json ? `${JSON.stringify({ ...report, rows }, null, 2)}\n` : textOf({ ...report, rows }),
  )
}

type Report = ReturnType<typeof reportObject>

function textOf({ source, invoices, totals, rows }: Report): string {
  if (invoices.length === 0)
    return `No bill of ${source} covers these days. Import one: sluice invoices import <file>.\n`
  const { red, dim } = paint(process.stdout)
  const lines = rows.map(row => {
    const mark = row.match === 'both' ? '' : row.match === 'only_ours' ? '  not billed' : '  not ours'
    const unknown =
      row.unknown_cost_requests > 0 ? `  ${row.unknown_cost_requests} calls of unknown cost` : ''
    const text = `${row.date}  ${money(row.our_spend)}  ${money(row.their_spend)}  ${money(row.difference)}  ${share(row.percent)}  ${row.model}${mark}${unknown}`
    return row.difference === 0 ? dim(text) : mark === '' ? text : red(text)
  })
  const head = `date              ours        theirs    difference         %  model`
  const sum = `total       ${money(totals.our_spend)}  ${money(totals.their_spend)}  ${money(totals.difference)}  ${share(totals.percent)}`
  return `${[head, ...lines, sum].join('\n')}\n`
}

function money(usd: number | null): string {
  return (usd === null ? '–' : usd.toFixed(6)).padStart(12)
}

function share(value: number | null): string {
  return (value === null ? '–' : value.toFixed(2)).padStart(8)
}

function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function day(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new InvalidArgumentError('It must be a day such as 2026-11-21.')
}

function percent(text: string): number {
  const value = Number(text)
  if (value >= 0) return value
  throw new InvalidArgumentError('It must be a number of percent.')
}
