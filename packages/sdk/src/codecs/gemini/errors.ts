import {
  createError,
  ERROR_KINDS,
  type ErrorFacts,
  type ErrorKind,
  kindOfStatus,
  type SluiceError,
} from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** `error.status` → kind. Source: https://cloud.google.com/apis/design/errors#handling_errors */
const STATUSES: ReadonlyMap<unknown, ErrorKind> = new Map<unknown, ErrorKind>([
  ['INVALID_ARGUMENT', 'bad_request'],
  ['FAILED_PRECONDITION', 'bad_request'],
  ['OUT_OF_RANGE', 'bad_request'],
  ['UNIMPLEMENTED', 'bad_request'],
  ['UNAUTHENTICATED', 'authentication'],
  ['PERMISSION_DENIED', 'permission'],
  ['NOT_FOUND', 'not_found'],
  ['ALREADY_EXISTS', 'conflict'],
  ['ABORTED', 'conflict'],
  ['RESOURCE_EXHAUSTED', 'rate_limit'],
  ['UNAVAILABLE', 'unavailable'],
  ['CANCELLED', 'unavailable'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['INTERNAL', 'internal'],
  ['UNKNOWN', 'internal'],
  ['DATA_LOSS', 'internal'],
])

/** `details[].reason` → kind; says more than the status. Source: https://cloud.google.com/apis/design/errors#error_info */
const REASONS: ReadonlyMap<unknown, ErrorKind> = new Map<unknown, ErrorKind>([
  ['API_KEY_INVALID', 'authentication'],
  ['API_KEY_EXPIRED', 'authentication'],
  ['CREDENTIALS_MISSING', 'authentication'],
  ['ACCESS_TOKEN_EXPIRED', 'authentication'],
  ['ACCESS_TOKEN_TYPE_UNSUPPORTED', 'authentication'],
  ['ACCOUNT_STATE_INVALID', 'authentication'],
  ['API_KEY_SERVICE_BLOCKED', 'permission'],
  ['API_KEY_HTTP_REFERRER_BLOCKED', 'permission'],
  ['API_KEY_IP_ADDRESS_BLOCKED', 'permission'],
  ['SERVICE_DISABLED', 'permission'],
  ['CONSUMER_SUSPENDED', 'permission'],
  ['CONSUMER_INVALID', 'permission'],
  ['USER_PROJECT_DENIED', 'permission'],
  ['BILLING_DISABLED', 'insufficient_quota'],
])

/** Last resort: what Google says in words only. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['exceeds the maximum number of tokens', 'context_window'],
  ['input token count', 'context_window'],
  ['request payload size exceeds', 'too_large'],
  ['api key not valid', 'authentication'],
  ['api key expired', 'authentication'],
  ['user location is not supported', 'permission'],
  ['output blocked by content filtering policy', 'content_policy'],
  ['the response was blocked', 'content_policy'],
  ['responsible ai practices', 'content_policy'],
  ['credits are depleted', 'insufficient_quota'],
]

/** Facts of a `google.rpc.Status` body; `undefined` when it is none. An array holds one (streams without `alt=sse`). */
export function decodeError(status: number, given: unknown): Partial<ErrorFacts> | undefined {
  const body: unknown = Array.isArray(given) ? given[0] : given
  if (typeof body === 'string') return body === '' ? undefined : { message: body.slice(0, 2000) }
  if (!isJsonObject(body) || !isJsonObject(body.error)) return undefined
  const { error } = body
  const message = typeof error.message === 'string' ? error.message : JSON.stringify(error)
  const details = Array.isArray(error.details) ? (error.details as unknown[]).filter(isJsonObject) : []
  const retryAfterMs = retryDelayOf(details)
  const kind = kindOf(status, error, message, details)
  // Clients look for OpenAI's code where there is one; Google's status would hide it.
  const code = 'code' in ERROR_KINDS[kind] ? undefined : error.status
  return {
    kind,
    message,
    ...(typeof code === 'string' && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    providerSpecificFields: { error },
  }
}

function kindOf(
  status: number,
  error: JsonObject,
  message: string,
  details: readonly JsonObject[],
): ErrorKind {
  for (const { reason } of details) {
    const kind = REASONS.get(reason)
    if (kind !== undefined) return kind
  }
  const kind = STATUSES.get(error.status) ?? kindOfStatus(status)
  if (kind === 'rate_limit' && hasNoQuota(details)) return 'insufficient_quota'
  if (kind !== 'bad_request' && kind !== 'rate_limit') return kind
  const text = message.toLowerCase()
  return TEXTS.find(([words]) => text.includes(words))?.[1] ?? kind
}

/** A quota of zero never refills: the plan does not include the model. Used-up quotas, daily ones too, do refill. */
function hasNoQuota(details: readonly JsonObject[]): boolean {
  return details.some(
    ({ violations }) =>
      Array.isArray(violations) &&
      (violations as unknown[]).some(violation => isJsonObject(violation) && violation.quotaValue === '0'),
  )
}

/** `RetryInfo.retryDelay`, a proto3 duration such as `"38.5s"`. */
function retryDelayOf(details: readonly JsonObject[]): number | undefined {
  for (const { retryDelay } of details) {
    if (typeof retryDelay !== 'string' || !retryDelay.endsWith('s')) continue
    const seconds = Number(retryDelay.slice(0, -1))
    if (Number.isFinite(seconds) && seconds >= 0) return Math.round(seconds * 1000)
  }
  return undefined
}

/** An error object that came as a stream event. */
export function decodeStreamError(error: unknown, info?: CallInfo): SluiceError {
  const code = isJsonObject(error) ? Number(error.code) : Number.NaN
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : 502
  return createError({
    kind: 'bad_gateway',
    message: 'The provider reported an error in the stream.',
    ...decodeError(status, { error }),
    provider: info?.deployment.provider,
    model: info?.model,
  })
}

const STATUS_NAMES: Readonly<Record<ErrorKind, string>> = {
  bad_request: 'INVALID_ARGUMENT',
  unsupported_params: 'INVALID_ARGUMENT',
  context_window: 'INVALID_ARGUMENT',
  content_policy: 'INVALID_ARGUMENT',
  image_fetch: 'INVALID_ARGUMENT',
  unknown_provider: 'INVALID_ARGUMENT',
  too_large: 'INVALID_ARGUMENT',
  unprocessable: 'INVALID_ARGUMENT',
  authentication: 'UNAUTHENTICATED',
  permission: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  conflict: 'ABORTED',
  rate_limit: 'RESOURCE_EXHAUSTED',
  insufficient_quota: 'RESOURCE_EXHAUSTED',
  budget: 'RESOURCE_EXHAUSTED',
  internal: 'INTERNAL',
  bad_gateway: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
  connection: 'UNAVAILABLE',
  truncated: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
  aborted: 'CANCELLED',
  other: 'UNKNOWN',
}

/** The body a Gemini client expects. Source: https://cloud.google.com/apis/design/errors#http_mapping */
export function encodeError(error: SluiceError, requestId: string): JsonObject {
  const details: JsonObject[] = [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId }]
  if (error.code !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code,
      domain: error.type,
    })
  if (error.retryAfterMs !== undefined)
    details.push({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: `${error.retryAfterMs / 1000}s`,
    })
  return { error: { code: error.status, message: error.message, status: STATUS_NAMES[error.kind], details } }
}
