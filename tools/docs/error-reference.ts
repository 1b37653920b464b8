import { ERROR_KINDS, type ErrorKind } from '../../packages/sdk/src/errors.ts'
import { code, table } from './table.ts'

/** When each kind is thrown, in one sentence. */
const MEANINGS: Readonly<Record<ErrorKind, string>> = {
  bad_request: 'The request is wrong; the message names the field, the rule and the remedy.',
  unsupported_params: 'The target cannot express a parameter; leave it out, or set `drop_params`.',
  context_window: 'The prompt is longer than the model takes.',
  content_policy: "The provider's content filter refused.",
  image_fetch: 'A media URL could not be fetched or converted.',
  unknown_provider: 'The model name leads to no known provider.',
  too_large: 'The body is larger than allowed.',
  authentication: 'The key is missing, wrong, expired or blocked.',
  permission: 'The key is good, but may not use this model or route.',
  not_found: 'No such model, route or object.',
  conflict: 'It exists already, or somebody else changed it.',
  unprocessable: 'The provider understood the request and will not do it.',
  rate_limit: "A limit of yours or the provider's is reached; `retry-after` says when to come back.",
  insufficient_quota: 'The provider account is out of credit: waiting does not help.',
  budget: 'A budget is spent, or calls in flight hold the rest of it (then, and only then, it is retryable).',
  internal: 'A bug here, or an internal error at the provider.',
  bad_gateway: "The provider's answer breaks its own format, or it refused the gateway's credential.",
  unavailable: 'The provider, the database or the journal cannot serve now.',
  connection: 'The provider could not be reached, or hung up before it answered.',
  truncated: 'A stream ended before its end mark.',
  timeout: 'No answer in time.',
  aborted: 'The caller gave up; the upstream call was stopped.',
  other: 'An answer with a status that no other kind covers.',
}

/** Every kind of error as a Markdown table; the generated part of docs/reference/errors.md. */
export function errorReference(): string {
  const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]
  return table(
    ['kind', 'class in the SDK', 'status', '`type`', '`code`', 'retryable', 'when'],
    kinds.map(kind => {
      const row = ERROR_KINDS[kind]
      return [
        code(kind),
        code(row.class.name),
        String(row.status),
        code(row.type),
        'code' in row ? code(row.code) : '',
        row.retryable ? 'yes' : 'no',
        MEANINGS[kind],
      ]
    }),
  )
}
