import { Command } from 'commander'
import { copyDatabase } from '../db/copy-database.ts'
import { openDatabase } from '../db/open-database.ts'
import { type ConfigFlags, readConfig } from './read-config.ts'

/** Counting and comparing whole tables may rightly take long. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000

/** `sluice db copy --to postgresql://…`: moves what the gateway remembers to another database. */
export function copyCommand(): Command {
  const copy = new Command('copy')
    .description('copy the database to another one; the gateway should be stopped')
    .requiredOption('--to <url>', 'postgresql://… or a data directory for an embedded database')
    .option('-c, --config <file>', 'the config file that names the source')
    .option('--data-directory <directory>', 'data directory of the source')
    .action(run)
  return new Command('db').description('look after the database').addCommand(copy)
}

async function run(flags: ConfigFlags & { readonly to: string }): Promise<void> {
  const { settings } = await readConfig(flags)
  const { url, dataDirectory, poolSize } = settings.database
  const isUrl = /^postgres(ql)?:\/\//.test(flags.to)
  const from = await openDatabase({
    url,
    dataDirectory,
    poolSize,
    mustExist: true,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  const to = await openDatabase({
    url: isUrl ? flags.to : undefined,
    dataDirectory: isUrl ? dataDirectory : flags.to,
    poolSize,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    await copyDatabase(from, to, ({ table, copied, total }) => {
      process.stdout.write(
        `${process.stdout.isTTY ? '\r' : ''}${table}: ${copied} of ${total}${copied >= total ? '\n' : ''}`,
      )
    })
    process.stdout.write('Done: every table was copied and its counts and sums agree.\n')
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}
