import { createError, type ErrorKind, type SluiceError } from 'sluice/internal'

const KINDS: Readonly<Record<number, ErrorKind>> = { 400: 'bad_request', 404: 'not_found', 409: 'conflict' }

/** A refusal of RFC 7644 §3.12; `scimType` is its detail error keyword. */
export function scimError(status: 400 | 404 | 409, detail: string, scimType?: string): SluiceError {
  return createError({
    kind: KINDS[status] ?? 'bad_request',
    message: detail,
    code: scimType,
    retryable: false,
  })
}

const KEYWORDS = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidPath',
  'noTarget',
  'invalidValue',
]

/** Any refusal in the shape that SCIM's clients read. */
export function scimErrorBody({ status, message, code }: SluiceError) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    detail: message,
    ...(code !== undefined && KEYWORDS.includes(code) && { scimType: code }),
  }
}
