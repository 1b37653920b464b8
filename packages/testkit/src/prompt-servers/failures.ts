import type { JsonObject } from '../json.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import type { FailureReply } from '../wire/wire.ts'

const rows: Readonly<Record<FailureKind, readonly [status: number, words: string, code: string]>> = {
  invalid: [422, 'Input validation error', 'invalid_request_entity'],
  'no-key': [401, 'Authorization is missing', 'authentication_token_not_valid'],
  unauthorized: [401, 'Invalid credentials', 'authentication_token_not_valid'],
  forbidden: [403, 'Not allowed', 'authorization_rejected'],
  'not-found': [404, 'Model not found', 'model_not_supported'],
  'too-large': [413, 'Request too large', 'request_too_large'],
  'rate-limit': [429, 'Model is overloaded', 'rate_limit_reached_requests'],
  quota: [402, 'Out of credit', 'token_quota_reached'],
  context: [
    422,
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000 `inputs` tokens and 20 `max_new_tokens`',
    'invalid_input_argument',
  ],
  'content-policy': [400, 'Flagged as sensitive', 'content_policy'],
  server: [500, 'Request failed during generation', 'downstream_request_failed'],
  unavailable: [503, 'Model is loading', 'service_unavailable'],
  overloaded: [503, 'Model is overloaded', 'service_unavailable'],
  timeout: [504, 'Timed out', 'timeout'],
}

/** How each of the servers words a failure: given its words, its code and its status. */
export type FailureShape = (words: string, code: string, status: number) => JsonObject

export const plainError: FailureShape = words => ({ error: words })
export const problemDetails: FailureShape = (words, code, status) => ({ title: code, detail: words, status })
export const errorList: FailureShape = (words, code, status) => ({
  errors: [{ code, message: words }],
  trace: 'testkit',
  status_code: status,
})
export const codedMessage: FailureShape = (words, code) => ({ message: words, code, request_id: 'testkit' })

export function failureIn(shape: FailureShape): (failure: Failure) => FailureReply {
  return ({ kind, facts }) => {
    const [usual, words, code] = rows[kind]
    const status = facts.status ?? usual
    const { violation } = facts
    const wrong =
      violation && `Input validation error: ${violation.path.join('.')}: expected ${violation.expected}`
    const wait = facts.retryAfterSeconds
    const headers = wait === undefined ? undefined : { 'retry-after': String(wait) }
    return { status, ...(headers && { headers }), body: shape(wrong ?? facts.message ?? words, code, status) }
  }
}
