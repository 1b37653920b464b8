import { createError, SluiceError } from '../errors.ts'

const TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

const UNKNOWN_AUTHORITY =
  'its certificate is of an authority that is not trusted here; name the file of the authority’s certificate in NODE_EXTRA_CA_CERTS'

/** Words for the codes people meet; the rest is named by its code. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'its host name does not resolve right now',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not accept connections',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
}

/** A socket-level failure as one of ours, by its code. `answering`: the head of an answer had arrived. */
export function connectionError(error: unknown, answering = false): SluiceError {
  if (error instanceof SluiceError) return error
  const code = codeOf(error)
  const kind = code !== undefined && TIMEOUTS.has(code) ? 'timeout' : 'connection'
  const reason = (code && REASONS[code]) ?? code ?? 'the connection failed'
  const what = answering ? 'The provider broke off its answer' : 'The provider could not be reached'
  return createError({ kind, message: `${what}: ${reason}.`, code, cause: error })
}

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as NodeJS.ErrnoException).code
    if (typeof code === 'string') return code
  }
  return undefined
}
