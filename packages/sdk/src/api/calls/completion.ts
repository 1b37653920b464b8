import type { ChatChunk, ChatRequest, ChatResponse } from '../../types/chat.ts'
import type { CallFacts, WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** Chat chunks for `for await`; leaving the loop aborts the upstream call. */
export type CompletionStream = Stream<ChatChunk, CallFacts>

/**
 * Asks a chat model, in OpenAI's shape, whichever provider it is at.
 *
 * @param request OpenAI's chat request plus LiteLLM's extras; `model` as `provider/model` or a well-known bare name.
 * @param options How to call: key, base, timeouts (ms), retries, strictness, `signal` …
 * @returns the whole reply, with `reply.sluice` telling usage, cost and warnings; or a stream when `stream: true`.
 * @throws SluiceError of the class that fits: `RateLimitError`, `UnsupportedParamsError`, `ContextWindowExceededError` …
 *
 * @example
 * const reply = await completion({ model: 'anthropic/claude-sonnet-4-5', messages: [{ role: 'user', content: 'Hi' }] })
 * console.log(reply.choices[0]?.message.content, reply.sluice.costUsd)
 */
export function completion(
  request: ChatRequest & { stream: true },
  options?: RunOptions,
): Promise<CompletionStream>
export function completion(
  request: ChatRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<ChatResponse>>
export function completion(
  request: ChatRequest,
  options?: RunOptions,
): Promise<WithFacts<ChatResponse> | CompletionStream>
export function completion(request: ChatRequest, options: RunOptions = {}) {
  return run('chat', request, options, 'openai-chat')
}
