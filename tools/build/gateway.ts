import { existsSync } from 'node:fs'
import { chmod, copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { licences } from './licences.ts'

/** CommonJS dependencies (fastify, pg, pino) expect these three names, which an ES module does not have. */
const commonJsNames = `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __filename = import.meta.filename
const __dirname = import.meta.dirname`

/** Entry name in `dist/` → source file. The SQLite worker is loaded as `new URL('./sqlite-worker.js', import.meta.url)`. */
const entries = {
  main: 'src/cli.ts',
  index: 'src/index.ts',
  'sqlite-worker': 'src/db/sqlite/worker.ts',
}

/**
 * Bundles the gateway with every dependency inside, so that the published package installs nothing. Modules imported
 * lazily stay files of their own, all flat in one folder, so that `import.meta.url` means the same folder in each.
 */
export async function buildGateway(
  root: string,
  dist: string = join(root, 'packages/gateway/dist'),
): Promise<void> {
  const folder = join(root, 'packages/gateway')
  const present = Object.entries(entries).filter(([, source]) => existsSync(join(folder, source)))
  await checkVersion(root)
  await rm(dist, { recursive: true, force: true })
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: Object.fromEntries(present),
    outdir: dist,
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['@sluice/source'],
    external: ['pg-native'],
    banner: { js: commonJsNames },
    sourcemap: 'linked',
    // Names stay readable in stack traces; what goes is held in memory by every process.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  await writeFile(join(dist, 'THIRD_PARTY_LICENSES.txt'), licences(folder, metafile))
  await copyFile(join(import.meta.dirname, 'gateway-entry.js'), join(dist, 'cli.js'))
  await chmod(join(dist, 'cli.js'), 0o755)
  const dashboard = join(root, 'packages/dashboard/dist')
  if (existsSync(dashboard)) await cp(dashboard, join(dist, 'dashboard'), { recursive: true })
}

/** What the gateway says its version is must be what both packages are published as. */
async function checkVersion(root: string): Promise<void> {
  const source = join(root, 'packages/gateway/src/version.ts')
  if (!existsSync(source)) return
  const { VERSION } = (await import(source)) as { VERSION: string }
  for (const name of ['sdk', 'gateway']) {
    const manifest = await readFile(join(root, 'packages', name, 'package.json'), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    if (version !== VERSION) {
      throw new Error(`packages/${name}/package.json has version ${version}, and ${source} has ${VERSION}`)
    }
  }
}
