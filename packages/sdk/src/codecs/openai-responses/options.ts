import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Where a provider that speaks the Responses format differs from OpenAI. */
export interface OpenaiResponsesOptions {
  /** True when the system's words must be in `instructions`, not among the messages. */
  readonly instructions?: true
  /** The last word on the wire body. */
  readonly adjust?: (body: JsonObject, info: CallInfo) => void
}
