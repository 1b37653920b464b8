/**
 * The one error hierarchy: OpenAI's names plus LiteLLM's additions. Classification is the table `ERROR_KINDS`; a
 * codec or a transport supplies the kind, never a class. Messages of these errors, and only these, leave the house.
 */

export interface ErrorFacts {
  readonly kind: ErrorKind
  readonly message: string
  /** OpenAI's `error.type`; the kind's own unless the provider said. */
  readonly type?: string | undefined
  /** Machine-readable cause, the provider's own where it has one. */
  readonly code?: string | undefined
  /** The field at fault, as a path in the caller's request. */
  readonly param?: string | undefined
  /** HTTP status; the kind's own unless stated. */
  readonly status?: number | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
  /** Milliseconds the provider or limiter asked to wait. */
  readonly retryAfterMs?: number | undefined
  /** The provider's original error, and whatever else it said. */
  readonly providerSpecificFields?: Readonly<Record<string, unknown>> | undefined
  /** Overrides the kind's own answer to "can the same request succeed later?". */
  readonly retryable?: boolean | undefined
  /** Response headers for the gateway's client (rate-limit facts); lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** Base of every error Sluice throws on purpose. */
export class SluiceError extends Error {
  readonly kind: ErrorKind
  readonly status: number
  readonly type: string
  readonly code: string | undefined
  readonly param: string | undefined
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly providerSpecificFields: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly #facts: ErrorFacts

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.#facts = facts
    const row: KindRow = ERROR_KINDS[facts.kind]
    this.name = new.target.name
    this.kind = facts.kind
    this.status = facts.status ?? row.status
    this.type = facts.type ?? row.type
    this.code = facts.code ?? row.code
    this.param = facts.param
    this.provider = facts.provider
    this.model = facts.model
    this.retryable = facts.retryable ?? row.retryable
    this.retryAfterMs = facts.retryAfterMs
    this.providerSpecificFields = facts.providerSpecificFields
    this.headers = facts.headers
  }

  /** The same error, saying more. */
  withWords(words: string): SluiceError {
    return this.with({ message: `${this.message} ${words}` })
  }

  /** The same error, naming where it came from. */
  withSource(provider: string, model: string): SluiceError {
    return this.with({ provider, model: this.model ?? model })
  }

