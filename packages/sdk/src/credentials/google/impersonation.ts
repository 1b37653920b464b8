import { textOf } from '../../types/json.ts'
import type { SigningHost } from '../credentials.ts'
import { askJson, brokenAnswer, CLOUD_SCOPE, type GoogleToken } from './exchange.ts'
import { googleTokenUrl } from './hosts.ts'

/**
 * A service account's token for someone who may speak for it.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
export async function impersonate(
  token: string,
  impersonationUrl: string,
  delegates: readonly unknown[],
  host: SigningHost,
): Promise<GoogleToken> {
  const url = googleTokenUrl(impersonationUrl, 'service_account_impersonation_url', host)
  const reply = await askJson(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ scope: [CLOUD_SCOPE], ...(delegates.length > 0 && { delegates }) }),
    },
    host,
  )
  const given = textOf(reply.accessToken)
  if (given === '') throw brokenAnswer('no accessToken')
  const expiresAt = Date.parse(textOf(reply.expireTime))
  return { token: given, ...(expiresAt > 0 && { expiresAt }) }
}
