/**
 * `node tools/check-house.ts [--update]`: the rules of docs/architecture.md that no compiler knows: which room may
 * import which, no cycles, sizes, names, and where environment, sockets, SQL and provider names may appear.
 * `--update` rewrites the record of accepted sizes, house-ratchet.json.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { judge } from './house/judge.ts'
import { readModule } from './house/read-module.ts'
import { ordinaryWords, providerRegistry } from './house/rules.ts'
import { judgeSizes, type Ratchet, recordSizes } from './house/sizes.ts'

const root = dirname(import.meta.dirname)
const ratchetFile = join(import.meta.dirname, 'house-ratchet.json')

const paths = globSync('{packages/*/src,tools,e2e,benchmarks,examples}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**', '**/*.d.ts'],
})
const modules = paths.toSorted().map(path => readModule(path, readFileSync(join(root, path), 'utf8')))
if (process.argv.includes('--update')) {
  writeFileSync(ratchetFile, `${JSON.stringify(recordSizes(modules), null, 2)}\n`)
}

const ratchet = readJson(ratchetFile) as Ratchet
const house = { packages: declaredPackages(), providerNames: await namesOfProviders() }
const problems = [...judge(modules, house), ...judgeSizes(modules, ratchet)]
for (const { path, line, message } of problems) console.log(`${path}${line ? `:${line}` : ''} ${message}`)
console.log(
  problems.length === 0
    ? `The house is in order: ${modules.length} files.`
    : `${problems.length} problems in ${modules.length} files.`,
)
process.exitCode = problems.length === 0 ? 0 : 1

/** The SDK ships with its dependencies beside it; the gateway bundles its own, which are devDependencies. */
function declaredPackages(): ReadonlyMap<string, readonly string[]> {
  const keys = (name: string, field: string) => {
    const manifest = readJson(join(root, 'packages', name, 'package.json')) as Record<
      string,
      object | undefined
    >
    return Object.keys(manifest[field] ?? {})
  }
  return new Map([
    ['packages/sdk/src', [...keys('sdk', 'dependencies'), ...keys('sdk', 'peerDependencies')]],
    ['packages/gateway/src', [...keys('gateway', 'dependencies'), ...keys('gateway', 'devDependencies')]],
  ])
}

async function namesOfProviders(): Promise<ReadonlySet<string>> {
  const { providers } = (await import(join(root, providerRegistry))) as {
    providers: ReadonlyMap<string, unknown>
  }
  return new Set([...providers.keys()].filter(name => !ordinaryWords.includes(name)))
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
