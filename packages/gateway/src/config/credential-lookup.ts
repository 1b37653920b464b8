import type { Environment } from './source/references.ts'

/** Reads the first of some variables that is set; blank values count as unset. For the credentials of providers. */
export function credentialLookup(environment: Environment): (names: readonly string[]) => string | undefined {
  return names => names.map(name => environment.get(name)?.trim()).find(value => value)
}
