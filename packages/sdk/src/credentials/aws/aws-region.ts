import type { Deployment } from '../../types/deployment.ts'
import type { SigningHost } from '../credentials.ts'

const DEFAULT_REGION = 'us-west-2'
const REGION = /^[a-z]{2}(-[a-z]+)+-\d+$/

/**
 * The region a deployment is called in, in LiteLLM's order: `aws_region_name`, the model's ARN, a region in front of
 * the model, the environment, us-west-2.
 */
export function awsRegionOf(deployment: Deployment, host: Pick<SigningHost, 'secret'>): string {
  const given = deployment.params?.aws_region_name
  if (typeof given === 'string' && given !== '') return given
  const { model_id: id } = deployment.params ?? {}
  return (
    (typeof id === 'string' ? regionOfArn(id) : undefined) ??
    regionOfArn(deployment.model) ??
    deployment.model.split('/').find(isAwsRegion) ??
    host.secret(['AWS_REGION_NAME', 'AWS_REGION']) ??
    DEFAULT_REGION
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
