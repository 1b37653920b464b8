import { createError, type ErrorFacts, type ErrorKind, kindOfStatus, type SluiceError } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Ollama has words only. Source: https://docs.ollama.com/api/errors */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['exceeds the context length', 'context_window'],
  ['exceeds maximum context length', 'context_window'],
  ['exceed context', 'context_window'],
  ['does not support tools', 'unsupported_params'],
  ['does not support thinking', 'unsupported_params'],
  ['not found', 'not_found'],
  ['unauthorized', 'authentication'],
  ['server busy', 'unavailable'],
  ['requires more system memory', 'unavailable'],
  ['too many requests', 'rate_limit'],
  ['usage limit', 'rate_limit'],
]

/** Facts of `{ error: "…" }`; `undefined` when it is none. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const error = isJsonObject(body) ? (body.error ?? body.message) : body
  const message = typeof error === 'string' ? error : isJsonObject(error) ? error.message : undefined
  if (typeof message !== 'string' || message === '') return undefined
  return {
    kind: kindOf(status, message),
    message: message.slice(0, 2000),
    providerSpecificFields: { error: body },
  }
}

function kindOf(status: number, message: string): ErrorKind {
  const kind = kindOfStatus(status)
  if (kind !== 'bad_request' && kind !== 'internal' && kind !== 'bad_gateway') return kind
  const text = message.toLowerCase()
  return TEXTS.find(([words]) => text.includes(words))?.[1] ?? kind
}

/** An error that came as a line of the stream, after a status of 200. */
export function decodeLateError(body: unknown, info: CallInfo): SluiceError {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider reported an error after it had accepted the request.',
    ...decodeError(502, body),
    provider: info.deployment.provider,
    model: info.model,
  })
}
