import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Writes the `.d.ts` files of both published packages into their `dist/`. Types are not checked here
 * (`npm run check` does), so a half-finished file elsewhere does not stop a build.
 */
export async function buildTypes(root: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  for (const name of ['sdk', 'gateway']) {
    if (!existsSync(join(root, 'packages', name, 'src/index.ts'))) continue
    const project = join(root, 'packages', name, 'tsconfig.build.json')
    await run(process.execPath, [compiler, '--project', project, '--noCheck'])
  }
}
