import type { ErrorFacts } from '../../errors.ts'
import { isJsonObject } from '../../types/json.ts'
import { decodeError as decodeOpenaiError } from '../openai-chat/errors/errors.ts'

/** Facts of `{ message, code | error_code, request_id }`, whose codes say no more than the status. */
export function decodeError(status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body) || typeof body.message !== 'string') return decodeOpenaiError(status, body)
  const code = body.code ?? body.error_code
  const facts = decodeOpenaiError(status, { message: body.message })
  return {
    ...facts,
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    providerSpecificFields: { error: body },
  }
}
