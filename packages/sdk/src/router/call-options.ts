import { badRequest } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../types/json.ts'
import type { FallbackOptions } from './fallbacks.ts'
import { readFallbacks } from './read-fallbacks.ts'
import type { MockFailure } from './route.ts'

/** How a call is made, as opposed to what is asked. LiteLLM's per-call options in TypeScript's naming. */
export interface CallOptions extends FallbackOptions {
  readonly apiKey?: string | undefined
  readonly apiBase?: string | undefined
  readonly apiVersion?: string | undefined
  readonly organization?: string | undefined
  /** LiteLLM: `custom_llm_provider`. */
  readonly provider?: string | undefined
  /** Milliseconds for the whole call. LiteLLM's `timeout` is in seconds. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds to the first output of a stream. */
  readonly streamTimeoutMs?: number | undefined
  /** Milliseconds a stream may be silent. */
  readonly streamIdleTimeoutMs?: number | undefined
  /** False: a stream that breaks off is not gone on with by another deployment. */
  readonly streamContinuation?: boolean | undefined
  readonly numRetries?: number | undefined
  /** LiteLLM's `allowed_model_region`. */
  readonly region?: string | undefined
  /** Of calls that wait for a place at a deployment: lower goes first. */
  readonly priority?: number | undefined
  /** Lets the model fail with this error without being asked, to try out its fallbacks (`mock_testing_fallbacks` …). */
  readonly mockFailure?: MockFailure | undefined
  readonly dropParams?: boolean | undefined
  /** Repair what the provider would refuse, each repair recorded. */
  readonly modifyParams?: boolean | undefined
  readonly additionalDropParams?: readonly string[] | undefined
  readonly allowedOpenaiParams?: readonly string[] | undefined
  readonly mockResponse?: unknown
  readonly metadata?: JsonObject | undefined
  readonly tags?: readonly string[] | undefined
  /** Sent upstream, lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Merged into the wire body last. */
  readonly extraBody?: JsonObject | undefined
  readonly traceId?: string | undefined
  readonly sessionId?: string | undefined
  readonly callId?: string | undefined
  /** Prices and limits in LiteLLM's names, over the catalogue's. */
  readonly modelInfo?: JsonObject | undefined
}

type Reader = (value: unknown, key: string) => unknown
type Row = readonly [to: keyof CallOptions | undefined, read: Reader]

const text: Reader = (value, key) => check(typeof value === 'string', value, key, 'a string')
const flag: Reader = (value, key) => {
  if (value === 'true' || value === 'false') return value === 'true'
  return check(typeof value === 'boolean', value, key, 'true or false')
}
const seconds: Reader = (value, key) =>
  (check(typeof value === 'number' && value > 0, value, key, 'a number of seconds above 0') as number) * 1000
const count: Reader = (value, key) =>
  check(Number.isInteger(value) && (value as number) >= 0, value, key, 'a whole number of at least 0')
const texts: Reader = (value, key) =>
  check(
    Array.isArray(value) && value.every(item => typeof item === 'string'),
    value,
    key,
    'an array of strings',
  )
const object: Reader = (value, key) => check(isJsonObject(value), value, key, 'an object')
const headers: Reader = (value, key) => {
  const given = check(isJsonObject(value), value, key, 'an object of strings') as JsonObject
  return Object.fromEntries(
    Object.entries(given).map(([name, item]) => [name.toLowerCase(), text(item, `${key}.${name}`)]),
  )
}
const anything: Reader = value => value
const fallbackLists: Reader = (value, key) => readFallbacks(value, key, splitOptions)
const failure =
  (kind: MockFailure): Reader =>
  (value, key) =>
    flag(value, key) ? kind : undefined

/**
 * LiteLLM's option keys in a request body. Those without a target are LiteLLM's own bookkeeping: understood as not
 * meant for a provider, and left out.
 */
