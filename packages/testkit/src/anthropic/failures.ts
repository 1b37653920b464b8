import type { JsonObject } from '../json.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import type { Violation } from '../wire/shape.ts'
import type { FailureReply } from '../wire/wire.ts'

interface Row {
  readonly status: number
  readonly type: string
  readonly message: string
}

/** https://docs.anthropic.com/en/api/errors */
const rows: Readonly<Record<FailureKind, Row>> = {
  invalid: { status: 400, type: 'invalid_request_error', message: 'Invalid request.' },
  'no-key': { status: 401, type: 'authentication_error', message: 'x-api-key header is required' },
  unauthorized: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  forbidden: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  },
  'not-found': { status: 404, type: 'not_found_error', message: 'Not found' },
  'too-large': {
    status: 413,
    type: 'request_too_large',
    message: 'Request exceeds the maximum allowed number of bytes.',
  },
  'rate-limit': {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit of 50 requests per minute.",
  },
  quota: {
    status: 400,
    type: 'invalid_request_error',
    message:
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  },
  context: {
    status: 400,
    type: 'invalid_request_error',
    message: 'prompt is too long: 210000 tokens > 200000 maximum',
  },
  'content-policy': {
    status: 400,
    type: 'invalid_request_error',
    message: 'Output blocked by content filtering policy',
  },
  server: { status: 500, type: 'api_error', message: 'Internal server error' },
  unavailable: { status: 503, type: 'api_error', message: 'Service unavailable' },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  timeout: { status: 504, type: 'timeout_error', message: 'Request timed out' },
}

export function anthropicFailure(failure: Failure, sequence: number): FailureReply {
  const { kind, facts } = failure
  const row = rows[kind]
  const limit = kind === 'rate-limit' && {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
  }
  const retry = facts.retryAfterSeconds !== undefined && { 'retry-after': String(facts.retryAfterSeconds) }
  return {
    status: facts.status ?? row.status,
    headers: { ...limit, ...retry },
    body: anthropicErrorBody(failure, sequence),
  }
}

export function anthropicErrorBody({ kind, facts }: Failure, sequence: number): JsonObject {
  const row = rows[kind]
  const wanted = kind === 'not-found' && facts.model ? `model: ${facts.model}` : row.message
  const message = facts.violation ? violationText(facts.violation) : (facts.message ?? wanted)
  return { type: 'error', error: { type: row.type, message }, request_id: `req_testkit${sequence}` }
}

/** `messages.0.content: Field required` */
function violationText(violation: Violation): string {
  const words = {
    missing: 'Field required',
    unknown: 'Extra inputs are not permitted',
    type: `Input should be a valid ${violation.expected}`,
    value: `Input should be ${violation.expected}`,
  }
  return `${violation.path.join('.')}: ${words[violation.kind]}`
}
