import { type ErrorFacts, type ErrorKind, kindOfStatus } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'

/** Statuses only Cohere has. Source: https://docs.cohere.com/reference/errors */
const STATUSES: ReadonlyMap<number, ErrorKind> = new Map<number, ErrorKind>([
  // "Blocked input or output": the text holds a deny-listed token.
  [498, 'content_policy'],
  [499, 'timeout'],
  [501, 'bad_request'],
])

/** Cohere sends no codes, so its words must do. */
const TEXTS: readonly (readonly [string, ErrorKind])[] = [
  ['too many tokens', 'context_window'],
  ['exceeds the maximum context', 'context_window'],
  ['maximum context length', 'context_window'],
  ['invalid api token', 'authentication'],
  ['no api key supplied', 'authentication'],
]

/** Facts of Cohere's error body, `{ message, id }`; `undefined` when it is none. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (typeof body === 'string')
    return body === '' ? undefined : { kind: kindOf(status, body), message: body.slice(0, 2000) }
  if (!isJsonObject(body)) return undefined
  const words = body.message ?? body.data ?? body.error
  const message = typeof words === 'string' ? words : JSON.stringify(body)
  return { kind: kindOf(status, message), message, providerSpecificFields: { error: body } }
}

function kindOf(status: number, message: string): ErrorKind {
  const kind = STATUSES.get(status) ?? kindOfStatus(status)
  if (kind !== 'bad_request' && kind !== 'unprocessable') return kind
  const text = message.toLowerCase()
  return TEXTS.find(([words]) => text.includes(words))?.[1] ?? kind
}
