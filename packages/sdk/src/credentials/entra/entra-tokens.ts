import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { badRequest, createError } from '../../errors.ts'
import type { Deployment } from '../../types/deployment.ts'
import type { SigningHost } from '../credentials.ts'
import { ExpiringCache } from '../expiring-cache.ts'
import { oidcToken } from '../oidc-token.ts'
import { type BearerToken, readTokenReply } from '../token-reply.ts'
import { machineToken } from './machine-token.ts'
import { tokenUrl } from './token-url.ts'

const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const DEFAULT_SCOPE = 'https://cognitiveservices.azure.com/.default'

/** Who asks for a token, and what for. */
interface Identity {
  readonly tenant: string | undefined
  readonly client: string | undefined
  readonly secret: string | undefined
  readonly scope: string
}

/**
 * Finds the Entra ID token of a deployment; tokens are kept until shortly before they expire.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export class EntraTokens {
  private readonly cache = new ExpiringCache<BearerToken>()
  private readonly defaultScope: string

  constructor(defaultScope: string = DEFAULT_SCOPE) {
    this.defaultScope = defaultScope
  }

  /** A token from what the deployment itself says, if it says anything of the kind. */
  async ofDeployment({ params = {} }: Deployment, host: SigningHost): Promise<string | undefined> {
    const given = textOf(params.azure_ad_token)
    const identity = identityOf(params, this.defaultScope, host)
    if (given?.startsWith('oidc/'))
      return this.exchanged(identity, asserted(await oidcToken(given, host)), host)
    if (given !== undefined) return given
    if (textOf(params.client_secret) !== undefined)
      return this.exchanged(identity, { client_secret: identity.secret ?? '' }, host)
    if (params.azure_username != null || params.azure_password != null) throw passwordRefused()
    return undefined
  }

  /** A token from the environment: given, by client secret, workload identity or managed identity. */
  async ofEnvironment({ params = {} }: Deployment, host: SigningHost): Promise<string | undefined> {
    const given = host.secret(['AZURE_AD_TOKEN'])
    if (given !== undefined) return given
    const identity = identityOf(params, this.defaultScope, host)
    const { tenant, client, secret } = identity
    if (tenant && client && secret) return this.exchanged(identity, { client_secret: secret }, host)
    const file = host.secret(['AZURE_FEDERATED_TOKEN_FILE'])
    if (tenant && client && file) return this.exchanged(identity, asserted(await federated(file)), host)
    if (host.secret(['AZURE_USERNAME']) && host.secret(['AZURE_PASSWORD'])) throw passwordRefused()
    return this.ofMachine(identity, host)
  }

  private async ofMachine({ client, scope }: Identity, host: SigningHost): Promise<string | undefined> {
    const { token } = await this.cache.get(keyOf('machine', client ?? '', scope), host.now(), async () => {
      const found = await machineToken(scope, client, host)
      return found ?? { token: '', expiresAt: host.now() + NONE_FOR_MS }
    })
    return token === '' ? undefined : token
  }

  private async exchanged(
    { tenant, client, scope }: Identity,
    proof: Readonly<Record<string, string>>,
    host: SigningHost,
  ): Promise<string> {
    if (tenant === undefined || client === undefined) throw incomplete(tenant, client)
    const url = tokenUrl(tenant, host)
    const form = { grant_type: 'client_credentials', client_id: client, scope, ...proof }
    const { token } = await this.cache.get(keyOf(url, ...Object.values(form)), host.now(), async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
      const body = new URLSearchParams(form).toString()
      const reply = await host.exchange({ method: 'POST', url, headers, body }, LIMITS)
      return readTokenReply(reply, host.now(), 'Entra ID')
    })
    return token
  }
}

/** How long a machine without an identity is not asked again. */
const NONE_FOR_MS = 60_000

function identityOf(
  params: Readonly<Record<string, unknown>>,
  defaultScope: string,
  host: SigningHost,
): Identity {
  return {
    tenant: textOf(params.tenant_id) ?? host.secret(['AZURE_TENANT_ID']),
    client: textOf(params.client_id) ?? host.secret(['AZURE_CLIENT_ID']),
    secret: textOf(params.client_secret) ?? host.secret(['AZURE_CLIENT_SECRET']),
    scope: textOf(params.azure_scope) ?? host.secret(['AZURE_SCOPE']) ?? defaultScope,
  }
}

/** Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function asserted(token: string): Record<string, string> {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: token,
  }
}

async function federated(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw createError({
      kind: 'authentication',
      message: `AZURE_FEDERATED_TOKEN_FILE: the file ${path} cannot be read.`,
      cause,
    })
  }
}

/** Secrets are not kept as keys. */
function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function incomplete(tenant: string | undefined, client: string | undefined) {
  const missing = [tenant === undefined && 'tenant_id', client === undefined && 'client_id'].filter(Boolean)
  return createError({
    kind: 'authentication',
    message: `Signing in with Entra ID needs ${missing.join(' and ')} on the deployment, or AZURE_TENANT_ID and AZURE_CLIENT_ID in the environment.`,
  })
}

/** Microsoft itself advises against this flow, and accounts with a second factor cannot use it. */
function passwordRefused() {
  return badRequest(
    'azure_username: signing in with a user name and password is not supported. Register an application and set ' +
      'tenant_id, client_id and client_secret, or give an azure_ad_token.',
    'azure_username',
  )
}
