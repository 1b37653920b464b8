import { type ErrorFacts, type ErrorKind, kindOfStatus } from '../../errors.ts'
import { isJsonObject, textOf } from '../../types/json.ts'

/** Oracle's error codes, where the status does not tell as much. Source: https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm */
const CODES: Readonly<Record<string, ErrorKind>> = {
  NotAuthenticated: 'authentication',
  SignUpRequired: 'authentication',
  NotAuthorized: 'permission',
  NotAllowed: 'permission',
  NotAuthorizedOrNotFound: 'not_found',
  QuotaExceeded: 'insufficient_quota',
  LimitExceeded: 'insufficient_quota',
  TooManyRequests: 'rate_limit',
  PayloadTooLarge: 'too_large',
  ServiceUnavailable: 'unavailable',
}

/** Oracle has no code of its own for these. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['maximum context length', 'context_window'],
  ['total number of tokens', 'context_window'],
  ['too many tokens', 'context_window'],
  ['inappropriate content', 'content_policy'],
  ['content moderation', 'content_policy'],
]

/** Facts of Oracle's error body, `{ code, message }`; `undefined` when it is none. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body) || typeof body.message !== 'string') return undefined
  const code = textOf(body.code)
  const text = body.message.toLowerCase()
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined
  const worded = status === 400 ? TEXTS.find(([words]) => text.includes(words))?.[1] : undefined
  return {
    kind: known ?? worded ?? kindOfStatus(status),
    message: body.message,
    ...(code !== '' && { code }),
    providerSpecificFields: { error: body },
  }
}
