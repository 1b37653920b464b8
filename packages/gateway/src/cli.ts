#!/usr/bin/env node
import { Command } from 'commander'
import { auditCommand } from './cli/audit.ts'
import { copyCommand } from './cli/copy.ts'
import { doctorCommand } from './cli/doctor.ts'
import { fail } from './cli/fail.ts'
import { invoicesCommand } from './cli/invoices.ts'
import { migrateCommand } from './cli/migrate.ts'
import { providersCommand } from './cli/providers.ts'
import { simulateCommand } from './cli/simulate.ts'
import { spendCommand } from './cli/spend.ts'
import { startCommand } from './cli/start.ts'
import { outliveReader } from './cli/terminal.ts'
import { validateCommand } from './cli/validate.ts'
import { VERSION } from './version.ts'

outliveReader(process.stdout)

const program = new Command('sluice')
  .description('A universal LLM gateway, drop-in for the LiteLLM proxy.')
  .version(VERSION)
  .showHelpAfterError('(run with --help to see what there is)')

program.addCommand(startCommand(), { isDefault: true })
program.addCommand(validateCommand())
program.addCommand(doctorCommand())
program.addCommand(providersCommand())
program.addCommand(copyCommand())
program.addCommand(migrateCommand())
program.addCommand(simulateCommand())
program.addCommand(auditCommand())
program.addCommand(invoicesCommand())
program.addCommand(spendCommand())

try {
  await program.parseAsync()
} catch (error) {
  fail(error)
}
