import { badRequest } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { SigningHost } from '../credentials.ts'

const DEFAULT_REGION = 'us-west-2'
const REGION = /^[a-z]{2,6}(-[a-z]+)+-\d+$/
/** Nothing that could end a host's name, so that a region never names another host. */
const LABEL = /^[a-z0-9-]{1,63}$/

/**
 * The region a deployment is called in, in LiteLLM's order: `aws_region_name`, the model's ARN, a region in front of
 * the model, the environment, us-west-2. Throws `BadRequestError` for what cannot be one.
 */
export function awsRegionOf(deployment: Deployment, host: Pick<SigningHost, 'secret'>): string {
  const given = deployment.params?.aws_region_name
  if (typeof given === 'string' && given !== '') return checkedRegion(given)
  const { model_id: id } = deployment.params ?? {}
  return (
    (typeof id === 'string' ? regionOfArn(id) : undefined) ??
    regionOfArn(deployment.model) ??
    deployment.model.split('/').find(isAwsRegion) ??
    checkedRegion(host.secret(['AWS_REGION_NAME', 'AWS_REGION']) ?? DEFAULT_REGION)
  )
}

/** The region, when it can stand in a host's name. */
export function checkedRegion(region: string): string {
  if (LABEL.test(region)) return region
  throw badRequest(
    'aws_region_name: must be the name of a region, for example us-west-2: small letters, digits and hyphens.',
    'aws_region_name',
  )
}

/** True for `us-west-2` and the like. */
export function isAwsRegion(word: string): boolean {
  return REGION.test(word)
}

function regionOfArn(text: string): string | undefined {
  const start = text.indexOf('arn:aws')
  const region = start < 0 ? undefined : text.slice(start).split(':')[3]
  return region === undefined || !isAwsRegion(region) ? undefined : region
}

/** The domain of a region's services. */
export function awsDomainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}
