import type { ErrorKind, SluiceError } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'

/** The exceptions a client of Converse knows. */
const NAMES: Readonly<Partial<Record<ErrorKind, string>>> = {
  authentication: 'UnrecognizedClientException',
  permission: 'AccessDeniedException',
  not_found: 'ResourceNotFoundException',
  conflict: 'ConflictException',
  rate_limit: 'ThrottlingException',
  insufficient_quota: 'ServiceQuotaExceededException',
  budget: 'ServiceQuotaExceededException',
  unavailable: 'ServiceUnavailableException',
  connection: 'ServiceUnavailableException',
  timeout: 'ModelTimeoutException',
  truncated: 'ModelErrorException',
  bad_gateway: 'ModelErrorException',
}

/** The exception an error is for a client of Converse. */
export function exceptionName(error: SluiceError): string {
  return NAMES[error.kind] ?? (error.status < 500 ? 'ValidationException' : 'InternalServerException')
}

/** The error body: AWS's clients look for the name in `__type` where no header tells it. */
export function encodeError(error: SluiceError): JsonObject {
  return { __type: exceptionName(error), message: error.message }
}

const IN_STREAM: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ValidationException',
  'ServiceUnavailableException',
])

/** Streams know fewer exceptions, spelled with a small letter. */
export function streamException(error: SluiceError): string {
  const name = exceptionName(error)
  if (IN_STREAM.has(name)) return name.charAt(0).toLowerCase() + name.slice(1)
  return error.status < 500 ? 'validationException' : 'modelStreamErrorException'
}
