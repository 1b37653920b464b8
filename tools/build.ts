/** `node tools/build.ts [--quiet] <part…>`: builds the parts named, in the order they depend on each other. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildGateway } from './build/gateway.ts'
import { buildSdk } from './build/sdk.ts'
import { buildTypes } from './build/types.ts'

const root = dirname(import.meta.dirname)
const builders = { sdk: buildSdk, gateway: buildGateway, types: buildTypes }
const entryFiles = {
  sdk: 'packages/sdk/src/index.ts',
  gateway: 'packages/gateway/src/cli.ts',
  types: 'packages/sdk/src/index.ts',
}

const quiet = process.argv.includes('--quiet')
const asked = process.argv.slice(2).filter(argument => !argument.startsWith('-'))
const unknown = asked.filter(name => !(name in builders))
if (unknown.length > 0) {
  console.error(`unknown part ${unknown.join(', ')}: the parts are ${Object.keys(builders).join(', ')}`)
  process.exit(1)
}

for (const name of Object.keys(builders) as (keyof typeof builders)[]) {
  if (asked.length > 0 && !asked.includes(name)) continue
  if (!existsSync(join(root, entryFiles[name]))) {
    console.error(`build: ${entryFiles[name]} does not exist, so "${name}" was not built`)
    continue
  }
  const started = new Date()
  if (quiet) console.error(`sluice: building ${name} …`)
  try {
    await builders[name](root)
  } catch (error) {
    // esbuild has already printed its own errors, with the source lines.
    const printed = error instanceof Error && 'errors' in error
    console.error(printed ? `build of ${name} failed` : error)
    process.exit(1)
  }
  stamp(name, started)
  if (!quiet) console.log(`${name.padEnd(8)} built in ${Date.now() - started.getTime()} ms`)
}

/** Dates the stamp to when the build began: a source saved meanwhile is newer, and built again next time. */
function stamp(name: string, started: Date): void {
  const file = join(root, '.cache/build', name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  utimesSync(file, started, started)
}
