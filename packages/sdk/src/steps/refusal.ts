import { createError, kindOfStatus, type SluiceError } from '../errors.ts'
import { errorKindOf } from '../providers/error-rules.ts'
import { retryAfterInBody, retryAfterMs } from '../transport/retry-after.ts'
import type { ReplyHead } from '../transport/transport.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Prepared } from './shapes.ts'

/** The provider said no: its own words, our class. */
export function refusal<E extends EndpointName>(
  prepared: Prepared<E>,
  head: ReplyHead,
  bytes: Buffer,
): SluiceError {
  const { codec, info, provider } = prepared
  const body = parseErrorBody(bytes)
  const facts = codec.upstream.decodeError?.(head.status, body, head.headers)
  const kind = errorKindOf(provider, head.status, body, facts)
  const words = `The provider answered with status ${head.status}.`
  return createError({
    kind: kindOfStatus(head.status),
    message: words,
    ...(!isPage(body) && { providerSpecificFields: { body } }),
    ...facts,
    ...(isPage(facts?.message) && { message: words }),
    ...(kind && { kind }),
    status: head.status,
    retryAfterMs:
      facts?.retryAfterMs ??
      retryAfterMs(head.headers, info.now, head.status) ??
      (head.status === 429 ? retryAfterInBody(body, info.now) : undefined),
  })
}

function parseErrorBody(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A web page in an error's place is the work of something in between, and nobody's to read. */
function isPage(body: unknown): boolean {
  return typeof body === 'string' && body.trimStart().startsWith('<')
}