const OPTION_KEYS: Readonly<Record<string, Row>> = {
  api_key: ['apiKey', text],
  api_base: ['apiBase', text],
  base_url: ['apiBase', text],
  api_version: ['apiVersion', text],
  organization: ['organization', text],
  custom_llm_provider: ['provider', text],
  timeout: ['timeoutMs', seconds],
  request_timeout: ['timeoutMs', seconds],
  stream_timeout: ['streamTimeoutMs', seconds],
  num_retries: ['numRetries', count],
  max_retries: ['numRetries', count],
  stream_idle_timeout: ['streamIdleTimeoutMs', seconds],
  stream_continuation: ['streamContinuation', flag],
  fallbacks: ['fallbacks', fallbackLists],
  context_window_fallbacks: ['contextWindowFallbacks', fallbackLists],
  content_policy_fallbacks: ['contentPolicyFallbacks', fallbackLists],
  mock_testing_fallbacks: ['mockFailure', failure('internal')],
  mock_testing_context_window_fallbacks: ['mockFailure', failure('context_window')],
  mock_testing_content_policy_fallbacks: ['mockFailure', failure('content_policy')],
  mock_testing_rate_limit_error: ['mockFailure', failure('rate_limit')],
  allowed_model_region: ['region', text],
  priority: ['priority', count],
  disable_fallbacks: ['disableFallbacks', flag],
  drop_params: ['dropParams', flag],
  modify_params: ['modifyParams', flag],
  additional_drop_params: ['additionalDropParams', texts],
  allowed_openai_params: ['allowedOpenaiParams', texts],
  mock_response: ['mockResponse', anything],
  metadata: ['metadata', object],
  litellm_metadata: ['metadata', object],
  tags: ['tags', texts],
  headers: ['headers', headers],
  extra_headers: ['headers', headers],
  extra_body: ['extraBody', object],
  litellm_trace_id: ['traceId', text],
  litellm_session_id: ['sessionId', text],
  litellm_call_id: ['callId', text],
  model_info: ['modelInfo', object],
  cache: [undefined, anything],
  caching: [undefined, anything],
  guardrails: [undefined, anything],
  'no-log': [undefined, anything],
  model_list: [undefined, anything],
  litellm_logging_obj: [undefined, anything],
}

/** Splits LiteLLM's options from what is asked. The very same object comes back when there are none. */
export function splitOptions<R extends JsonObject>(
  body: R,
): { request: R; options: CallOptions | undefined } {
  let request = body
  let options: Record<string, unknown> | undefined
  for (const key in body) {
    const row = Object.hasOwn(OPTION_KEYS, key) ? OPTION_KEYS[key] : undefined
    if (row === undefined || (key === 'metadata' && body.store === true)) continue
    if (request === body) request = { ...body }
    options ??= {}
    delete (request as JsonObject)[key]
    const value = body[key]
    if (value === null || value === undefined || row[0] === undefined) continue
    const read = row[1](value, key)
    if (read === undefined) continue
    const before = options[row[0]]
    options[row[0]] = isJsonObject(before) && isJsonObject(read) ? { ...before, ...read } : read
  }
  return { request, options: options as CallOptions | undefined }
}

const TEXT_READERS: ReadonlySet<Reader> = new Set([text, flag, anything])
const LIST_READERS: ReadonlySet<Reader> = new Set([texts, fallbackLists])

/**
 * The options of a form made into what they would be in JSON: fields hold texts only, so objects, lists and numbers are
 * written as JSON (LiteLLM's way). A single text where a list belongs is a list of one.
 */
export function parseOptionFields<R extends JsonObject>(fields: R): R {
  let out = fields
  for (const key in fields) {
    const value: unknown = fields[key]
    const reader = Object.hasOwn(OPTION_KEYS, key) ? OPTION_KEYS[key]?.[1] : undefined
    if (reader === undefined || typeof value !== 'string' || TEXT_READERS.has(reader)) continue
    const parsed = parsedOr(value, LIST_READERS.has(reader) ? [value] : value)
    out = { ...out, [key]: parsed }
  }
  return out
}

function parsedOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return otherwise
  }
}

function check(holds: boolean, value: unknown, key: string, rule: string): unknown {
  if (!holds) throw badRequest(`${key}: must be ${rule}.`, key)
  return value
}
