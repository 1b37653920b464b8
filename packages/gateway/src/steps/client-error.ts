import { createError, type SluiceError } from 'sluice/internal'

/**
 * An error as the client may see it. A provider that refuses *the gateway's* credential is the operator's trouble:
 * the caller's key is fine, so the caller hears 502 and never 401 or 403.
 */
export function clientError(error: SluiceError): SluiceError {
  if (error.provider === undefined || (error.kind !== 'authentication' && error.kind !== 'permission'))
    return error
  return createError({
    kind: 'bad_gateway',
    message: `The provider refused the gateway's credential for this model: ${error.message}`,
    code: 'upstream_authentication_error',
    retryable: false,
    provider: error.provider,
    model: error.model,
    cause: error,
  })
}
