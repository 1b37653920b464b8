import type { ErrorKind } from '../errors.ts'

/**
 * LiteLLM's names for kinds of failure, as `retry_policy` and `allowed_fails_policy` write them before `Retries` and
 * `AllowedFails`.
 */
export const ERROR_CLASSES = [
  'BadRequestError',
  'AuthenticationError',
  'TimeoutError',
  'RateLimitError',
  'ContentPolicyViolationError',
  'InternalServerError',
  'ServiceUnavailableError',
  'NotFoundError',
  'BadGatewayError',
] as const

export type ErrorClass = (typeof ERROR_CLASSES)[number]

/** Number per class of error. */
export type PerErrorClass = ReadonlyMap<ErrorClass, number>

const CLASSES: Readonly<Record<ErrorKind, ErrorClass | undefined>> = {
  bad_request: 'BadRequestError',
  unsupported_params: 'BadRequestError',
  context_window: 'BadRequestError',
  image_fetch: 'BadRequestError',
  unknown_provider: 'BadRequestError',
  too_large: 'BadRequestError',
  unprocessable: 'BadRequestError',
  content_policy: 'ContentPolicyViolationError',
  authentication: 'AuthenticationError',
  permission: 'AuthenticationError',
  timeout: 'TimeoutError',
  rate_limit: 'RateLimitError',
  insufficient_quota: 'RateLimitError',
  internal: 'InternalServerError',
  connection: 'InternalServerError',
  truncated: 'InternalServerError',
  bad_gateway: 'BadGatewayError',
  unavailable: 'ServiceUnavailableError',
  not_found: 'NotFoundError',
  conflict: undefined,
  budget: undefined,
  aborted: undefined,
  other: undefined,
}

/** The class an error is counted in. A connection that could not be made or broke is an `InternalServerError`. */
export function errorClassOf(kind: ErrorKind): ErrorClass | undefined {
  return CLASSES[kind]
}
