import { type ErrorFacts, type ErrorKind, kindOfStatus } from '../../errors.ts'
import { isJsonArray, isJsonObject } from '../../types/json.ts'

/** `errors[].code` → kind. Source: https://cloud.ibm.com/apidocs/watsonx-ai#error-handling */
const CODES: Readonly<Record<string, ErrorKind>> = {
  authentication_token_not_valid: 'authentication',
  authentication_token_expired: 'authentication',
  authorization_rejected: 'permission',
  no_associated_service_instance_error: 'permission',
  model_not_supported: 'not_found',
  model_no_support_for_function: 'bad_request',
  token_quota_reached: 'insufficient_quota',
  user_authorization_failed: 'permission',
  downstream_request_failed: 'bad_gateway',
  rate_limit_reached_requests: 'rate_limit',
  consumption_limit_reached: 'rate_limit',
}

/** Facts of `{ errors: [{ code, message }], trace, status_code }`; `undefined` when it is none. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const first = isJsonObject(body) && isJsonArray(body.errors) ? body.errors[0] : undefined
  if (!isJsonObject(first) || typeof first.message !== 'string') return undefined
  const code = typeof first.code === 'string' ? first.code : undefined
  const known = code !== undefined && Object.hasOwn(CODES, code) ? CODES[code] : undefined
  return {
    kind: known ?? kindByText(status, first.message),
    message: first.message,
    ...(code !== undefined && { code }),
    providerSpecificFields: { error: body },
  }
}

function kindByText(status: number, message: string): ErrorKind {
  const kind = kindOfStatus(status)
  const text = message.toLowerCase()
  return kind === 'bad_request' && text.includes('tokens') && /exceed|larger|must not be greater/.test(text)
    ? 'context_window'
    : kind
}
