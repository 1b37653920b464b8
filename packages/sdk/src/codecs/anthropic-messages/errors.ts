import { createError, type ErrorFacts, type ErrorKind, type SluiceError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Source: https://platform.claude.com/docs/en/api/errors */
const KIND_OF_TYPE = new Map<string, ErrorKind>([
  ['invalid_request_error', 'bad_request'],
  ['authentication_error', 'authentication'],
  ['billing_error', 'insufficient_quota'],
  ['permission_error', 'permission'],
  ['not_found_error', 'not_found'],
  ['conflict_error', 'conflict'],
  ['memory_path_conflict_error', 'conflict'],
  ['memory_precondition_failed_error', 'conflict'],
  ['request_too_large', 'too_large'],
  ['rate_limit_error', 'rate_limit'],
  ['timeout_error', 'timeout'],
  ['api_error', 'internal'],
  ['overloaded_error', 'unavailable'],
])

/** `error.details.error_code` says more than the type. */
const KIND_OF_CODE = new Map<string, ErrorKind>([
  ['contract_spend_limit_reached', 'insufficient_quota'],
  ['enforced_spend_limit_reached', 'insufficient_quota'],
  ['linked_organization_billing_unavailable', 'insufficient_quota'],
  ['linked_organization_spend_limit_reached', 'insufficient_quota'],
  ['request_body_too_large_after_decoding', 'too_large'],
])

/** The last resort: what Anthropic says only in words, all of it under `invalid_request_error`. */
const KIND_OF_TEXT: readonly (readonly [string, ErrorKind])[] = [
  ['prompt is too long', 'context_window'],
  ['prompt: length', 'context_window'],
  ['exceed context limit', 'context_window'],
  ['input is too long', 'context_window'],
  ['credit balance is too low', 'insufficient_quota'],
  ['content filtering policy', 'content_policy'],
  ['could not process image', 'image_fetch'],
  ['unable to download the file', 'image_fetch'],
]

/** Anthropic's error envelope → facts; `undefined` when `body` is not one. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const error = isJsonObject(body) ? body.error : undefined
  if (!isJsonObject(error) || typeof error.type !== 'string') return undefined
  const message = typeof error.message === 'string' ? error.message : error.type
  const details = isJsonObject(error.details) ? error.details : undefined
  const code = typeof details?.error_code === 'string' ? details.error_code : undefined
  const kind = kindOf(error.type, code, message)
  const requestId = (body as JsonObject).request_id
  return {
    ...(kind && { kind }),
    message,
    ...(code !== undefined && { code }),
    ...(status >= 400 && { status }),
    providerSpecificFields: { error, ...(typeof requestId === 'string' && { request_id: requestId }) },
  }
}

function kindOf(type: string, code: string | undefined, message: string): ErrorKind | undefined {
  if (code !== undefined && KIND_OF_CODE.has(code)) return KIND_OF_CODE.get(code)
  if (type === 'invalid_request_error') {
    const text = message.toLowerCase()
    const row = KIND_OF_TEXT.find(([words]) => text.includes(words))
    if (row) return row[1]
  }
  return KIND_OF_TYPE.get(type)
}

/** The error that an `error` event inside a stream stands for. */
export function streamError(event: JsonObject, info?: CallInfo): SluiceError {
  const facts = decodeError(0, event)
  const overloaded = facts?.kind === 'unavailable'
  return createError({
    kind: 'internal',
    message: 'The provider reported an error in the middle of its stream.',
    ...facts,
    ...(overloaded && { status: 529 }),
    provider: info?.deployment.provider,
    model: info?.model,
  })
}

const TYPE_OF_KIND: Readonly<Partial<Record<ErrorKind, string>>> = {
  bad_request: 'invalid_request_error',
  unsupported_params: 'invalid_request_error',
  context_window: 'invalid_request_error',
  content_policy: 'invalid_request_error',
  image_fetch: 'invalid_request_error',
  unknown_provider: 'invalid_request_error',
  unprocessable: 'invalid_request_error',
  aborted: 'invalid_request_error',
  too_large: 'request_too_large',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  conflict: 'conflict_error',
  rate_limit: 'rate_limit_error',
  insufficient_quota: 'billing_error',
  budget: 'billing_error',
  unavailable: 'overloaded_error',
  timeout: 'timeout_error',
}

/** The error body a client of Anthropic's API expects. */
export function encodeError(error: SluiceError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: { type: TYPE_OF_KIND[error.kind] ?? 'api_error', message: error.message },
    request_id: requestId,
  }
}
