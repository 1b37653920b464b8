/** Where an "OpenAI-compatible" provider differs from OpenAI in ways a parameter rule cannot say. */
export interface OpenaiChatOptions {
  /** Fields of messages and parts beyond OpenAI's that this provider understands. */
  readonly keeps?: readonly ('cache_control' | 'reasoning_content' | 'thinking_blocks')[]
  /** False when the provider refuses `stream_options`. */
  readonly streamUsage?: boolean
  /** False when the `developer` role must be sent as `system`. */
  readonly developerRole?: boolean
  /** True when the provider takes Anthropic's `thinking` object as it is. */
  readonly thinking?: boolean
  /** False when replies need settling (a `reasoning` field …), so that bytes must not pass untouched. */
  readonly relays?: boolean
  /** Models that take `max_completion_tokens` and refuse `max_tokens`. */
  readonly wantsMaxCompletionTokens?: (model: string) => boolean
}
