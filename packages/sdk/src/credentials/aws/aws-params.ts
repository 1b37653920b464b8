import { badRequest } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SigningHost } from '../credentials.ts'

/** What a deployment and the environment say about who calls AWS. */
export interface AwsParams {
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
  readonly roleArn?: string | undefined
  readonly sessionName?: string | undefined
  readonly externalId?: string | undefined
  readonly sessionTags: readonly SessionTag[]
  readonly webIdentityToken?: string | undefined
  readonly profile?: string | undefined
  readonly stsEndpoint?: string | undefined
}

interface SessionTag {
  readonly key: string
  readonly value: string
}

/**
 * LiteLLM's `aws_…` parameters, each with its environment variable below it. Keys of a deployment are never mixed with
 * keys of the environment. Throws `BadRequestError` for session tags of another shape.
 */
export function awsParamsOf(deployment: Deployment, host: Pick<SigningHost, 'secret'>): AwsParams {
  const params = deployment.params ?? {}
  const read = (name: string, ...env: string[]) => textOf(params, name) ?? host.secret(env)
  return {
    ...keysOf(params, host),
    roleArn: read('aws_role_name', 'AWS_ROLE_NAME'),
    sessionName: read('aws_session_name', 'AWS_SESSION_NAME'),
    externalId: read('aws_external_id', 'AWS_EXTERNAL_ID'),
    sessionTags: tagsOf(params.aws_session_tags),
    webIdentityToken: read('aws_web_identity_token', 'AWS_WEB_IDENTITY_TOKEN'),
    profile: read('aws_profile_name', 'AWS_PROFILE_NAME'),
    stsEndpoint: stsEndpointOf(textOf(params, 'aws_sts_endpoint'), host.secret(['AWS_STS_ENDPOINT'])),
  }
}

/** AWS's token services, at their regional, FIPS and private addresses. */
const STS_HOST = /^(vpce-[a-z0-9-]+\.)?sts(-fips)?(\.[a-z0-9-]+)?(\.vpce)?\.amazonaws\.com(\.cn)?$/

/**
 * Whoever may add a deployment must not have this machine's identity sent wherever he likes: an address of his own is
 * AWS's, or the one the operator set.
 */
function stsEndpointOf(own: string | undefined, operators: string | undefined): string | undefined {
  if (own === undefined) return operators
  const url = URL.canParse(own) ? new URL(own) : undefined
  const isAws = url?.protocol === 'https:' && STS_HOST.test(url.hostname) && url.port === ''
  if (isAws || own === operators) return own
  throw badRequest(
    'aws_sts_endpoint: must be an https:// address of AWS STS. If another one is yours, set it as AWS_STS_ENDPOINT in the environment.',
    'aws_sts_endpoint',
  )
}

type Keys = Pick<AwsParams, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>

function keysOf(params: Readonly<JsonObject>, host: Pick<SigningHost, 'secret'>): Keys {
  const own = textOf(params, 'aws_access_key_id')
  if (own !== undefined)
    return {
      accessKeyId: own,
      secretAccessKey: textOf(params, 'aws_secret_access_key'),
      sessionToken: textOf(params, 'aws_session_token'),
    }
  // A profile or role that is named on the deployment is meant to win over keys that happen to be set.
  if (textOf(params, 'aws_profile_name') !== undefined) return {}
  return {
    accessKeyId: host.secret(['AWS_ACCESS_KEY_ID']),
    secretAccessKey: host.secret(['AWS_SECRET_ACCESS_KEY']),
    sessionToken: host.secret(['AWS_SESSION_TOKEN']),
  }
}

function textOf(params: Readonly<JsonObject>, name: string): string | undefined {
  const value = params[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** `[{Key, Value}]` as AWS writes them, or a map. */
function tagsOf(given: unknown): readonly SessionTag[] {
  if (given == null) return []
  const pairs = isJsonArray(given)
    ? given.map(tag => (isJsonObject(tag) ? [tag.Key ?? tag.key, tag.Value ?? tag.value] : []))
    : isJsonObject(given)
      ? Object.entries(given)
      : [[]]
  return pairs.map(([key, value]) => {
    if (typeof key !== 'string' || typeof value !== 'string')
      throw badRequest(
        'aws_session_tags: must be a list like [{"Key":"team","Value":"search"}], or a map of texts.',
        'aws_session_tags',
      )
    return { key, value }
  })
}
