/** Lower-case names, as `IncomingMessage.headers`. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>

export interface CredentialSources {
  readonly headers: HeaderMap
  /** `?key=`; pass it on Google's routes only, where its clients put the key there. */
  readonly queryKey?: string | undefined
  /** `general_settings.litellm_key_header_name`. */
  readonly keyHeaderName?: string | undefined
}

/** Headers that carry a key and never go upstream; lower case. */
export const CREDENTIAL_HEADERS = [
  'x-litellm-api-key',
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
] as const

/**
 * The key a request carries, without its scheme; the first source that is not empty wins, in LiteLLM's order.
 * Undefined when there is none.
 */
export function readCredential(sources: CredentialSources): string | undefined {
  const { headers, keyHeaderName, queryKey } = sources
  const named =
    keyHeaderName === undefined ? undefined : withoutBearer(one(headers, keyHeaderName.toLowerCase()))
  if (named !== undefined) return named
  for (const name of CREDENTIAL_HEADERS) {
    const value = one(headers, name)
    if (value === undefined) continue
    const key = name === 'authorization' ? ofAuthorization(value) : withoutBearer(value)
    if (key !== undefined) return key
  }
  return nonEmpty(queryKey)
}

function one(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name]
  return nonEmpty(typeof value === 'string' ? value : value?.[0])
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === undefined || trimmed === '' ? undefined : trimmed
}

function withoutBearer(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  return /^bearer(\s|$)/i.test(value) ? nonEmpty(value.slice('bearer'.length)) : value
}

/** `Bearer X`, `Basic …`, or a SigV4 header whose credential is `Bearer X`; anything else counts as empty. */
function ofAuthorization(value: string): string | undefined {
  const space = value.indexOf(' ')
  if (space === -1) return undefined
  const rest = value.slice(space + 1)
  switch (value.slice(0, space).toLowerCase()) {
    case 'bearer':
      return nonEmpty(rest)
    case 'basic':
      return ofBasic(rest)
    case 'aws4-hmac-sha256':
      return ofSignature(rest)
    default:
      return undefined
  }
}

/** Clients that know only Basic put the key in either half; Langfuse's send it as the user name. */
function ofBasic(encoded: string): string | undefined {
  const decoded = Buffer.from(encoded.trim(), 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon === -1) return nonEmpty(decoded)
  const user = nonEmpty(decoded.slice(0, colon))
  const password = nonEmpty(decoded.slice(colon + 1))
  return user?.startsWith('sk-') ? user : (password ?? user)
}

/** AWS clients that were given `Bearer X` as their access key id. */
function ofSignature(parameters: string): string | undefined {
  for (const parameter of parameters.split(',')) {
    const [name, ...value] = parameter.trim().split('=')
    if (name !== 'Credential') continue
    const [accessKey = ''] = value.join('=').split('/')
    return /^bearer /i.test(accessKey) ? withoutBearer(accessKey) : undefined
  }
  return undefined
}
