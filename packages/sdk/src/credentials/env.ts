/** The only place of the SDK that reads the process environment. Blank values count as unset. */
export function readEnvironment(names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = process.env[name]?.trim()
    if (value) return value
  }
  return undefined
}
