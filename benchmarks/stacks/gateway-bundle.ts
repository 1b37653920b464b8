import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'

const gateway = join(import.meta.dirname, '../../packages/gateway')

/** The folder of the gateway's built bundle. */
export const gatewayBundle = join(gateway, 'dist')

/** Copies the bundle, so that a build during a long run does not change what is measured. Gives the copy's folder. */
export async function copyGatewayBundle(cacheDirectory: string): Promise<string> {
  // Inside the repository, where the bundle finds the packages that it does not contain.
  const copy = join(cacheDirectory, 'gateway')
  await rm(copy, { recursive: true, force: true })
  await cp(gatewayBundle, join(copy, 'dist'), { recursive: true })
  await cp(join(gateway, 'package.json'), join(copy, 'package.json'))
  return join(copy, 'dist')
}
