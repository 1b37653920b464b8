import { badRequest } from '../../errors.ts'
import type { SigningHost } from '../credentials.ts'

/** The environment variable that lists further origins, by commas, where Entra ID may be asked for tokens. */
export const AUTHORITIES_ENV = 'SLUICE_ENTRA_AUTHORITIES'

/** Microsoft's clouds. Source: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const ORIGINS = [
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
  'https://login.chinacloudapi.cn',
]

/** Tenants are GUIDs or domain names, and stand in a path. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9.-]*$/

/**
 * Where a tenant's tokens are asked for: at `AZURE_AUTHORITY_HOST`, if that is one of Microsoft's or one the operator
 * listed. Secrets are sent there, so that no other address will do. Throws `BadRequestError`.
 */
export function tokenUrl(tenant: string, host: SigningHost): string {
  if (!TENANT.test(tenant))
    throw badRequest('tenant_id: must be the GUID or the domain name of the tenant.', 'tenant_id')
  const authority = host.secret(['AZURE_AUTHORITY_HOST']) ?? ORIGINS[0] ?? ''
  const { origin } = URL.canParse(authority) ? new URL(authority) : { origin: authority }
  const listed = (host.secret([AUTHORITIES_ENV]) ?? '').split(',').map(entry => entry.trim())
  if (ORIGINS.includes(origin) || listed.includes(origin)) return `${origin}/${tenant}/oauth2/v2.0/token`
  throw badRequest(
    `AZURE_AUTHORITY_HOST: ${origin} is none of Microsoft's. If it is yours, list it in ${AUTHORITIES_ENV}.`,
  )
}
