import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Folders where packages put server programs without adding them to PATH; the newest version sorts last. */
const extraFolders = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/{postgresql*,redis,valkey}/bin',
  '/usr/local/opt/{postgresql*,redis,valkey}/bin',
]

/** Full path of the first of `names` that can be run, from PATH or the usual folders; undefined when there is none. */
export function findProgram(...names: readonly string[]): string | undefined {
  const byVersion = new Intl.Collator('en', { numeric: true })
  const extra = extraFolders.flatMap(pattern => globSync(pattern).toSorted(byVersion.compare).toReversed())
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...extra]
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
