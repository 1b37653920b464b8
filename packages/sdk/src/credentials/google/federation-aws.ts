import { badRequest, createError } from '../../errors.ts'
import { namedExports } from '../named-exports.ts'
import { CLOUD_SCOPE, type GoogleToken } from './exchange.ts'
import type { ExternalAccountKey } from './key.ts'

const PACKAGE = 'google-auth-library'
const SOURCE = 'vertex_credentials.credential_source'
/** AWS's own, and nobody else's: these addresses are asked by a package that does not check them. */
const SOURCES: Readonly<Record<string, RegExp>> = {
  region_url: /^http:\/\/(169\.254\.169\.254|\[fd00:ec2::254\])\//,
  url: /^http:\/\/(169\.254\.169\.254|\[fd00:ec2::254\])\//,
  imdsv2_session_token_url: /^http:\/\/(169\.254\.169\.254|\[fd00:ec2::254\])\//,
  regional_cred_verification_url: /^https:\/\/sts(\.(\{region\}|[a-z0-9-]+))?\.amazonaws\.com(\.cn)?[/?]/,
}

/** Signs in with the AWS identity of this machine, by Google's own package. */
export async function mintFromAws(key: ExternalAccountKey): Promise<GoogleToken> {
  for (const [field, allowed] of Object.entries(SOURCES)) {
    const given = key.source[field]
    if (given !== undefined && !(typeof given === 'string' && allowed.test(given)))
      throw badRequest(`${SOURCE}.${field}: must be an address of AWS.`, `${SOURCE}.${field}`)
  }
  const { ExternalAccountClient } = await loadPackage()
  // Only what was looked at: left to itself, the package makes addresses of `universe_domain`.
  const client = ExternalAccountClient.fromJSON({
    type: 'external_account',
    audience: key.audience,
    subject_token_type: key.subjectTokenType,
    token_url: key.tokenUrl,
    credential_source: key.source as never,
    ...(key.impersonationUrl !== undefined && { service_account_impersonation_url: key.impersonationUrl }),
  })
  if (client === null) throw badRequest('vertex_credentials: is no external account.', 'vertex_credentials')
  client.scopes = [CLOUD_SCOPE]
  try {
    const { token } = await client.getAccessToken()
    if (typeof token === 'string') return { token, ...expiryOf(client.credentials.expiry_date) }
  } catch (cause) {
    throw createError({
      kind: 'authentication',
      message: 'Google gave no token for the AWS identity of this machine.',
      cause,
    })
  }
  throw createError({ kind: 'authentication', message: 'Google answered without a token.' })
}

function expiryOf(date: number | null | undefined) {
  return date == null ? {} : { expiresAt: date }
}

async function loadPackage() {
  try {
    return namedExports(await import('google-auth-library'), 'ExternalAccountClient')
  } catch (cause) {
    throw createError({
      kind: 'authentication',
      message: `Signing in to Google from AWS needs the package ${PACKAGE}. Install it beside this one.`,
      cause,
    })
  }
}
