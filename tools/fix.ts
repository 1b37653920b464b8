/** `npm run fix`: formats, sorts imports, and applies the linter's safe fixes. Arguments are paths (default: all). */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const paths = process.argv.slice(2)

const linted = run('node_modules/oxlint/bin/oxlint', '--fix', '--quiet', ...paths)
const formatted = run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...paths)
process.exitCode = linted || formatted

function run(program: string, ...args: readonly string[]): number {
  return (
    spawnSync(process.execPath, [join(root, program), ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
  )
}
