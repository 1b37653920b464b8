import type { Credentials, OutgoingRequest, SigningHost } from '../../../credentials/credentials.ts'
import { EntraTokens } from '../../../credentials/entra/entra-tokens.ts'
import { createError } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'

interface AzureCredentialOptions {
  /** Environment variables that may hold a key, first wins. */
  readonly env: readonly string[]
  /** Where a key goes; `api-key` unless stated. */
  readonly putKey?: (request: OutgoingRequest, key: string, deployment: Deployment) => void
  /** Whatever else a request needs. */
  readonly prepare?: (request: OutgoingRequest, deployment: Deployment, host: SigningHost) => void
  /** Whose tokens a request needs, where it is not the AI services'. */
  readonly tokensFor?: (request: OutgoingRequest) => EntraTokens | undefined
}

const REMEDY =
  'Set api_key on the deployment or AZURE_API_KEY; or azure_ad_token; or tenant_id, client_id and client_secret ' +
  '(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET); or run where workload identity ' +
  '(AZURE_FEDERATED_TOKEN_FILE) or a managed identity is at hand; on a virtual machine, ask for the latter with ' +
  'AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential.'

/**
 * A key, or a token of Entra ID: first what the deployment says, then what the environment says. Throws an
 * `authentication` error naming the ways when there is nothing.
 */
export function azureCredentials(options: AzureCredentialOptions): Credentials {
  const { env, prepare, putKey = putApiKey, tokensFor } = options
  const usual = new EntraTokens()
  return {
    env,
    required: false,
    async sign(request, secret, deployment, host) {
      prepare?.(request, deployment, host)
      if (deployment.apiKey !== undefined && deployment.params?.azure_ad_token === undefined)
        return putKey(request, deployment.apiKey, deployment)
      const tokens = tokensFor?.(request) ?? usual
      const own = await tokens.ofDeployment(deployment, host)
      if (own === undefined && secret !== undefined) return putKey(request, secret, deployment)
      const token = own ?? (await tokens.ofEnvironment(deployment, host))
      if (token === undefined)
        throw createError({ kind: 'authentication', message: `No credentials for Azure. ${REMEDY}` })
      request.headers.authorization = `Bearer ${token}`
    },
  }
}

function putApiKey(request: OutgoingRequest, key: string): void {
  request.headers['api-key'] = key
}
