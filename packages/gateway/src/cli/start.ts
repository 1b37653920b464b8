import { Command } from 'commander'
import { findOrCreateMasterKey, type MasterKey } from '../config/master-key.ts'
import { formatProblems } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { watchConfig } from '../config/watch-config.ts'
import { type Gateway, openGateway } from '../gateway.ts'
import { startServer } from '../server.ts'
import { createLog, type GatewayLog } from '../telemetry/log.ts'
import { type ConfigFlags, loadOptions, readConfig } from './read-config.ts'
import { useColor } from './terminal.ts'
import { welcome } from './welcome.ts'

/** `sluice [start]`: the gateway. */
export function startCommand(): Command {
  return new Command('start')
    .description('start the gateway (the default)')
    .option(
      '-c, --config <file>',
      "a LiteLLM config.yaml; without one, models come from the environment's keys",
    )
    .option('--host <host>', 'address to listen on (default 127.0.0.1)')
    .option('-p, --port <port>', 'port to listen on (default 4000)')
    .option(
      '--data-directory <directory>',
      'where the embedded database, the journal and the master key live',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent')
    .action(start)
}

async function start(flags: ConfigFlags): Promise<void> {
  const began = performance.now()
  const { settings: configured, warnings, files } = await readConfig(flags)
  if (warnings.length > 0)
    process.stderr.write(`${formatProblems(warnings, { color: useColor(process.stderr) })}\n`)
  const { settings, master } = await withMasterKey(configured)
  const log = createLog(settings.telemetry)
  const gateway = await openGateway(settings, log)
  const server = await startServer(gateway)
  process.stdout.write(welcome({ settings, master, url: server.url, tookMs: performance.now() - began }))
  const watcher = watchChanges(flags, files, settings, gateway, log)
  const stop = once(async (signal: string) => {
    log.info({ signal }, 'shutting down: no new connections, open calls may end')
    watcher?.close()
    await server.close()
    process.exit(0)
  })
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** A gateway without a configured master key makes one and keeps it; an open gateway is never the default. */
async function withMasterKey(
  settings: Settings,
): Promise<{ settings: Settings; master: MasterKey | undefined }> {
  if (settings.auth.masterKey !== undefined) return { settings, master: undefined }
  const master = await findOrCreateMasterKey(settings.database.dataDirectory)
  return { settings: { ...settings, auth: { ...settings.auth, masterKey: master.key } }, master }
}

function watchChanges(
  flags: ConfigFlags,
  files: readonly string[],
  settings: Settings,
  gateway: Gateway,
  log: GatewayLog,
) {
  if (settings.source === undefined) return undefined
  return watchConfig({
    ...loadOptions(flags),
    path: settings.source,
    files,
    onChange(change) {
      if (!change.ok) {
        log.error(
          { problems: change.error.problems.length },
          'the changed configuration is refused; the old one stays in force',
        )
        process.stderr.write(
          `${formatProblems(change.error.problems, { color: useColor(process.stderr) })}\n`,
        )
        return
      }
      const next = change.loaded.settings
      const masterKey = next.auth.masterKey ?? gateway.stages().settings.auth.masterKey
      gateway.reload({ ...next, auth: { ...next.auth, masterKey } })
      log.info({ deployments: next.deployments.length }, 'configuration reloaded')
    },
  })
}

function once(work: (signal: string) => Promise<void>): (signal: NodeJS.Signals) => void {
  let begun = false
  return signal => {
    // A second signal means: now.
    if (begun) process.exit(1)
    begun = true
    void work(signal)
  }
}
