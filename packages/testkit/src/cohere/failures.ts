import type { Failure, FailureKind } from '../wire/failure.ts'
import type { Violation } from '../wire/shape.ts'
import type { FailureReply } from '../wire/wire.ts'

/** https://docs.cohere.com/reference/errors */
const rows: Readonly<Record<FailureKind, readonly [status: number, message: string]>> = {
  invalid: [400, 'invalid request'],
  'no-key': [401, 'no api key supplied'],
  unauthorized: [401, 'invalid api token'],
  forbidden: [403, 'your api key is not allowed to use this resource'],
  'not-found': [404, 'model not found, make sure the correct model ID was used'],
  'too-large': [413, 'request body too large'],
  'rate-limit': [429, 'You are past the per minute request limit, please wait and try again later.'],
  quota: [402, 'Please add or update your payment method to continue'],
  context: [
    400,
    'too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 128001.',
  ],
  'content-policy': [498, 'blocked input: please adjust the prompt and try again'],
  server: [500, 'internal server error, please try again later'],
  unavailable: [503, 'the model is temporarily unavailable'],
  overloaded: [503, 'the service is overloaded, please try again later'],
  timeout: [504, 'request timed out'],
}

export function cohereFailure(failure: Failure, sequence: number): FailureReply {
  const { kind, facts } = failure
  const status = facts.status ?? (facts.violation ? 422 : rows[kind][0])
  return {
    status,
    ...(facts.retryAfterSeconds !== undefined && {
      headers: { 'retry-after': String(facts.retryAfterSeconds) },
    }),
    body: { id: `testkit-${sequence}`, message: cohereWords(failure) },
  }
}

export function cohereWords({ kind, facts }: Failure): string {
  if (facts.violation) return violationWords(facts.violation)
  if (facts.message) return facts.message
  if (kind === 'not-found' && facts.model)
    return `model '${facts.model}' not found, make sure the correct model ID was used`
  return rows[kind][1]
}

function violationWords({ kind, path, expected }: Violation): string {
  const field = path.join('.')
  if (kind === 'missing') return `invalid request: ${field} is a required field`
  if (kind === 'unknown') return `unknown field: parameter '${field}' is not a valid field`
  return `invalid type: parameter ${field} must be ${expected}`
}
