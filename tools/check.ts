/**
 * `npm run check`: everything that can be known without servers, in under a minute. Two steps run at a time; each
 * prints one line when it ends, and the output of those that failed follows. Names of steps choose some of them.
 */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const modules = join(root, 'node_modules')

/** The longest first, so that two at a time end together. */
const steps: Readonly<Record<string, readonly string[]>> = {
  unit: [join(modules, 'vitest/vitest.mjs'), 'run', '--project', 'unit', '--reporter', 'agent'],
  types: [join(modules, 'typescript/bin/tsc'), '-p', root],
  lint: [join(modules, 'oxlint/bin/oxlint')],
  house: [join(import.meta.dirname, 'check-house.ts')],
  format: [join(modules, '@biomejs/biome/bin/biome'), 'check', '--error-on-warnings'],
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in steps))
if (unknown.length > 0) {
  console.error(`no step is called ${unknown.join(', ')}: the steps are ${Object.keys(steps).join(', ')}`)
  process.exit(1)
}

interface Outcome {
  readonly name: string
  readonly ok: boolean
  readonly output: string
}

const started = Date.now()
const waiting = Object.keys(steps).filter(name => asked.length === 0 || asked.includes(name))
const lanes = await Promise.all([lane(), lane()])
const failures = lanes.flat().filter(outcome => !outcome.ok)

for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`)
const verdict = failures.length === 0 ? 'all good' : `failed: ${failures.map(({ name }) => name).join(', ')}`
console.log(`\ncheck: ${verdict} (${seconds(started)})`)
process.exitCode = failures.length === 0 ? 0 : 1

/** Takes the next waiting step until none is left. */
async function lane(): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) outcomes.push(await run(name))
  return outcomes
}

async function run(name: string): Promise<Outcome> {
  const began = Date.now()
  const child = spawn(process.execPath, steps[name] ?? [], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', exitCode => resolve(exitCode ?? 1))
  })
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${seconds(began)}`)
  return { name, ok: code === 0, output }
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
