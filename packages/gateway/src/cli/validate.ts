import { Command } from 'commander'
import { formatProblems } from '../config/problem.ts'
import { readConfig } from './read-config.ts'
import { useColor } from './terminal.ts'

/** `sluice validate config.yaml`: what a start would say of the file, without starting. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check a config.yaml without starting')
    .argument('<file>', 'the config file')
    .action(async (file: string) => {
      const { settings, warnings } = await readConfig({ config: file })
      if (warnings.length > 0)
        process.stdout.write(`${formatProblems(warnings, { color: useColor(process.stdout) })}\n`)
      const groups = new Set(settings.deployments.map(({ group }) => group))
      process.stdout.write(
        `${file} is valid: ${settings.deployments.length} deployments in ${groups.size} model groups, ${warnings.length} warnings.\n`,
      )
    })
}
