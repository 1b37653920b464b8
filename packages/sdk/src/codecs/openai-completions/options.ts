/** Where a provider of OpenAI's text completions differs from OpenAI in ways a parameter rule cannot say. */
export interface OpenaiCompletionsOptions {
  /** False when the provider refuses `stream_options`. */
  readonly streamUsage?: boolean
  /** The parameters it takes, where they are fewer than OpenAI's. */
  readonly params?: ReadonlySet<string>
  /** False where a prompt is one text, never a list or tokens. */
  readonly promptLists?: false
}
