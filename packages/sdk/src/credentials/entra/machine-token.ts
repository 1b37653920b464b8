import { SluiceError } from '../../errors.ts'
import type { OutgoingRequest, SigningHost } from '../credentials.ts'
import { type BearerToken, readTokenReply } from '../token-reply.ts'

/** The machine's own endpoint answers at once, or there is none. */
const LIMITS = { timeoutMs: 3_000, maxBytes: 256 * 1024 }
const IMDS = 'http://169.254.169.254/metadata/identity/oauth2/token'

/**
 * A token of the managed identity this machine runs as. App Service and its kin tell where to ask. The fixed address
 * of virtual machines, which other clouds use too, is asked only when `AZURE_TOKEN_CREDENTIALS` says
 * `ManagedIdentityCredential`. `undefined` where neither is so, or nothing answers.
 * Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export async function machineToken(
  scope: string,
  clientId: string | undefined,
  host: SigningHost,
): Promise<BearerToken | undefined> {
  const resource = scope.replace(/\/\.default$/, '')
  const request = requestFor(resource, clientId, host)
  if (request === undefined) return undefined
  try {
    return readTokenReply(await host.exchange(request, LIMITS), host.now(), 'The managed identity endpoint')
  } catch (error) {
    if (error instanceof SluiceError && (error.kind === 'connection' || error.kind === 'timeout'))
      return undefined
    throw error
  }
}

function requestFor(
  resource: string,
  clientId: string | undefined,
  host: SigningHost,
): OutgoingRequest | undefined {
  const endpoint = host.secret(['IDENTITY_ENDPOINT'])
  const header = host.secret(['IDENTITY_HEADER'])
  const isService = endpoint !== undefined && header !== undefined && URL.canParse(endpoint)
  const isAsked = host.secret(['AZURE_TOKEN_CREDENTIALS'])?.toLowerCase() === 'managedidentitycredential'
  if (!isService && !isAsked) return undefined
  const url = new URL(isService ? endpoint : IMDS)
  url.searchParams.set('api-version', isService ? '2019-08-01' : '2018-02-01')
  url.searchParams.set('resource', resource)
  if (clientId !== undefined) url.searchParams.set('client_id', clientId)
  const headers: Record<string, string> = isService ? { 'x-identity-header': header } : { metadata: 'true' }
  return { method: 'GET', url: url.href, headers }
}
