import { createHash } from 'node:crypto'
import type { Credentials, SigningHost } from '../../../credentials/credentials.ts'
import { type Expiring, ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { hideSecret } from '../../../credentials/hide-secret.ts'
import { type BearerToken, readTokenReply } from '../../../credentials/token-reply.ts'
import { createError, kindOfStatus } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../../types/json.ts'

/** Begins every URL of a deployment that has no address of its own: the account's orchestration is looked up then. */
export const SAP_LOOKUP = 'https://sap-ai-core.invalid'

const LIMITS = { timeoutMs: 20_000, maxBytes: 1024 * 1024 }
const REMEDY =
  'Set AICORE_SERVICE_KEY (or api_key on the deployment) to the JSON of the service key, or AICORE_CLIENT_ID, ' +
  'AICORE_CLIENT_SECRET, AICORE_AUTH_URL and AICORE_BASE_URL.'

interface ServiceKey {
  readonly id: string
  readonly secret: string
  readonly authUrl: string
  /** Of the AI API, without the version; absent when the deployment's own address is known. */
  readonly apiUrl?: string | undefined
}

interface Address extends Expiring {
  readonly url: string
}

/**
 * SAP AI Core's OAuth client credentials. Sources in LiteLLM's order, never mixed: the deployment's parameters, the
 * service key, the environment. Without `api_base` the running orchestration of the resource group is looked up.
 * Source: https://help.sap.com/docs/sap-ai-core/sap-ai-core-service-guide/use-service-key
 */
export function sapCredentials(): Credentials {
  const tokens = new ExpiringCache<BearerToken>()
  const addresses = new ExpiringCache<Address>()
  return {
    env: ['AICORE_SERVICE_KEY'],
    required: false,
    async sign(request, secret, deployment, host) {
      const key = keyOf(deployment, secret, host)
      const group =
        textOf(deployment.params?.resource_group) || host.secret(['AICORE_RESOURCE_GROUP']) || 'default'
      const { token } = await tokens.get(cacheKey(key), host.now(), () => askToken(key, host))
      const headers = { authorization: `Bearer ${token}`, 'ai-resource-group': group }
      if (request.url.startsWith(SAP_LOOKUP)) {
        const found = await addresses.get(cacheKey(key, group), host.now(), () =>
          lookUp(key, headers, group, host),
        )
        request.url = found.url + request.url.slice(SAP_LOOKUP.length)
      }
      Object.assign(request.headers, headers)
    },
  }
}

/** The whole digest: keys cut short have let one caller have another's session. */
function cacheKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

function keyOf({ params, apiKey }: Deployment, secret: string | undefined, host: SigningHost): ServiceKey {
  const given = (name: string) => textOf(params?.[name])
  const own = { id: given('client_id'), secret: given('client_secret'), authUrl: given('auth_url') }
  if (apiKey === undefined && own.id !== '')
    return checked({ ...own, apiUrl: given('aicore_base_url') }, REMEDY)
  if (secret !== undefined) return serviceKey(secret)
  const env = (name: string) => host.secret([name]) ?? ''
  return checked(
    {
      id: env('AICORE_CLIENT_ID'),
      secret: env('AICORE_CLIENT_SECRET'),
      authUrl: env('AICORE_AUTH_URL'),
      apiUrl: env('AICORE_BASE_URL'),
    },
    REMEDY,
  )
}

function serviceKey(text: string): ServiceKey {
  const whole = parsed(text)
  const key = isJsonObject(whole?.credentials) ? whole.credentials : (whole ?? {})
  const urls = isJsonObject(key.serviceurls) ? key.serviceurls : {}
  return checked(
    {
      id: textOf(key.clientid),
      secret: textOf(key.clientsecret),
      authUrl: textOf(key.url),
      apiUrl: textOf(urls.AI_API_URL),
    },
    `The service key must be JSON with clientid, clientsecret, url and serviceurls.AI_API_URL. ${REMEDY}`,
  )
}

function checked({ id, secret, authUrl, apiUrl }: ServiceKey, remedy: string): ServiceKey {
  const address = tokenAddress(authUrl)
  if (id === '' || secret === '' || address === undefined)
    throw createError({ kind: 'authentication', message: `No credentials for SAP AI Core. ${remedy}` })
  return { id, secret, authUrl: address, apiUrl: apiUrl?.replace(/\/+(v2\/?)?$/, '') }
}

/** Service keys name the authorization server, the environment also its whole path. */
function tokenAddress(url: string): string | undefined {
  const parsedUrl = URL.parse(url)
  if (parsedUrl === null) return undefined
  const { origin, pathname } = parsedUrl
  return `${origin}${pathname.endsWith('/oauth/token') ? pathname : `${pathname.replace(/\/$/, '')}/oauth/token`}`
}

async function askToken({ id, secret, authUrl }: ServiceKey, host: SigningHost): Promise<BearerToken> {
  const reply = await host.exchange(
    {
      method: 'POST',
      url: authUrl,
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    },
    LIMITS,
  )
  try {
    return readTokenReply(reply, host.now(), 'SAP’s authorization server')
  } catch (error) {
    throw hideSecret(error, secret)
  }
}

/** The newest running orchestration. Source: https://api.sap.com/api/AI_CORE_API, `GET /lm/deployments` */
async function lookUp(
  { apiUrl }: ServiceKey,
  headers: Readonly<Record<string, string>>,
  group: string,
  host: SigningHost,
): Promise<Address> {
  if (!apiUrl || !URL.canParse(apiUrl))
    throw createError({
      kind: 'authentication',
      message: `The address of SAP AI Core is not known. ${REMEDY}`,
    })
  const { status, body } = await host.exchange(
    {
      method: 'GET',
      url: `${apiUrl}/v2/lm/deployments?scenarioId=orchestration&status=RUNNING`,
      headers: { ...headers, accept: 'application/json' },
    },
    LIMITS,
  )
  if (status >= 400)
    throw createError({
      kind: kindOfStatus(status),
      message: `SAP AI Core did not tell its deployments (status ${status}). Check resource_group ("${group}"), or set api_base to the deployment's URL.`,
    })
  const { resources } = parsed(body.toString('utf8')) ?? {}
  const found = (isJsonArray(resources) ? resources.filter(isJsonObject) : [])
    .filter(({ status: state, deploymentUrl: url }) => state === 'RUNNING' && URL.canParse(textOf(url)))
    .toSorted((a, b) => textOf(b.createdAt).localeCompare(textOf(a.createdAt)))
  const url = textOf(found[0]?.deploymentUrl)
  if (url === '')
    throw createError({
      kind: 'not_found',
      message: `No orchestration is running in SAP AI Core's resource group "${group}". Start one, or set api_base to the URL of a deployment.`,
    })
  return { url: url.endsWith('/') ? url.slice(0, -1) : url }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
