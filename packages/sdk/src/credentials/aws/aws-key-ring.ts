import { createHash } from 'node:crypto'
import { createError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { SigningHost } from '../credentials.ts'
import { ExpiringCache } from '../expiring-cache.ts'
import { oidcToken } from '../oidc-token.ts'
import { ambientAwsKeys } from './ambient-aws-keys.ts'
import { assumeRole, assumeRoleWithWebIdentity } from './assume-role.ts'
import { type AwsParams, awsParamsOf } from './aws-params.ts'
import type { AwsKeys } from './sign-aws.ts'

const REMEDY =
  'Set aws_access_key_id and aws_secret_access_key (or aws_role_name, aws_profile_name) on the deployment, or ' +
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.'

/** Finds the keys of deployments in LiteLLM's order, and keeps those that were asked for until shortly before they expire. */
export class AwsKeyRing {
  private readonly cache = new ExpiringCache<AwsKeys>()

  /** Web identity, role, profile, keys, then whatever this machine is. Throws an `authentication` error naming the remedy. */
  keysFor(deployment: Deployment, region: string, host: SigningHost): AwsKeys | Promise<AwsKeys> {
    const params = awsParamsOf(deployment, host)
    const { roleArn, webIdentityToken } = params
    if (roleArn === undefined) return this.ownKeys(params, host)
    const role = { ...params, roleArn }
    if (webIdentityToken !== undefined)
      return this.cached(['web', role, region], host, async () =>
        assumeRoleWithWebIdentity(role, await oidcToken(webIdentityToken, host), region, host),
      )
    if (isAlready(roleArn, params, host)) return this.ownKeys(params, host)
    return this.cached(['role', role, region], host, async () =>
      assumeRole(role, await this.ownKeys(params, host), region, host),
    )
  }

  /** The keys before any role: those given, else the profile's, else the machine's. */
  private ownKeys(params: AwsParams, host: SigningHost): AwsKeys | Promise<AwsKeys> {
    const { accessKeyId, secretAccessKey, sessionToken, profile } = params
    if (accessKeyId !== undefined) {
      if (secretAccessKey === undefined)
        throw createError({
          kind: 'authentication',
          message: `There is an AWS access key id without its secret. ${REMEDY}`,
        })
      return { accessKeyId, secretAccessKey, sessionToken }
    }
    return this.cached(['ambient', profile], host, () => ambientAwsKeys(profile, REMEDY))
  }

  private cached(
    what: readonly unknown[],
    host: SigningHost,
    load: () => Promise<AwsKeys>,
  ): Promise<AwsKeys> {
    // The whole digest: keys cut short have let one caller have another's session (CVE-2026-35030).
    const key = createHash('sha256').update(JSON.stringify(what)).digest('base64')
    return this.cache.get(key, host.now(), load)
  }
}

/** On a pod whose own identity is that role, assuming it again is refused. */
function isAlready(roleArn: string, { accessKeyId }: AwsParams, host: SigningHost): boolean {
  return (
    accessKeyId === undefined &&
    host.secret(['AWS_ROLE_ARN']) === roleArn &&
    host.secret(['AWS_WEB_IDENTITY_TOKEN_FILE']) !== undefined
  )
}
