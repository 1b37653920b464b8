import { type ErrorFacts, type ErrorKind, kindOfStatus } from '../../errors.ts'
import { isJsonArray, isJsonObject, textOf } from '../../types/json.ts'
import { decodeError as decodeOpenaiError } from '../openai-chat/errors/errors.ts'

/** The module that refused, where it says more than the status. */
const LOCATIONS: readonly (readonly [string, ErrorKind])[] = [
  ['filtering module', 'content_policy'],
  ['input filter', 'content_policy'],
  ['output filter', 'content_policy'],
]

/**
 * Facts of an orchestration's error: `{ error: { request_id, code, message, location } }` or, with several
 * configurations, a list of them. Source: https://help.sap.com/docs/sap-ai-core/generative-ai/error-handling
 */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  const given = isJsonObject(body) ? body.error : undefined
  const error: unknown = isJsonArray(given) ? given.at(-1) : given
  if (!isJsonObject(error) || typeof error.message !== 'string') return undefined
  const location = textOf(error.location)
  const told = `${location} ${error.message}`.toLowerCase()
  const kind = status < 500 ? LOCATIONS.find(([words]) => told.includes(words))?.[1] : undefined
  // The model's own words come through; OpenAI's table knows those of most makers.
  const known = decodeOpenaiError(status, { error: { message: error.message } })
  return {
    kind: kind ?? known?.kind ?? kindOfStatus(status),
    message: location === '' ? error.message : `${location}: ${error.message}`,
    providerSpecificFields: { error },
  }
}
