import { createError, type ErrorFacts, type ErrorKind, kindOfStatus, type SluiceError } from '../../errors.ts'
import { isJsonObject, type JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** `error.code` → kind. Source: https://platform.openai.com/docs/guides/error-codes and Azure's content filter codes. */
const CODES: Readonly<Record<string, ErrorKind>> = {
  context_length_exceeded: 'context_window',
  string_above_max_length: 'context_window',
  content_policy_violation: 'content_policy',
  content_filter: 'content_policy',
  ResponsibleAIPolicyViolation: 'content_policy',
  invalid_prompt: 'content_policy',
  moderation_blocked: 'content_policy',
  invalid_api_key: 'authentication',
  account_deactivated: 'authentication',
  insufficient_quota: 'insufficient_quota',
  billing_hard_limit_reached: 'insufficient_quota',
  rate_limit_exceeded: 'rate_limit',
  model_not_found: 'not_found',
  DeploymentNotFound: 'not_found',
  server_overloaded: 'unavailable',
  timeout: 'timeout',
}

/** `error.type` → kind, where the code says nothing. */
const TYPES: Readonly<Record<string, ErrorKind>> = {
  insufficient_quota: 'insufficient_quota',
  overloaded_error: 'unavailable',
  service_unavailable: 'unavailable',
  authentication_error: 'authentication',
  permission_error: 'permission',
  budget_exceeded: 'insufficient_quota',
}

/** Last resort for compatible providers that give neither code nor type: words of their messages. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['maximum context length', 'context_window'],
  ['context length exceeded', 'context_window'],
  ['exceeds the maximum number of tokens', 'context_window'],
  ['input tokens exceed', 'context_window'],
  ['prompt is too long', 'context_window'],
  ['`inputs` tokens + `max_new_tokens` must be', 'context_window'],
  ['rejected as a result of the safety system', 'content_policy'],
  ["triggering azure openai's content management", 'content_policy'],
]

/** Facts of an OpenAI-shaped error body: `{ error: { message, type, param, code } }` and its dialects. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const error = errorObject(body)
  if (error === undefined) return undefined
  const message = typeof error.message === 'string' ? error.message : JSON.stringify(error)
  const code = typeof error.code === 'string' ? error.code : undefined
  const type = typeof error.type === 'string' ? error.type : undefined
  return {
    kind: kindOf(status, code, type, message),
    message,
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(typeof error.param === 'string' && { param: error.param }),
    providerSpecificFields: {
      error,
      ...(isJsonObject(error.innererror) && { innererror: error.innererror }),
    },
  }
}

function kindOf(
  status: number,
  code: string | undefined,
  type: string | undefined,
  message: string,
): ErrorKind {
  if (code !== undefined && Object.hasOwn(CODES, code)) return CODES[code] as ErrorKind
  if (type !== undefined && Object.hasOwn(TYPES, type)) return TYPES[type] as ErrorKind
  if (status === 400 || status === 413 || status === 422) {
    const text = message.toLowerCase()
    const row = TEXTS.find(([words]) => text.includes(words))
    if (row) return row[1]
  }
  return kindOfStatus(status)
}

function errorObject(body: unknown): JsonObject | undefined {
  if (typeof body === 'string') return body === '' ? undefined : { message: body.slice(0, 2000) }
  if (!isJsonObject(body)) return undefined
  if (isJsonObject(body.error)) return body.error
  if (typeof body.error === 'string') return { message: body.error }
  if (typeof body.message === 'string') return body
  if (typeof body.detail === 'string') return { message: body.detail }
  return body.detail === undefined ? undefined : { message: JSON.stringify(body.detail) }
}

/** An error object that came after a status of 200: as a stream event, or as the whole body. */
export function decodeLateError(error: unknown, info?: CallInfo): SluiceError {
  const status = isJsonObject(error) ? Number(error.code ?? error.status) : Number.NaN
  const known = Number.isInteger(status) && status >= 400 && status < 600 ? status : 502
  const facts = decodeError(known, { error })
  return createError({
    kind: 'bad_gateway',
    message: 'The provider reported an error after it had accepted the request.',
    ...facts,
    provider: info?.deployment.provider,
    model: info?.model,
  })
}

/** LiteLLM's envelope: our own errors carry the status as `code`, a provider's error keeps the provider's code. */
export function encodeError(error: SluiceError): JsonObject {
  const own = error.provider === undefined
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: own ? String(error.status) : (error.code ?? String(error.status)),
      ...(error.providerSpecificFields && { provider_specific_fields: error.providerSpecificFields }),
    },
  }
}
