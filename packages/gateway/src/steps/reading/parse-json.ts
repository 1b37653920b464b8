import { badRequest } from 'sluice/internal'
import { findJsonError } from './json-error.ts'

/** The request body as JSON. Throws `BadRequestError` naming where it stops being JSON. */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    if (text.trim() === '') throw badRequest('The request body is empty; it must be a JSON object.')
    const { line, column, offset, expected } = findJsonError(text)
    throw badRequest(
      `The request body is not valid JSON: ${expected} at line ${line}, column ${column} (character ${offset}).`,
    )
  }
}
