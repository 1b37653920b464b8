import { createError, type ErrorFacts, type ErrorKind, type SluiceError } from '../errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../types/json.ts'
import type { WireEvent } from '../types/stream.ts'
import type { CallInfo } from './codec.ts'

/**
 * The exceptions of AWS's services by name.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and the pages of the operations.
 */
const KINDS: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ['ThrottlingException', 'rate_limit'],
  ['TooManyRequestsException', 'rate_limit'],
  ['ModelNotReadyException', 'unavailable'],
  ['ServiceQuotaExceededException', 'rate_limit'],
  ['ValidationException', 'bad_request'],
  ['ValidationError', 'bad_request'],
  ['AccessDeniedException', 'permission'],
  ['NotAuthorized', 'permission'],
  ['OptInRequired', 'permission'],
  ['UnrecognizedClientException', 'authentication'],
  ['InvalidSignatureException', 'authentication'],
  ['SignatureDoesNotMatch', 'authentication'],
  ['IncompleteSignature', 'authentication'],
  ['IncompleteSignatureException', 'authentication'],
  ['MissingAuthenticationToken', 'authentication'],
  ['MissingAuthenticationTokenException', 'authentication'],
  ['InvalidClientTokenId', 'authentication'],
  ['ExpiredToken', 'authentication'],
  ['ExpiredTokenException', 'authentication'],
  ['RequestExpired', 'authentication'],
  ['ResourceNotFoundException', 'not_found'],
  ['ConflictException', 'conflict'],
  ['ModelTimeoutException', 'timeout'],
  ['ModelErrorException', 'internal'],
  ['ModelError', 'internal'],
  ['ModelStreamErrorException', 'internal'],
  ['ModelStreamError', 'internal'],
  ['InternalServerException', 'internal'],
  ['InternalFailure', 'internal'],
  ['InternalStreamFailure', 'internal'],
  ['InternalDependencyException', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
])

/** What models behind AWS say only in words, all of it as a `ValidationException` or a model's error. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['too many tokens', 'context_window'],
  ['too many input tokens', 'context_window'],
  ['expected maxlength:', 'context_window'],
  ['input is too long', 'context_window'],
  ['prompt is too long', 'context_window'],
  ['prompt: length: 1..', 'context_window'],
  ['exceeds the maximum context length', 'context_window'],
  ['maximum context length', 'context_window'],
  ['exceed context limit', 'context_window'],
  ['`inputs` tokens + `max_new_tokens` must be', 'context_window'],
  ['instance type with more cpu capacity or memory', 'context_window'],
  ['content filtering policy', 'content_policy'],
  ['blocked by our content filters', 'content_policy'],
  ['the security token included in the request is invalid', 'authentication'],
  ['bearer token has expired', 'authentication'],
]

/** Advice for what AWS refuses and a setting of ours repairs. */
const REMEDIES: readonly (readonly [string, string])[] = [
  [
    'a conversation must start with a user message',
    'Set modify_params: true to have one put first, or give user_continue_message.',
  ],
  [
    'conversation blocks and tool result blocks cannot be provided in the same turn',
    'Send the tool results in a turn of their own.',
  ],
]

/** AWS's error reply → facts. The exception's name is in a header, or in the body's `__type`. */
export function decodeAwsError(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Partial<ErrorFacts> | undefined {
  const said: JsonObject = isJsonObject(body) ? body : {}
  const named = headers['x-amzn-errortype'] ?? said.__type ?? said.code ?? said.Code ?? said.ErrorCode
  const name = typeof named === 'string' ? bareName(named) : undefined
  const message = messageOf(body)
  if (name === undefined && message === undefined) return undefined
  return factsOf(name, message, status, said)
}

/** An exception in the middle of a stream. */
export function awsStreamError({ event, data }: WireEvent, info: CallInfo): SluiceError {
  const body = parsed(data)
  const name = event === undefined ? undefined : bareName(event)
  return createError({
    kind: 'internal',
    ...factsOf(name, messageOf(body), 0, isJsonObject(body) ? body : {}),
    provider: info.deployment.provider,
    model: info.model,
  })
}

function factsOf(
  name: string | undefined,
  message = 'The provider gave no reason.',
  status: number,
  body: JsonObject,
): Partial<ErrorFacts> & { message: string } {
  const kind = kindOf(name, message, status)
  const remedy = REMEDIES.find(([words]) => message.toLowerCase().includes(words))?.[1]
  const { message: _, Message: __, ...rest } = body
  return {
    ...(kind && { kind }),
    message: remedy === undefined ? message : `${message} ${remedy}`,
    ...(name !== undefined && { code: name }),
    providerSpecificFields: { error: { ...rest, ...(name !== undefined && { type: name }), message } },
  }
}

function kindOf(name: string | undefined, message: string, status: number): ErrorKind | undefined {
  const text = message.toLowerCase()
  const known = name === undefined ? undefined : KINDS.get(name)
  if (known === undefined || known === 'bad_request' || known === 'internal') {
    const row = TEXTS.find(([words]) => text.includes(words))
    if (row && status < 500) return row[1]
  }
  return known
}

/** `com.amazon.coral.service#ThrottlingException:http://…` and `throttlingException` → `ThrottlingException`. */
function bareName(name: string): string {
  const [start = ''] = name.slice(name.lastIndexOf('#') + 1).split(':')
  return start.charAt(0).toUpperCase() + start.slice(1)
}

/** A refused signature is explained with all that was signed, session token included: that part stays here. */
function messageOf(body: unknown): string | undefined {
  const said = isJsonObject(body)
    ? (body.message ?? body.Message ?? body.OriginalMessage ?? body.originalMessage)
    : body
  const text = textOf(said)
  const [kept = ''] = text.split(/the canonical string/i)
  return kept.trim() === '' ? undefined : kept.trim().slice(0, 4_000)
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
