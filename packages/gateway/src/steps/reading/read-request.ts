import { badRequest } from 'sluice/internal'
import type { InferenceRequest } from '../inference-request.ts'
import { parseJson } from './parse-json.ts'
import { isForm, readForm } from './read-form.ts'

/** What the client sent: parsed JSON, a `WireForm`, or the query's parameters. Throws `BadRequestError`. */
export function readRequest(from: InferenceRequest): unknown {
  if (from.query !== undefined) return from.query
  if (!isForm(from.contentType)) return parseJson(from.bytes)
  if (from.codec.inbound?.takesForms) return readForm(from.bytes, from.contentType)
  throw badRequest(
    'content-type: this route takes application/json, not multipart/form-data.',
    'content-type',
  )
}
