import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { badRequest, zonedCalendar } from 'sluice/internal'
import { openDatabase } from '../db/open-database.ts'
import { type MigrationReport, migrateLitellm } from '../migrate/litellm/migrate-litellm.ts'
import { reportText } from '../migrate/litellm/report-text.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'
import { paint } from './terminal.ts'

interface Flags extends ConfigFlags {
  readonly databaseUrl?: string
  readonly apply?: true
  readonly modelsFile?: string
  readonly json?: true
  readonly spendLogs: string
}

const STATEMENT_TIMEOUT_MS = 30 * 60_000

const HELP = `
Copies budgets, organizations, teams, users, members, projects, customers, tags, access groups, keys with their hashes
(every key that was issued goes on working), passwords and open invitations of users, single calls and sums of spend by
day. LiteLLM's database is only read, in one snapshot.
Without --apply nothing is written. It can be run as often as you like: what has not changed in LiteLLM since the last
run is left alone, and spend is counted once.

Models of LiteLLM's database are encrypted with LITELLM_SALT_KEY (else LITELLM_MASTER_KEY); where one of them is set,
--models-file writes them, secrets included, to a file for the configuration's include.

Example:
  $ sluice migrate litellm --database-url postgresql://…/litellm --config config.yaml
  $ sluice migrate litellm --database-url postgresql://…/litellm --config config.yaml --apply --models-file models.yaml`

/** `sluice migrate litellm`: moves what LiteLLM remembers into our database. */
export function migrateCommand(): Command {
  const litellm = new Command('litellm')
    .description("copy keys, people, budgets and spend from LiteLLM's PostgreSQL")
    .option(
      '--database-url <url>',
      "LiteLLM's database; default LITELLM_DATABASE_URL, else the configuration's",
    )
    .option('-c, --config <file>', 'the config file that names our database')
    .option('--data-directory <directory>', 'data directory of the embedded database')
    .option('--dry-run', 'only say what would be done (the default)')
    .option('--apply', 'write')
    .option('--models-file <file>', 'write the models to this file')
    .option(
      '--spend-logs <which>',
      'single calls to copy: all, none, or those from a day on (2026-01-31)',
      'all',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(run)
  return new Command('migrate').description('move here from another gateway').addCommand(litellm)
}

async function run(flags: Flags): Promise<void> {
  const { settings } = await readConfig(flags)
  const { environment } = settings
  const url = flags.databaseUrl ?? environment.get('LITELLM_DATABASE_URL') ?? settings.database.url
  if (url === undefined)
    throw badRequest("Name LiteLLM's database with --database-url postgresql://….", 'database-url')
  const database = await openDatabase({ ...settings.database, statementTimeoutMs: STATEMENT_TIMEOUT_MS })
  try {
    const report = await migrateLitellm({
      ...{ url, database, isDry: flags.apply !== true, now: Date.now(), onProgress: progress() },
      callsSince: callsSince(flags.spendLogs),
      saltKey: environment.get('LITELLM_SALT_KEY') ?? environment.get('LITELLM_MASTER_KEY'),
      calendar: zonedCalendar(settings.limits.timezone),
    })
    process.stderr.write(clearLine())
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(withoutSecrets(report), null, 2)}\n`
        : reportText(report, paint(process.stdout)),
    )
    if (flags.modelsFile !== undefined) await writeModels(flags.modelsFile, report)
  } finally {
    await database.close()
  }
}

/** Milliseconds; undefined for none. */
function callsSince(which: string): number | undefined {
  if (which === 'none') return undefined
  if (which === 'all') return 0
  const since = /^\d{4}-\d{2}-\d{2}$/.test(which) ? Date.parse(which) : Number.NaN
  if (Number.isNaN(since))
    throw badRequest('--spend-logs: must be all, none, or a day such as 2026-01-31.', 'spend-logs')
  return since
}

/** JSON is YAML. The file holds the providers' keys. */
async function writeModels(file: string, { models: { models } }: MigrationReport): Promise<void> {
  await writeFile(file, `${JSON.stringify({ model_list: models }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  process.stdout.write(`${models.length} models were written to ${file}: name it under \`include\`.\n`)
}

function withoutSecrets(report: MigrationReport) {
  const { models, sealed } = report.models
  return { ...report, models: { models: models.map(each => each.model_name), sealed } }
}

/** One line that changes, where somebody looks. */
function progress(): (table: string, done: number, total: number) => void {
  if (!process.stderr.isTTY) return () => {}
  return (table, done, total) => process.stderr.write(`${clearLine()}${table}: ${done} of ${total}`)
}

function clearLine(): string {
  return process.stderr.isTTY ? '\r\u001b[K' : ''
}
