import { Command, InvalidArgumentError } from 'commander'
import { type ChainVerdict, verifyChain } from '../db/audit/verify-chain.ts'
import { openDatabase } from '../db/open-database.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'
import { paint } from './terminal.ts'

interface Flags extends ConfigFlags {
  readonly expect?: string
  readonly json?: true
}

const HELP = `
Every entry's hash covers what it says and the hash before it. Somebody who may write the whole database can make a
new chain without a flaw: keep the head that this command prints (or that the gateway's log has, with every change)
somewhere else, and hand it over as --expect later. Gateways may run meanwhile.

Exit codes: 0 whole, 1 the chain is broken or could not be read, 2 a configuration is refused.

Examples:
  $ sluice audit verify --config config.yaml
  $ sluice audit verify --data-directory .sluice --expect 5f0c…e1`

/** `sluice audit verify`: whether the audit log is what gateways wrote. */
export function auditCommand(): Command {
  const verify = new Command('verify')
    .description('find audit log entries that were altered, removed, reordered or added by other hands')
    .option('-c, --config <file>', 'the config file that names the database')
    .option('--data-directory <directory>', 'data directory of the embedded database')
    .option('--expect <hash>', 'hash of an entry, written down elsewhere: the chain must still have it', hash)
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', HELP)
    .action(run)
  return new Command('audit').description('look into the audit log').addCommand(verify)
}

async function run({ expect, json, ...flags }: Flags): Promise<void> {
  const { settings } = await readConfig(flags)
  const { url, dataDirectory, poolSize } = settings.database
  const database = await openDatabase({ url, dataDirectory, poolSize, mustExist: true })
  try {
    const verdict = await verifyChain(database.audit, expect)
    process.stdout.write(json ? `${JSON.stringify(verdict, null, 2)}\n` : textOf(verdict))
    process.exitCode = verdict.broken === undefined ? 0 : 1
  } finally {
    await database.close()
  }
}

function textOf({ entries, startSequence, headSequence, headHash, broken }: ChainVerdict): string {
  const { green, red } = paint(process.stdout)
  const cut =
    startSequence === 0
      ? ''
      : ` Entries 1 to ${startSequence} were removed by retention, as one of them says.`
  if (broken === undefined)
    return `${green('whole')}  ${entries} entries.${cut}\nhead   ${headSequence} ${headHash}\n`
  const { sequence, id, why } = broken
  const at = id === undefined ? `at entry ${sequence}` : `at entry ${sequence}, id ${id}`
  return `${red('broken')} ${at}: ${why}.\n       ${entries} entries before it are whole.\n`
}

function hash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new InvalidArgumentError('It must be the 64 hex digits that verify printed as the head.')
}
