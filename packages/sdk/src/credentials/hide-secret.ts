import { createError, SluiceError } from '../errors.ts'

/** Shorter secrets are words of ordinary texts. */
const LEAST_SECRET = 8

/** The error without the provider's key in it: some servers repeat the key they refuse, to whoever reads the error. */
export function hideSecret(error: unknown, secret: string | undefined): unknown {
  if (!(error instanceof SluiceError) || secret === undefined || secret.length < LEAST_SECRET) return error
  const { message, code, type, param, providerSpecificFields } = error
  const fields = JSON.stringify(providerSpecificFields)
  if (![message, code, type, param, fields].some(text => text?.includes(secret))) return error
  const hide = <T extends string | undefined>(text: T) => text?.replaceAll(secret, '[key]')
  const { kind, status, provider, model, retryable, retryAfterMs, headers } = error
  return createError({
    ...{ kind, status, provider, model, retryable, retryAfterMs, headers },
    message: hide(message) ?? '',
    type: hide(type),
    code: hide(code),
    param: hide(param),
    providerSpecificFields: fields === undefined ? undefined : parsed(hide(fields)),
  })
}

function parsed(text = '{}'): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
