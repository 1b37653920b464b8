import {
  badRequest,
  type CallOptions,
  createError,
  isJsonObject,
  type JsonObject,
  namedFallbacks,
} from 'sluice/internal'
import type { Caller } from '../auth/caller.ts'
import { CREDENTIAL_HEADERS } from '../auth/credential.ts'

/**
 * The request with the caller's `extra_body` in it: OpenAI's clients mean by it "also in the body". What it says is
 * judged like the rest (limits, prices, options); what the request says itself stays. Throws `BadRequestError` for a
 * second model: the key was allowed the first one.
 */
export function withExtraBody<R extends JsonObject>(request: R): R {
  const { extra_body: extra, ...own } = request
  if (!isJsonObject(extra)) return request
  if (extra.model !== undefined && extra.model !== own.model)
    throw badRequest(
      'extra_body.model: must not differ from model. Send the model as model.',
      'extra_body.model',
    )
  return { ...extra, ...own } as JsonObject as R
}

/** Formats whose streams tell their usage to those who ask. */
const ASK_FOR_USAGE: ReadonlySet<string> = new Set(['openai-chat', 'openai-completions'])

/**
 * The request with `stream_options.include_usage` where it is a stream in OpenAI's format that does not say; else the
 * request itself (`always_include_stream_usage`). Other formats report usage unasked.
 */
export function withStreamUsage<R extends JsonObject>(request: R, format: string): R {
  const { stream, stream_options: options } = request
  if (!ASK_FOR_USAGE.has(format) || stream !== true) return request
  if (!isJsonObject(options)) return { ...request, stream_options: { include_usage: true } }
  if (typeof options.include_usage === 'boolean') return request
  return { ...request, stream_options: { ...options, include_usage: true } }
}

const FOREIGN = {
  apiBase: 'api_base',
  apiKey: 'api_key',
  organization: 'organization',
  provider: 'custom_llm_provider',
  apiVersion: 'api_version',
} as const
type Foreign = keyof typeof FOREIGN
const FOREIGN_ENTRIES = Object.entries(FOREIGN) as readonly (readonly [Foreign, string])[]

/** Where a call goes and with whose key is the operator's to say (CVE-2024-6587). Throws `BadRequestError`. */
export function refuseForeignRouting(options: CallOptions): void {
  refuseForeign(options, '')
  for (const fallback of namedFallbacks(options))
    if (fallback.options) refuseForeign(fallback.options, 'fallbacks: ')
}

function refuseForeign(options: Pick<CallOptions, Foreign>, where: string): void {
  for (const [name, param] of FOREIGN_ENTRIES) {
    if (options[name] === undefined) continue
    throw badRequest(
      `${where}${param}: may not be set by callers of this gateway; it belongs to the deployment in its configuration.`,
      param,
    )
  }
}

/** Fields in which aggregators let a request name other models than its `model`: OpenRouter's own way to fall back. */
const OTHER_MODELS = ['models', 'route'] as const

/** A key that may use some models only cannot let the provider choose others. Throws `PermissionDeniedError`. */
export function refuseOtherModels(request: JsonObject, { modelLayers, role }: Caller): void {
  if (modelLayers.length === 0 || role === 'proxy_admin') return
  const found = OTHER_MODELS.find(name => request[name] != null)
  if (found === undefined) return
  throw createError({
    kind: 'permission',
    param: found,
    message: `${found}: this key may use some models only, so the provider may not choose others. Use fallbacks.`,
  })
}

/** Failures on demand are for those who run the gateway. Throws `PermissionDeniedError`. */
export function refuseMockFailure({ mockFailure }: CallOptions, { role }: Caller): void {
  if (mockFailure === undefined || role === 'proxy_admin') return
  throw createError({
    kind: 'permission',
    message: 'mock_testing_*: only the holder of the master key may let calls fail on purpose.',
  })
}

/** What frames, routes or signs the request to the provider is ours to say; lower case. */
export const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...CREDENTIAL_HEADERS,
  ...[
    'host',
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'upgrade',
    'te',
    'trailer',
  ],
  ...['content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'expect', 'cookie'],
  // Vendors look for their keys there, and for what they sign.
  ...['api_key', 'api-subscription-key', 'x-key', 'x-subscription-token', 'xi-api-key', 'date'],
  ...['x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256', 'x-content-sha256'],
  'x-snowflake-authorization-token-type',
  // They choose who pays at the provider.
  ...['openai-organization', 'openai-project', 'x-goog-user-project', 'x-hf-bill-to'],
  ...['ai-resource-group', 'chatgpt-account-id'],
])

/**
 * Throws `BadRequestError` when a caller sends along a header that is not its own to set: a call must not break, be
 * sent elsewhere, or be signed by another, because a caller said so.
 */
export function refuseOwnHeaders(headers: Readonly<Record<string, string>> | undefined): void {
  for (const name in headers) {
    if (OWN_HEADERS.has(name))
      throw badRequest(`${name}: this header may not be sent along by callers of this gateway.`, name)
    if (!isToken(name) || !isHeaderText(headers[name] as string))
      throw badRequest(
        `${JSON.stringify(name)}: must be a header's name with a value of printable characters.`,
      )
  }
}

function isToken(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~\w]+$/.test(name)
}

function isHeaderText(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
