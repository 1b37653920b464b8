import type { JsonObject } from '../../types/json.ts'
import type { CallInfo } from '../codec.ts'

/** Where an "OpenAI-compatible" provider differs from OpenAI in ways a parameter rule cannot say. */
export interface OpenaiChatOptions {
  /** Fields of messages and parts beyond OpenAI's that this provider understands. */
  readonly keeps?: readonly ('cache_control' | 'format' | 'reasoning_content' | 'thinking_blocks')[]
  /** False when the provider refuses `stream_options`. */
  readonly streamUsage?: boolean
  /** False when the `developer` role must be sent as `system`. */
  readonly developerRole?: boolean
  /** True when the provider takes Anthropic's `thinking` object, or `adjust` says it in the provider's words. */
  readonly thinking?: boolean
  /** False when replies need settling (a `reasoning` field …), so that bytes must not pass untouched. */
  readonly relays?: boolean
  /** Models that take `max_completion_tokens` and refuse `max_tokens`. */
  readonly wantsMaxCompletionTokens?: (model: string) => boolean
  /** False when messages must have no `name`; `'tool'` when only results of tools may. */
  readonly names?: false | 'tool'
  /** True when content must be a string: lists of nothing but text are joined. */
  readonly textContent?: true
  /** False when messages must not hold nulls. */
  readonly nulls?: false
  /** What tools must not carry: keys of the function, and JSON Schema keywords at any depth of its parameters. */
  readonly toolsWithout?: { readonly fields?: readonly string[]; readonly keywords?: readonly string[] }
  /** Models that know `json_object` but no schema: the answer's schema is then asked for by way of a tool. */
  readonly schemaByTool?: (model: string) => boolean
  /** Models that know `json_object` but no schema, and cannot be forced to call a tool: they are told the schema. */
  readonly schemaInWords?: (model: string) => boolean
  /** The last word on the wire body, a copy at its top level. What lies deeper is replaced, never changed. */
  readonly adjust?: (body: JsonObject, info: CallInfo) => void
  /** Headers that the request decides, lower case. */
  readonly headers?: (body: JsonObject) => Readonly<Record<string, string>>
  /**
   * Puts the provider's replies into OpenAI's words, before anything else reads them. Made anew for every reply: sees
   * the whole of it, or each chunk of its stream in turn, and may change what it sees. Bytes then never pass untouched.
   */
  readonly settle?: Settle
}

export type Settle = (info: CallInfo) => (reply: JsonObject) => void
