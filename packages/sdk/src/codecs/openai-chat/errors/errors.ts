import {
  createError,
  type ErrorFacts,
  type ErrorKind,
  kindOfStatus,
  type SluiceError,
} from '../../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { CallInfo } from '../../codec.ts'
import { errorObject } from './error-body.ts'

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
  tokens_limit_reached: 'context_window',
}

/** `error.type` → kind, where the code says nothing. */
const TYPES: Readonly<Record<string, ErrorKind>> = {
  insufficient_quota: 'insufficient_quota',
  overloaded_error: 'unavailable',
  service_unavailable: 'unavailable',
  authentication_error: 'authentication',
  permission_error: 'permission',
  budget_exceeded: 'insufficient_quota',
  rate_limit_error: 'rate_limit',
  // llama.cpp: https://github.com/ggml-org/llama.cpp/tree/master/tools/server
  exceed_context_size_error: 'context_window',
  unavailable_error: 'unavailable',
  content_filter: 'content_policy',
}

/** Last resort for compatible providers that give neither code nor type: words of their messages. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['maximum context length', 'context_window'],
  ['context length exceeded', 'context_window'],
  ['exceeds the maximum number of tokens', 'context_window'],
  ['input tokens exceed', 'context_window'],
  ['prompt is too long', 'context_window'],
  ['exceeds the available context size', 'context_window'],
  ['exceed context limit', 'context_window'],
  ["model's maximum context limit", 'context_window'],
  ["longer than the model's context length", 'context_window'],
  ['reduce the length of the messages', 'context_window'],
  ['`inputs` tokens + `max_new_tokens` must be', 'context_window'],
  ['rejected as a result of the safety system', 'content_policy'],
  ["triggering azure openai's content management", 'content_policy'],
]

/** Facts of an OpenAI-shaped error body: `{ error: { message, type, param, code } }` and its dialects. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const error = errorObject(body)
  if (error === undefined) return undefined
  const said = [error.message, error.detail].find(text => typeof text === 'string')
  const message = typeof said === 'string' ? said : JSON.stringify(error)
  // Databricks says `error_code`.
  const code = codeOf(error.code ?? error.error_code)
  const type = typeof error.type === 'string' ? error.type : undefined
  return {
    kind: isModeration(error) ? 'content_policy' : kindOf(status, code, type, message),
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

/** Words are codes, and so are numbers that are no HTTP status. */
function codeOf(code: unknown): string | undefined {
  if (typeof code === 'string') return code
  return typeof code === 'number' && (code < 100 || code > 599) ? String(code) : undefined
}

/** OpenRouter: https://openrouter.ai/docs/api-reference/errors#moderation-errors */
function isModeration({ metadata }: JsonObject): boolean {
  return isJsonObject(metadata) && isJsonArray(metadata.reasons)
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
