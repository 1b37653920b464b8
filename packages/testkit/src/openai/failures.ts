import type { JsonObject } from '../json.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import type { Path, Violation } from '../wire/shape.ts'
import type { FailureReply } from '../wire/wire.ts'

interface Row {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly message: string
  readonly param?: string
}

/** https://platform.openai.com/docs/guides/error-codes */
const rows: Readonly<Record<FailureKind, Row>> = {
  invalid: { status: 400, type: 'invalid_request_error', code: null, message: 'Invalid request.' },
  'no-key': {
    status: 401,
    type: 'invalid_request_error',
    code: null,
    message:
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
  },
  unauthorized: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message:
      'Incorrect API key provided: bad-key. You can find your API key at https://platform.openai.com/account/api-keys.',
  },
  forbidden: {
    status: 403,
    type: 'invalid_request_error',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  },
  'not-found': {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  'too-large': {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: 'Request too large.',
  },
  'rate-limit': {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message:
      'Rate limit reached for the model in organization org-testkit on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms.',
  },
  quota: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message:
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
  },
  context: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens. Please reduce the length of the messages.",
  },
  'content-policy': {
    status: 400,
    type: 'invalid_request_error',
    code: 'content_policy_violation',
    message:
      'Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.',
  },
  server: {
    status: 500,
    type: 'server_error',
    code: null,
    message:
      'The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists.',
  },
  unavailable: {
    status: 503,
    type: 'service_unavailable_error',
    code: 'service_unavailable',
    message: 'Service temporarily unavailable. Please try again later.',
  },
  overloaded: {
    status: 503,
    type: 'server_error',
    code: 'server_overloaded',
    message: 'That model is currently overloaded with other requests. You can retry your request.',
  },
  timeout: { status: 408, type: 'server_error', code: 'timeout', message: 'Request timed out.' },
}

export function openaiFailure(failure: Failure): FailureReply {
  const { facts } = failure
  return {
    status: facts.status ?? rows[failure.kind].status,
    headers: retryHeaders(failure),
    body: { error: openaiErrorBody(failure) },
  }
}

export function retryHeaders({ kind, facts }: Failure): Record<string, string> {
  const seconds = facts.retryAfterSeconds
  if (seconds !== undefined)
    return { 'retry-after': String(seconds), 'retry-after-ms': String(seconds * 1_000) }
  return kind === 'rate-limit'
    ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '120ms' }
    : {}
}

export function openaiErrorBody({ kind, facts }: Failure): JsonObject {
  if (facts.violation) return violationBody(facts.violation)
  const row = rows[kind]
  const message =
    facts.message ??
    (kind === 'not-found' && facts.model
      ? `The model \`${facts.model}\` does not exist or you do not have access to it.`
      : row.message)
  return { message, type: row.type, param: facts.field ?? row.param ?? null, code: facts.code ?? row.code }
}

function violationBody(violation: Violation): JsonObject {
  const param = fieldName(violation.path)
  const words = {
    missing: `Missing required parameter: '${param}'.`,
    unknown: `Unknown parameter: '${param}'.`,
    type: `Invalid type for '${param}': expected ${violation.expected}, but got ${typeName(violation.actual)} instead.`,
    value: `Invalid value for '${param}': ${JSON.stringify(violation.actual)}. Expected ${violation.expected}.`,
  }
  const codes = {
    missing: 'missing_required_parameter',
    unknown: 'unknown_parameter',
    type: 'invalid_type',
    value: 'invalid_value',
  }
  return { message: words[violation.kind], type: 'invalid_request_error', param, code: codes[violation.kind] }
}

/** `messages[0].content` */
function fieldName(path: Path): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name === '' ? step : `${name}.${step}`),
    '',
  )
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
