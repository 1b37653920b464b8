import { createHash } from 'node:crypto'
import type { Credentials, SigningHost } from '../../../credentials/credentials.ts'
import { ExpiringCache } from '../../../credentials/expiring-cache.ts'
import { type BearerToken, readTokenReply } from '../../../credentials/token-reply.ts'
import { createError } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'

const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const WORKSPACES = ['.databricks.com', '.azuredatabricks.net', '.databricks.us', '.databricks.mil']

interface Client {
  readonly id: string
  readonly secret: string
}

/**
 * A personal access token, or a service principal's client id and secret, exchanged at the workspace itself.
 * Source: https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m
 */
export function databricksCredentials(): Credentials {
  const cache = new ExpiringCache<BearerToken>()

  async function exchanged({ id, secret }: Client, origin: string, host: SigningHost): Promise<string> {
    const key = createHash('sha256')
      .update(JSON.stringify([origin, id, secret]))
      .digest('base64')
    const { token } = await cache.get(key, host.now(), async () => {
      const reply = await host.exchange(
        {
          method: 'POST',
          url: `${origin}/oidc/v1/token`,
          headers: {
            authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials&scope=all-apis',
        },
        LIMITS,
      )
      return readTokenReply(reply, host.now(), 'The Databricks workspace')
    })
    return token
  }

  return {
    env: ['DATABRICKS_API_KEY', 'DATABRICKS_TOKEN'],
    required: false,
    async sign(request, secret, deployment, host) {
      const partner = host.secret(['DATABRICKS_USER_AGENT'])
      const agent = request.headers['user-agent']
      if (partner !== undefined && agent !== undefined)
        request.headers['user-agent'] = `${partner.split('/', 1)[0]}_${agent}`
      const { origin } = new URL(request.url)
      const client =
        secret === undefined || isOwn(deployment) ? clientOf(deployment, origin, host) : undefined
      const token = client ? await exchanged(client, origin, host) : secret
      if (token === undefined) throw nothing()
      request.headers.authorization = `Bearer ${token}`
    },
  }
}

function isOwn({ apiKey, params }: Deployment): boolean {
  return apiKey === undefined && typeof params?.client_secret === 'string'
}

/** The environment's secret goes to a workspace of Databricks or the one the environment names, and nowhere else. */
function clientOf({ params }: Deployment, origin: string, host: SigningHost): Client | undefined {
  const { client_id: id, client_secret: own } = params ?? {}
  if (typeof id === 'string' && typeof own === 'string') return { id, secret: own }
  const envId = host.secret(['DATABRICKS_CLIENT_ID'])
  const secret = host.secret(['DATABRICKS_CLIENT_SECRET'])
  if (envId === undefined || secret === undefined) return undefined
  const { protocol, hostname } = new URL(origin)
  const isWorkspace = protocol === 'https:' && WORKSPACES.some(suffix => hostname.endsWith(suffix))
  const named = host.secret(['DATABRICKS_API_BASE', 'DATABRICKS_HOST']) ?? ''
  const isNamed = URL.canParse(named) && new URL(named).origin === origin
  return isWorkspace || isNamed ? { id: envId, secret } : undefined
}

function nothing() {
  return createError({
    kind: 'authentication',
    message:
      'No credentials for Databricks. Set api_key on the deployment, DATABRICKS_API_KEY, or client_id and ' +
      'client_secret (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET) of a service principal.',
  })
}
