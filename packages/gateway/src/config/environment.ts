import type { Environment } from './source/references.ts'

/** A copy of the process environment; the only place of the gateway that reads it. */
export function processEnvironment(): Environment {
  return new Map(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}
