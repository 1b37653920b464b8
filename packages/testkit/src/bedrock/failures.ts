import type { AwsMessage } from '../wire/aws-message.ts'
import type { Failure, FailureKind } from '../wire/failure.ts'
import type { Violation } from '../wire/shape.ts'
import type { FailureReply } from '../wire/wire.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
const rows: Readonly<Record<FailureKind, readonly [status: number, name: string, message: string]>> = {
  invalid: [400, 'ValidationException', 'The request is not valid.'],
  'no-key': [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  unauthorized: [
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  ],
  forbidden: [
    403,
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
  ],
  'not-found': [
    404,
    'ResourceNotFoundException',
    'Could not resolve the foundation model from the model identifier.',
  ],
  'too-large': [413, 'RequestEntityTooLargeException', 'The request is too large.'],
  'rate-limit': [
    429,
    'ThrottlingException',
    'Too many requests, please wait before trying again. You have sent too many requests.',
  ],
  quota: [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota for your account.'],
  context: [400, 'ValidationException', 'Input is too long for requested model.'],
  'content-policy': [400, 'ValidationException', 'This request has been blocked by our content filters.'],
  server: [
    500,
    'InternalServerException',
    'The system encountered an unexpected error. Try your request again.',
  ],
  unavailable: [503, 'ServiceUnavailableException', 'The service is not available. Try again later.'],
  overloaded: [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'],
  timeout: [
    408,
    'ModelTimeoutException',
    'Model has timed out in processing the request. Try your request again.',
  ],
}

/** The exception's name is in a header only. */
export function bedrockFailure({ kind, facts }: Failure): FailureReply {
  const [status, name, message] = rows[kind]
  return {
    status: facts.status ?? status,
    headers: {
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      ...(facts.retryAfterSeconds !== undefined && { 'retry-after': String(facts.retryAfterSeconds) }),
    },
    body: { message: facts.violation ? violationText(facts.violation) : (facts.message ?? message) },
  }
}

/** An exception in the middle of a stream: the name begins with a small letter there. */
export function bedrockException({ kind, facts }: Failure): AwsMessage {
  const [, name, message] = rows[kind]
  return {
    kind: 'exception',
    type: name.charAt(0).toLowerCase() + name.slice(1),
    data: { message: facts.message ?? message },
  }
}

function violationText({ kind, path, expected }: Violation): string {
  const field = path.join('.')
  if (kind === 'missing')
    return `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`
  if (kind === 'unknown')
    return `The format of the value at ${field} is invalid: extraneous key is not permitted`
  return `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must be ${expected}`
}
