import { createError, SluiceError } from 'sluice/internal'

/** Redis cannot be reached, or does not answer in time: the same work may succeed later. */
export function redisUnavailable(cause?: unknown): SluiceError {
  return createError({
    kind: 'unavailable',
    code: 'redis_unavailable',
    message: 'Redis is temporarily unavailable. Please retry shortly.',
    retryAfterMs: 1_000,
    cause,
  })
}

/** What a node says while a cluster changes hands, or a server comes up: the same work succeeds soon. */
const PASSING = /^(CLUSTERDOWN|MOVED|ASK|TRYAGAIN|LOADING|MASTERDOWN|READONLY)\b/

/** True for an answer that another node, or the same one a moment later, would not give. */
export function isPassing(error: unknown): boolean {
  const { cause } = error as { cause?: Error }
  return PASSING.test(cause?.message ?? '')
}

/** Redis answered with an error; its own words stay in `cause`, out of the message. */
export function redisRefusal(cause: unknown): SluiceError {
  return createError({
    kind: 'internal',
    code: 'redis_error',
    message: 'Redis refused a command.',
    retryable: false,
    cause,
  })
}

/** What went wrong in few words for a log, without the secrets named. */
export function reasonOf(error: unknown, secrets: readonly (string | undefined)[]): string {
  const root = error instanceof SluiceError && error.cause !== undefined ? error.cause : error
  const { message, code, name } = root as { message?: string; code?: string; name?: string }
  let reason = message || code || name || 'unknown'
  for (const secret of secrets) if (secret) reason = reason.replaceAll(secret, '***')
  return reason.length > 200 ? `${reason.slice(0, 199)}…` : reason
}
