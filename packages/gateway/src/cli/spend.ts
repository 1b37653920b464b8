import { Command, InvalidArgumentError } from 'commander'
import { openDatabase } from '../db/open-database.ts'
import type { SpendDrift } from '../db/spend/reading/read-drift.ts'
import { type SpendVerdict, verifySpend } from '../spend/verify-spend.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'
import { paint } from './terminal.ts'

interface Flags extends ConfigFlags {
  readonly days: number
  readonly all?: true
  readonly json?: true
}

const HELP = `
Compares, for every key, user, team, member, organization, project, customer, tag, model and agent: the rows of calls
with their sums by day, these with the all-time totals, and the totals with what budgets start from. Gateways may run
meanwhile; rows that still wait in their journals are in none of the books.

Exit codes: 0 they agree to the last digit, 1 they do not or could not be read, 2 a configuration is refused.

Examples:
  $ sluice spend verify --config config.yaml
  $ sluice spend verify --all --json`

/** Comparing a day of millions of calls may rightly take long. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000

/** `sluice spend verify`: whether the books of spend agree. */
export function spendCommand(): Command {
  const verify = new Command('verify')
    .description('prove that rows, daily sums, totals and budgets agree to the last digit')
    .option('-c, --config <file>', 'the config file that names the database')
    .option('--data-directory <directory>', 'data directory of the embedded database')
    .option('--days <number>', 'days back from today', wholeDays, 3)
    .option('--all', 'all days there are rows of')
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', HELP)
    .action(run)
  return new Command('spend').description('look into the books of spend').addCommand(verify)
}

async function run({ days, all, json, ...flags }: Flags): Promise<void> {
  const { settings } = await readConfig(flags)
  const { url, dataDirectory, poolSize } = settings.database
  const database = await openDatabase({
    ...{ url, dataDirectory, poolSize, mustExist: true },
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    const verdict = await verifySpend({ ...database, days: all ? undefined : days, now: Date.now() })
    process.stdout.write(json ? `${JSON.stringify(verdict, null, 2)}\n` : textOf(verdict))
    process.exitCode = verdict.drifts.length === 0 ? 0 : 1
  } finally {
    await database.close()
  }
}

function textOf({ from, to, daysCompared, drifts, isCut }: SpendVerdict): string {
  const { green, red } = paint(process.stdout)
  const when = from === undefined ? 'There are no calls.' : `${daysCompared} days, ${from} to ${to}.`
  if (drifts.length === 0) return `${green('agree')}  ${when}\n`
  const more = isCut ? 'There are more.\n' : ''
  return `${red('differ')} in ${drifts.length} places. ${when}\n${drifts.map(lineOf).join('')}${more}`
}

function lineOf({ between, kind, id, day, expected, found }: SpendDrift): string {
  const at = `${day ?? 'all days'}  ${kind} ${id === '' ? '(none)' : id}`
  const calls = expected.requests === found.requests ? '' : `, ${expected.requests} ≠ ${found.requests} calls`
  return `  ${between}  ${at}: ${expected.nanoUsd} ≠ ${found.nanoUsd} nano-dollars${calls}\n`
}

function wholeDays(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days > 0 && days <= 10_000) return days
  throw new InvalidArgumentError('must be a whole number of days')
}