  private with(facts: Partial<ErrorFacts>): SluiceError {
    const changed = createError({ ...this.#facts, ...facts })
    if (this.stack !== undefined) changed.stack = this.stack
    return changed
  }
}

/** An answer with a status no other class covers. */
export class APIError extends SluiceError {}
/** The provider could not be reached, or hung up. */
export class APIConnectionError extends SluiceError {}
/** No answer in time. LiteLLM: `Timeout`. */
export class APITimeoutError extends APIConnectionError {}
/** The stream ended before its end mark. */
export class TruncatedStreamError extends APIConnectionError {}
/** The caller aborted the call. */
export class APIUserAbortError extends SluiceError {}
export class BadRequestError extends SluiceError {}
/** A parameter the target cannot express; names it. */
export class UnsupportedParamsError extends BadRequestError {}
export class ContextWindowExceededError extends BadRequestError {}
export class ContentPolicyViolationError extends BadRequestError {}
/** A media URL could not be fetched or converted. */
export class ImageFetchError extends BadRequestError {}
/** The model string names no known provider. LiteLLM: `LiteLLMUnknownProvider`. */
export class UnknownProviderError extends BadRequestError {}
export class RequestTooLargeError extends BadRequestError {}
export class AuthenticationError extends SluiceError {}
export class PermissionDeniedError extends SluiceError {}
export class NotFoundError extends SluiceError {}
export class ConflictError extends SluiceError {}
export class UnprocessableEntityError extends SluiceError {}
export class RateLimitError extends SluiceError {}
/** The provider account is out of credit: waiting does not help. */
export class InsufficientQuotaError extends RateLimitError {}
/** A Sluice budget is spent: terminal until it resets. */
export class BudgetExceededError extends SluiceError {}
export class InternalServerError extends SluiceError {}
/** The provider answered something its format does not allow. */
export class BadGatewayError extends InternalServerError {}
export class ServiceUnavailableError extends InternalServerError {}

type ErrorClass = new (facts: ErrorFacts) => SluiceError
interface KindRow {
  readonly class: ErrorClass
  readonly status: number
  readonly type: string
  readonly code?: string
  readonly retryable: boolean
}

/** kind → class, status, OpenAI type, code, retryable. `docs/reference/errors.md` is tested against this table. */
export const ERROR_KINDS = {
  bad_request: { class: BadRequestError, status: 400, type: 'invalid_request_error', retryable: false },
  unsupported_params: {
    class: UnsupportedParamsError,
    status: 400,
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    retryable: false,
  },
  context_window: {
    class: ContextWindowExceededError,
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    retryable: false,
  },
  content_policy: {
    class: ContentPolicyViolationError,
    status: 400,
    type: 'invalid_request_error',
    code: 'content_policy_violation',
    retryable: false,
  },
  image_fetch: {
    class: ImageFetchError,
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_image_url',
    retryable: false,
  },
  unknown_provider: {
    class: UnknownProviderError,
    status: 400,
    type: 'invalid_request_error',
    code: 'unknown_provider',
    retryable: false,
  },
  too_large: {
    class: RequestTooLargeError,
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    retryable: false,
  },
  authentication: {
    class: AuthenticationError,
    status: 401,
    type: 'authentication_error',
    code: 'invalid_api_key',
    retryable: false,
  },
  permission: { class: PermissionDeniedError, status: 403, type: 'permission_error', retryable: false },
  not_found: { class: NotFoundError, status: 404, type: 'not_found_error', retryable: false },
  conflict: { class: ConflictError, status: 409, type: 'conflict_error', retryable: true },
  unprocessable: {
    class: UnprocessableEntityError,
    status: 422,
    type: 'invalid_request_error',
    retryable: false,
  },
  rate_limit: {
    class: RateLimitError,
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    retryable: true,
  },
  insufficient_quota: {
    class: InsufficientQuotaError,
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    retryable: false,
  },
  budget: {
    class: BudgetExceededError,
    status: 429,
    type: 'budget_exceeded',
    code: 'budget_exceeded',
    retryable: false,
  },
  internal: { class: InternalServerError, status: 500, type: 'internal_server_error', retryable: true },
  bad_gateway: {
    class: BadGatewayError,
    status: 502,
    type: 'api_error',
    code: 'bad_gateway',
    retryable: true,
  },
  unavailable: {
    class: ServiceUnavailableError,
    status: 503,
    type: 'service_unavailable_error',
    code: 'service_unavailable',
    retryable: true,
  },
  connection: {
    class: APIConnectionError,
    status: 502,
    type: 'api_connection_error',
    code: 'connection_error',
    retryable: true,
  },
  truncated: {
    class: TruncatedStreamError,
    status: 502,
    type: 'api_connection_error',
    code: 'stream_truncated',
    retryable: true,
  },
  timeout: { class: APITimeoutError, status: 504, type: 'timeout_error', code: 'timeout', retryable: true },
  aborted: {
    class: APIUserAbortError,
    status: 499,
    type: 'aborted',
    code: 'client_closed_request',
    retryable: false,
  },
  other: { class: APIError, status: 500, type: 'api_error', retryable: false },
} as const satisfies Record<string, KindRow>

export type ErrorKind = keyof typeof ERROR_KINDS

const STATUS_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.values(ERROR_KINDS).map(row => [row.class.name, row.status]),
)

/** The status of errors of this name (`RateLimitError`); 500 for a name that is none of ours. */
export function statusOfErrorName(name: string): number {
  return STATUS_BY_NAME.get(name) ?? 500
}

/** Builds the error of a kind. */
export function createError(facts: ErrorFacts): SluiceError {
  return new ERROR_KINDS[facts.kind].class(facts)
}

/** A caller's mistake at `param`; `message` names the rule and the remedy. */
export function badRequest(message: string, param?: string): SluiceError {
  return createError({ kind: 'bad_request', message, param })
}

/** The kind that a bare HTTP status stands for, where the provider said nothing better. */
export function kindOfStatus(status: number): ErrorKind {
  return STATUS_KINDS[status] ?? (status >= 500 ? 'internal' : status >= 400 ? 'bad_request' : 'other')
}

const STATUS_KINDS: Readonly<Record<number, ErrorKind>> = {
  401: 'authentication',
  402: 'insufficient_quota',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  413: 'too_large',
  422: 'unprocessable',
  429: 'rate_limit',
  500: 'internal',
  502: 'bad_gateway',
  503: 'unavailable',
  504: 'timeout',
  524: 'timeout',
  529: 'unavailable',
}
