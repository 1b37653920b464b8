import { readFile } from 'node:fs/promises'
import { badRequest, createError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { SigningHost } from '../credentials.ts'
import { askWithForm, CLOUD_SCOPE, type GoogleToken } from './exchange.ts'
import { mintFromAws } from './federation-aws.ts'
import { googleTokenUrl, isListed, originOf, TOKEN_ORIGINS_ENV } from './hosts.ts'
import { impersonate } from './impersonation.ts'
import type { ExternalAccountKey } from './key.ts'

const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 }
const SOURCE = 'vertex_credentials.credential_source'

/**
 * Workload identity federation: another party's token is exchanged for Google's.
 * Source: https://google.aip.dev/auth/4117
 */
export async function mintFederated(
  key: ExternalAccountKey,
  trusted: boolean,
  host: SigningHost,
): Promise<GoogleToken> {
  const tokenUrl = googleTokenUrl(key.tokenUrl, 'token_url', host)
  const { impersonationUrl } = key
  // Looked at before anything is sent.
  if (impersonationUrl !== undefined)
    googleTokenUrl(impersonationUrl, 'service_account_impersonation_url', host)
  if (typeof key.source.environment_id === 'string') return mintFromAws(key)
  const form = {
    grant_type: EXCHANGE_GRANT,
    audience: key.audience,
    scope: CLOUD_SCOPE,
    requested_token_type: ACCESS_TOKEN,
    subject_token_type: key.subjectTokenType,
    subject_token: await subjectToken(key.source, trusted, host),
    ...(key.workforceProject !== undefined && {
      options: JSON.stringify({ userProject: key.workforceProject }),
    }),
  }
  const { clientId, clientSecret = '' } = key
  const basic = clientId && `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const own = await askWithForm(tokenUrl, form, host, basic ? { authorization: basic } : {})
  return impersonationUrl === undefined ? own : impersonate(own.token, impersonationUrl, [], host)
}

async function subjectToken(source: JsonObject, trusted: boolean, host: SigningHost): Promise<string> {
  if (source.executable !== undefined || source.certificate !== undefined)
    throw badRequest(
      `${SOURCE}: programs and certificates are not run or read. Use a file, a url or AWS as the source.`,
      SOURCE,
    )
  if (typeof source.file === 'string') {
    if (!trusted)
      throw badRequest(
        `${SOURCE}.file: credentials given inline may not name files. Give vertex_credentials as the path of the credentials file.`,
        `${SOURCE}.file`,
      )
    return tokenIn(await textOfFile(source.file), source)
  }
  if (typeof source.url === 'string')
    return tokenIn(await textOfUrl(source.url, source, trusted, host), source)
  throw badRequest(`${SOURCE}: must name a file, a url or an environment_id.`, SOURCE)
}

async function textOfFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw createError({
      kind: 'authentication',
      message: `${SOURCE}.file: the file with the identity token cannot be read.`,
      cause,
    })
  }
}

async function textOfUrl(
  url: string,
  source: JsonObject,
  trusted: boolean,
  host: SigningHost,
): Promise<string> {
  const origin = originOf(url, 'credential_source.url')
  if (!trusted && !isListed(origin, host))
    throw badRequest(
      `${SOURCE}.url: credentials given inline may not name addresses. Give vertex_credentials as the path of the credentials file, or list ${origin} in the environment variable ${TOKEN_ORIGINS_ENV}.`,
      `${SOURCE}.url`,
    )
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(isJsonObject(source.headers) ? source.headers : {}))
    if (typeof value === 'string') headers[name.toLowerCase()] = value
  const { status, body } = await host.exchange({ method: 'GET', url, headers }, LIMITS)
  if (status < 400) return body.toString('utf8')
  throw createError({
    kind: 'authentication',
    message: `${SOURCE}.url: the source of the identity token answered with status ${status}.`,
  })
}

/** The text is the token, or JSON with the token in one field. */
function tokenIn(text: string, source: JsonObject): string {
  const format = isJsonObject(source.format) ? source.format : {}
  if (format.type !== 'json') return text.trim()
  const field = String(format.subject_token_field_name)
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value) && typeof value[field] === 'string') return value[field]
  } catch {
    // Told below, without the text: it may be a token.
  }
  throw createError({
    kind: 'authentication',
    message: `${SOURCE}.format: the source holds no JSON object with a text in "${field}".`,
  })
}
