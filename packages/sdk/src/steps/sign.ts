import type { OutgoingRequest } from '../credentials/credentials.ts'
import { createError, SluiceError } from '../errors.ts'
import { isCredentialParam } from '../providers/params/credential-params.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { CallHost, Prepared } from './shapes.ts'

/**
 * Signs a request. What is refused where tokens are given out is never about the request; errors that name the
 * parameter to mend stay as they are.
 */
export function sign<E extends EndpointName>(
  { provider, secret, ask }: Prepared<E>,
  request: OutgoingRequest,
  host: CallHost,
): void | Promise<void> {
  try {
    const signing = provider.credentials.sign(request, secret, ask.deployment, host.signing)
    return signing?.catch((error: unknown) => {
      throw credentialError(error)
    })
  } catch (error) {
    throw credentialError(error)
  }
}

const NOT_OURS = new Set(['aborted', 'authentication', 'permission', 'rate_limit', 'timeout'])

function credentialError(error: unknown): unknown {
  if (!(error instanceof SluiceError) || error.status >= 500 || NOT_OURS.has(error.kind)) return error
  if (error.param === 'model' || (error.param && isCredentialParam(error.param))) return error
  const { message, code, provider, model } = error
  return createError({ kind: 'authentication', message, code, provider, model, cause: error })
}
