import type { Failure, FailureKind } from '../wire/failure.ts'
import type { FailureReply } from '../wire/wire.ts'

/** https://docs.ollama.com/api/errors */
const rows: Readonly<Record<FailureKind, readonly [status: number, message: string]>> = {
  invalid: [400, 'invalid request'],
  'no-key': [401, 'unauthorized'],
  unauthorized: [401, 'unauthorized'],
  forbidden: [403, 'forbidden'],
  'not-found': [404, "model 'x' not found"],
  'too-large': [413, 'request body too large'],
  'rate-limit': [429, 'too many requests'],
  quota: [402, 'you have reached your weekly usage limit'],
  context: [400, 'the input length exceeds the context length'],
  'content-policy': [400, 'the prompt was refused'],
  server: [500, 'llama runner process has terminated: exit status 2'],
  unavailable: [503, 'server busy, please try again.  maximum pending requests exceeded'],
  overloaded: [503, 'server busy, please try again.  maximum pending requests exceeded'],
  timeout: [504, 'timed out waiting for llama runner to start'],
}

export function ollamaFailure(failure: Failure): FailureReply {
  const { kind, facts } = failure
  return {
    status: facts.status ?? rows[kind][0],
    ...(facts.retryAfterSeconds !== undefined && {
      headers: { 'retry-after': String(facts.retryAfterSeconds) },
    }),
    body: { error: ollamaWords(failure) },
  }
}

export function ollamaWords({ kind, facts }: Failure): string {
  const { violation } = facts
  if (violation) {
    const field = violation.path.join('.')
    return violation.kind === 'missing'
      ? `${field} is required`
      : `json: cannot unmarshal ${field}: ${violation.expected}`
  }
  if (kind === 'not-found' && facts.model && !facts.message) return `model '${facts.model}' not found`
  return facts.message ?? rows[kind][1]
}
