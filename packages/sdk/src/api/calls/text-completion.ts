import type { TextCompletionRequest, TextCompletionResponse } from '../../types/text-completion.ts'
import type { CallFacts, WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** Pieces of text for `for await`; leaving the loop aborts the upstream call. */
export type TextCompletionStream = Stream<TextCompletionResponse, CallFacts>

/**
 * Goes on writing where a text stops, in OpenAI's shape. Providers that only chat get the prompt as a user message.
 *
 * @example
 * const { choices } = await textCompletion({ model: 'openai/gpt-3.5-turbo-instruct', prompt: 'Once upon a time' })
 */
export function textCompletion(
  request: TextCompletionRequest & { stream: true },
  options?: RunOptions,
): Promise<TextCompletionStream>
export function textCompletion(
  request: TextCompletionRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<TextCompletionResponse>>
export function textCompletion(
  request: TextCompletionRequest,
  options?: RunOptions,
): Promise<WithFacts<TextCompletionResponse> | TextCompletionStream>
export function textCompletion(request: TextCompletionRequest, options: RunOptions = {}) {
  return run('text_completion', request, options, 'openai-completions')
}
