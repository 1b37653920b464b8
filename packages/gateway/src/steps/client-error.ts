import { createError, ERROR_KINDS, isCredentialParam, kindOfStatus, type SluiceError } from 'sluice/internal'

/**
 * An error as the client may see it. A provider that refuses *the gateway's* credential is the operator's trouble:
 * the caller's key is fine, so the caller hears 502 and never 401 or 403. Where a provider tells something else with a
 * status than it means (a rate limit with 400, an empty account with 403), the caller hears what is meant: OpenAI's
 * clients look at the status alone.
 */
export function clientError(error: SluiceError): SluiceError {
  if (error.provider === undefined) return error
  if (error.code === 'credential_unavailable') return unavailable(error)
  if (isMisconfigured(error)) return misconfigured(error)
  const { provider, model, message, kind, status } = error
  if (kind === 'authentication' || kind === 'permission')
    return createError({
      kind: 'bad_gateway',
      message: `The provider refused the gateway's credential for this model: ${message}`,
      code: 'upstream_authentication_error',
      retryable: false,
      provider,
      model,
      cause: error,
    })
  const own = ERROR_KINDS[kind].status
  if (status === own || kindOfStatus(status) === kind || (status >= 500 && own >= 500)) return error
  const { type, code, param, retryable, retryAfterMs, providerSpecificFields, headers } = error
  const told = { type, code, param, retryable, retryAfterMs, providerSpecificFields, headers }
  return createError({ kind, message, provider, model, ...told, cause: error })
}

/** The provider was never asked. */
function unavailable(error: SluiceError): SluiceError {
  const { provider, model, message, code } = error
  return createError({
    ...{ kind: 'unavailable', message, code, retryable: false },
    ...{ provider, model, cause: error },
  })
}

/** Callers may set none of these, so a wrong or missing one is in the configuration of the deployment. */
function isMisconfigured({ kind, param }: SluiceError): boolean {
  if (kind !== 'bad_request' || param === undefined) return false
  return param === 'api_base' || param === 'api_version' || isCredentialParam(param)
}

function misconfigured(error: SluiceError): SluiceError {
  const { provider, model, message } = error
  return createError({
    kind: 'bad_gateway',
    message: `The gateway's deployment of this model is not configured well: ${message}`,
    code: 'deployment_misconfigured',
    retryable: false,
    provider,
    model,
    cause: error,
  })
}
