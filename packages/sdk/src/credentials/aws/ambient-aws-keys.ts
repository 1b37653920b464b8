import { createError } from '../../errors.ts'
import { namedExports } from '../named-exports.ts'
import type { AwsKeys } from './sign-aws.ts'

const PACKAGE = '@aws-sdk/credential-provider-node'

/**
 * Keys from where AWS's own tools find them: shared files and profiles, SSO, processes, web identity files, containers
 * and instances. Throws an `authentication` error that says what is missing.
 */
export async function ambientAwsKeys(profile: string | undefined, remedy: string): Promise<AwsKeys> {
  const load = await loadProvider(remedy)
  try {
    const found = await load(profile === undefined ? {} : { profile })()
    return {
      accessKeyId: found.accessKeyId,
      secretAccessKey: found.secretAccessKey,
      sessionToken: found.sessionToken,
      expiresAt: found.expiration?.getTime(),
    }
  } catch (cause) {
    const where = profile === undefined ? 'in this surrounding' : `in the profile "${profile}"`
    throw createError({
      kind: 'authentication',
      message: `There are no AWS credentials ${where}. ${remedy}`,
      cause,
    })
  }
}

async function loadProvider(remedy: string) {
  try {
    return namedExports(await import('@aws-sdk/credential-provider-node'), 'defaultProvider').defaultProvider
  } catch (cause) {
    throw createError({
      kind: 'authentication',
      message: `There are no AWS keys. ${remedy} For profiles, SSO, containers and instances, install the package ${PACKAGE}.`,
      cause,
    })
  }
}
