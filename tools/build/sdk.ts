import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Bundles package `sluice` into ESM entry points that share chunks; its dependencies stay imports. */
export async function buildSdk(root: string): Promise<void> {
  const folder = join(root, 'packages/sdk')
  await rm(join(folder, 'dist/chunks'), { recursive: true, force: true })
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/index.ts', 'src/internal.ts'],
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  })
}
