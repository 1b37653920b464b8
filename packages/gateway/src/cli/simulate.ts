import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { createCatalogue } from 'sluice/internal'
import { formatProblems } from '../config/problem.ts'
import { silentLog } from '../db/log.ts'
import { loadPrices } from '../load-prices.ts'
import { textReport } from '../simulate/report/text-report.ts'
import { type Candidacy, simulate } from '../simulate/simulate.ts'
import { readConfig } from './read-config.ts'
import { paint, useColor } from './terminal.ts'

interface Flags {
  readonly log: string
  readonly config: string
  readonly baseline?: string
  readonly seed: number
  readonly json?: true
}

const HELP = `
The log is what /spend/logs answers (an array, a page with "data", or JSON Lines); LiteLLM's own has the same
columns, so its traffic can be tried on a configuration before anything is moved. A row that cannot be read is
named and left out. Nothing is sent anywhere: the real router asks deployments that behave as those in the log did.

Examples:
  $ curl -H "Authorization: Bearer $KEY" "$URL/spend/logs?summarize=false&size=1000" > calls.json
  $ sluice simulate --log calls.json --baseline config.yaml --config new.yaml
  $ psql "$DATABASE_URL" -At -c 'SELECT row_to_json(l) FROM "LiteLLM_SpendLogs" l' | sluice simulate --log - --config new.yaml

With --baseline both configurations are simulated and compared, so that what the model gets wrong is wrong on both
sides: recommended. Exit codes: 0 simulated, 1 there was nothing to simulate, 2 a configuration is refused.`

/** `sluice simulate --log calls.jsonl --config new.yaml`: what another configuration would have made of past calls. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('replay recorded calls against another configuration: cost, latency, failures')
    .requiredOption('--log <file>', 'recorded calls: spend rows as JSON; - for standard input')
    .requiredOption('-c, --config <file>', 'the configuration to try')
    .option('--baseline <file>', 'the configuration in force, to be simulated too')
    .option('--seed <number>', 'chance begins here: the same seed, the same numbers', wholeNumber, 1)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(run)
}

async function run({ log, config: file, baseline: before, seed, json }: Flags): Promise<void> {
  const config = await candidacy(file)
  const baseline = before === undefined ? undefined : await candidacy(before)
  const progress = new Progress()
  const report = await simulate({
    log: log === '-' ? process.stdin : createReadStream(log),
    config,
    baseline,
    seed,
    onProgress: (what, done, share) => progress.tell(what, done, share),
  }).finally(() => progress.end())
  process.stdout.write(
    json ? `${JSON.stringify(report, null, 2)}\n` : textReport(report, paint(process.stdout)),
  )
}

async function candidacy(file: string): Promise<Candidacy> {
  const { settings, warnings } = await readConfig({ config: file })
  if (warnings.length > 0)
    process.stderr.write(`${formatProblems(warnings, { color: useColor(process.stderr) })}\n`)
  const catalogue = createCatalogue()
  await loadPrices(catalogue, settings.prices, { ...silentLog, error: complain })
  return { name: basename(file), settings, catalogue }
}

function complain(fields: object, message: string): void {
  process.stderr.write(`sluice: ${message} ${JSON.stringify(fields)}\n`)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

const EVERY_MS = 250

/** One line on standard error that is written over, where a person looks. */
class Progress {
  private readonly stream = process.stderr
  /** Of the real clock: the replay has one of its own. */
  private readonly now = Date.now
  private toldAt = 0
  private hasTold = false

  tell(what: string, done: number, share: number | undefined): void {
    if (!this.stream.isTTY || this.now() - this.toldAt < EVERY_MS) return
    this.toldAt = this.now()
    this.hasTold = true
    const part = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`
    this.stream.write(`\r\u001b[K${done.toLocaleString('en')} ${what}${part}`)
  }

  end(): void {
    if (this.hasTold) this.stream.write('\r\u001b[K')
  }
}
