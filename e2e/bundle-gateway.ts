import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildGateway } from '../tools/build/gateway.ts'

const root = dirname(import.meta.dirname)

/** Bundles the gateway once for all files: started from its source, each process would spend seconds on reading it. */
export default async function bundleGateway(): Promise<() => Promise<void>> {
  if (process.env['SLUICE_TEST_GATEWAY'] !== undefined) return async () => {}
  const folder = await mkdtemp(join(root, 'packages/gateway/.e2e-'))
  await buildGateway(root, folder)
  process.env['SLUICE_TEST_GATEWAY'] = join(folder, 'cli.js')
  return () => rm(folder, { recursive: true, force: true })
}
