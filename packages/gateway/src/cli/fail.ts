import { SluiceError } from 'sluice/internal'
import { ConfigError, formatProblems } from '../config/problem.ts'
import { useColor } from './terminal.ts'

/** Ends the process with a message people can act on. A bad configuration exits with 2, anything else with 1. */
export function fail(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`${formatProblems(error.problems, { color: useColor(process.stderr) })}\n`)
    process.exit(2)
  }
  const known = error instanceof SluiceError || isSystemError(error)
  process.stderr.write(
    `sluice: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
}
