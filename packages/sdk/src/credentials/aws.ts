import type { Deployment } from '../types/deployment.ts'
import { AwsKeyRing } from './aws/aws-key-ring.ts'
import { awsDomainOf, awsRegionOf } from './aws/aws-region.ts'
import { signAws } from './aws/sign-aws.ts'
import type { Credentials, SigningHost } from './credentials.ts'

export interface AwsService {
  /** The name that AWS signs the service under. */
  readonly service: string
  /** Environment variables that may hold a bearer token, first wins. */
  readonly bearerEnv?: readonly string[]
  /** Deployment parameter and environment variables that replace the regional address, first wins. */
  readonly endpoint?: { readonly param: string; readonly env: readonly string[] }
  /** Paths that another host of the service's serves, each with that host's first label. */
  readonly hosts?: Readonly<Record<string, string>>
  /** A text with `{region}` in it, whose first place in a body is filled in. */
  readonly regional?: string
  /** Where the region is decided otherwise than for AWS in general. */
  readonly regionOf?: (deployment: Deployment, host: SigningHost) => string
}

/** Stands in an AWS provider's base URL for what only signing knows: region and domain. */
const ADDRESS = '{region}.amazonaws.com'
const REGION = '{region}'

/**
 * AWS's two ways to be convinced: a bearer token (`api_key` or an environment variable), else a signature by keys that
 * are found as `AwsKeyRing` tells. A base URL may hold `{region}`, which is filled in here.
 */
export function aws(service: AwsService): Credentials {
  const ring = new AwsKeyRing()
  return {
    env: service.bearerEnv ?? [],
    required: false,
    async sign(request, secret, deployment, host) {
      const region = (service.regionOf ?? awsRegionOf)(deployment, host)
      request.url = addressed(request.url, region, service, deployment, host)
      const { regional } = service
      if (regional !== undefined && typeof request.body === 'string')
        request.body = request.body.replace(regional, regional.replace(REGION, region))
      if (secret !== undefined && service.bearerEnv) {
        request.headers.authorization = `Bearer ${secret}`
        return
      }
      const keys = await ring.keysFor(deployment, region, host)
      await signAws(request, keys, { service: service.service, region, now: host.now() })
    },
  }
}

function addressed(
  url: string,
  region: string,
  { endpoint, hosts }: AwsService,
  deployment: Deployment,
  host: SigningHost,
): string {
  if (!url.includes(REGION)) return url
  const label = hosts?.[new URL(url).pathname]
  if (label !== undefined) return `https://${label}.${region}.${awsDomainOf(region)}${new URL(url).pathname}`
  const param = endpoint && deployment.params?.[endpoint.param]
  const own = typeof param === 'string' && param !== '' ? param : host.secret(endpoint?.env ?? [])
  if (own !== undefined) {
    const { origin } = new URL(url)
    return (own.endsWith('/') ? own.slice(0, -1) : own) + url.slice(origin.length)
  }
  return url.replace(ADDRESS, `${region}.${awsDomainOf(region)}`).replace(REGION, region)
}
