import { createPrivateKey, createSign, type KeyObject } from 'node:crypto'
import { badRequest } from '../../errors.ts'
import type { SigningHost } from '../credentials.ts'
import { askWithForm, CLOUD_SCOPE, type GoogleToken } from './exchange.ts'
import { mintFederated } from './federation.ts'
import { googleTokenUrl } from './hosts.ts'
import { impersonate } from './impersonation.ts'
import type { AuthorizedUserKey, GoogleKey, ImpersonatedKey, ServiceAccountKey } from './key.ts'

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** Google takes no assertion that lives longer. */
const ASSERTION_SECONDS = 3600

/**
 * A token for a key. `trusted`: the key came from the operator's own disk or environment, and may therefore name files
 * and addresses of its own. Throws an `authentication` error with Google's words.
 */
export async function mintGoogleToken(
  key: GoogleKey,
  trusted: boolean,
  host: SigningHost,
): Promise<GoogleToken> {
  const token = await mint(key, trusted, host)
  return key.project === undefined ? token : { ...token, project: key.project }
}

function mint(key: GoogleKey, trusted: boolean, host: SigningHost): Promise<GoogleToken> {
  switch (key.type) {
    case 'service_account':
      return mintForServiceAccount(key, host)
    case 'authorized_user':
      return mintForUser(key, host)
    case 'external_account':
      return mintFederated(key, trusted, host)
    case 'impersonated_service_account':
      return mintImpersonated(key, trusted, host)
  }
}

/** Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
function mintForServiceAccount(key: ServiceAccountKey, host: SigningHost): Promise<GoogleToken> {
  const url = googleTokenUrl(key.tokenUri, 'token_uri', host)
  const issuedAt = Math.floor(host.now() / 1000)
  const header = {
    alg: 'RS256',
    typ: 'JWT',
    ...(key.privateKeyId !== undefined && { kid: key.privateKeyId }),
  }
  const claims = {
    iss: key.clientEmail,
    scope: CLOUD_SCOPE,
    aud: key.tokenUri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  }
  const signed = `${base64Url(header)}.${base64Url(claims)}`
  const signature = createSign('RSA-SHA256').update(signed).sign(privateKeyOf(key), 'base64url')
  return askWithForm(url, { grant_type: JWT_GRANT, assertion: `${signed}.${signature}` }, host)
}

function privateKeyOf(key: ServiceAccountKey): KeyObject {
  try {
    return createPrivateKey(key.privateKey)
  } catch {
    // Node's own error would be a cause that describes the key.
    throw badRequest(
      'vertex_credentials.private_key: must be a private key in PEM format.',
      'vertex_credentials.private_key',
    )
  }
}

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function mintForUser(key: AuthorizedUserKey, host: SigningHost): Promise<GoogleToken> {
  const form = {
    grant_type: 'refresh_token',
    client_id: key.clientId,
    client_secret: key.clientSecret,
    refresh_token: key.refreshToken,
  }
  return askWithForm(googleTokenUrl(key.tokenUri, 'token_uri', host), form, host)
}

async function mintImpersonated(
  key: ImpersonatedKey,
  trusted: boolean,
  host: SigningHost,
): Promise<GoogleToken> {
  const own = await mint(key.source, trusted, host)
  return impersonate(own.token, key.impersonationUrl, key.delegates, host)
}
