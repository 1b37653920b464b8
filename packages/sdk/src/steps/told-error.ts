import { hideSecret } from '../credentials/hide-secret.ts'
import { createError, SluiceError } from '../errors.ts'
import type { EndpointName } from '../types/endpoint-map.ts'
import type { Prepared } from './shapes.ts'

/** More of a provider's words nobody reads; its page of 100 MB must not become ours. Characters. */
const MOST_WORDS = 4_000
const MOST_FIELDS = 16_000

/** What a request took along to be let in. */
type Signed = Pick<Prepared<EndpointName>, 'secret' | 'outgoing'>

/**
 * A call's error as it may leave it: without the key, or the token it was traded for, which some servers repeat to
 * whoever reads the error; and with no more of the provider's words than anyone reads.
 */
export function toldError(error: unknown, signed: Signed | undefined): unknown {
  return bounded(signed ? secretsOf(signed).reduce(hideSecret, error) : error)
}

const CREDENTIAL = /authorization|key|token|secret|password/

function secretsOf({ secret, outgoing }: Signed): string[] {
  const sent = Object.entries(outgoing.headers).filter(([name]) => CREDENTIAL.test(name))
  // Behind the scheme, as in `Bearer X`.
  const values = sent.map(([, value]) => value.slice(value.lastIndexOf(' ') + 1))
  return secret === undefined ? values : [secret, ...values]
}

function bounded(error: unknown): unknown {
  if (!(error instanceof SluiceError)) return error
  const { message, providerSpecificFields } = error
  const fields = JSON.stringify(providerSpecificFields)
  if (message.length <= MOST_WORDS && (fields === undefined || fields.length <= MOST_FIELDS)) return error
  const { kind, status, type, code, param, provider, model, retryable, retryAfterMs, headers } = error
  return createError({
    ...{ kind, status, type, code, param, provider, model, retryable, retryAfterMs, headers },
    message: message.length > MOST_WORDS ? `${message.slice(0, MOST_WORDS)}…` : message,
    providerSpecificFields:
      fields.length > MOST_FIELDS ? { shortened: fields.slice(0, MOST_WORDS) } : providerSpecificFields,
  })
}
