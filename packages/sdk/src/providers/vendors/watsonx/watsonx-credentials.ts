import type { Credentials, OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { type Expiring, ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { badRequest, createError, kindOfStatus } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { isJsonObject } from '../../../types/json.ts'

interface IamToken extends Expiring {
  readonly token: string
}

const IAM_URL = 'https://iam.cloud.ibm.com/identity/token'
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const KEYS = ['WATSONX_APIKEY', 'WATSONX_API_KEY', 'WX_API_KEY']

/**
 * IBM's three ways: a ready token, a Zen key of Cloud Pak for Data, or an API key that IAM trades for a token. A body
 * without a project or a space gets the environment's. Source: https://cloud.ibm.com/apidocs/watsonx-ai#authentication
 */
export function watsonxCredentials(): Credentials {
  const tokens = new ExpiringCache<IamToken>()
  return {
    env: KEYS,
    required: false,
    async sign(request, secret, deployment, host) {
      addPlace(request, host)
      request.headers.authorization ??= await authorization(secret, deployment, host, tokens)
    },
  }
}

async function authorization(
  secret: string | undefined,
  deployment: Deployment,
  host: SigningHost,
  tokens: ExpiringCache<IamToken>,
): Promise<string> {
  const given = (param: string, ...env: string[]) => {
    const value = deployment.params?.[param]
    return typeof value === 'string' ? value : host.secret(env)
  }
  // A deployment's own API key wins over whatever the environment holds.
  const token =
    deployment.apiKey === undefined ? given('watsonx_token', 'WATSONX_TOKEN', 'WX_TOKEN') : undefined
  if (token !== undefined) return `Bearer ${token}`
  const zen = deployment.apiKey === undefined ? given('zen_api_key', 'WATSONX_ZENAPIKEY') : undefined
  if (zen !== undefined) return `ZenApiKey ${zen}`
  if (secret === undefined)
    throw createError({
      kind: 'authentication',
      message:
        'No credentials for IBM watsonx. Set WATSONX_APIKEY, WATSONX_TOKEN or WATSONX_ZENAPIKEY, or api_key on the deployment.',
    })
  // From the environment only: whoever names the service is told the key.
  const url = host.secret(['WATSONX_IAM_URL']) ?? IAM_URL
  const { token: minted } = await tokens.get(`${url} ${secret}`, host.now(), () => askIam(url, secret, host))
  return `Bearer ${minted}`
}

/** Source: https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey */
async function askIam(url: string, apikey: string, host: SigningHost): Promise<IamToken> {
  const form = { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey }
  const reply = await host.exchange(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
    },
    LIMITS,
  )
  const body = parsed(reply.body)
  if (reply.status >= 400) {
    const words = typeof body.errorMessage === 'string' ? body.errorMessage : `status ${reply.status}`
    throw createError({
      // IAM answers 400 for a key it does not know.
      kind: reply.status === 400 ? 'authentication' : kindOfStatus(reply.status),
      message: `IBM IAM refused the API key: ${words}`,
      ...(typeof body.errorCode === 'string' && { code: body.errorCode }),
    })
  }
  const { access_token: token, expires_in: seconds } = body
  if (typeof token !== 'string' || token === '')
    throw createError({ kind: 'bad_gateway', message: 'IBM IAM answered without an access_token.' })
  return { token, ...(typeof seconds === 'number' && { expiresAt: host.now() + seconds * 1000 }) }
}

function parsed(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Every call is charged to a project or a space; a deployment of a model has one already. */
function addPlace(request: OutgoingRequest, host: SigningHost): void {
  if (typeof request.body !== 'string' || request.url.includes('/ml/v1/deployments/')) return
  const body = parsed(Buffer.from(request.body))
  if (body.project_id !== undefined || body.space_id !== undefined) return
  const project = host.secret(['WATSONX_PROJECT_ID', 'WX_PROJECT_ID', 'PROJECT_ID'])
  const space = host.secret(['WATSONX_DEPLOYMENT_SPACE_ID', 'WATSONX_SPACE_ID', 'WX_SPACE_ID', 'SPACE_ID'])
  if (project === undefined && space === undefined)
    throw badRequest(
      'project_id: IBM watsonx needs a project or a space. Set WATSONX_PROJECT_ID or WATSONX_DEPLOYMENT_SPACE_ID, or project_id or space_id on the deployment.',
      'project_id',
    )
  request.body = JSON.stringify({
    ...body,
    ...(project === undefined ? { space_id: space } : { project_id: project }),
  })
}
