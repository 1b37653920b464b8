import { badRequest } from '../../errors.ts'
import type { TextCompletionRequest } from '../../types/text-completion.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { relayWith } from '../openai-chat/relay.ts'
import type { OpenaiCompletionsOptions } from './options.ts'
import { decodeResponse, decodeStream, encodeStream } from './reply.ts'
import { decodeRequest, encodeRequest, TEXT_COMPLETION_PARAMS } from './request.ts'

/** OpenAI's text completions, for OpenAI itself or a provider that differs as `options` say. */
export function openaiCompletionsWith(options: OpenaiCompletionsOptions): Codec<'text_completion'> {
  return {
    endpoint: 'text_completion',
    format: 'openai-completions',
    framing: 'sse',
    upstream: {
      params: options.params ?? TEXT_COMPLETION_PARAMS,
      encodeRequest(request, info) {
        const asked =
          options.promptLists === false ? { ...request, prompt: onePrompt(request, info) } : request
        return encodeRequest(asked, info, options)
      },
      decodeResponse,
      decodeStream,
      decodeError,
    },
    inbound: { decodeRequest, encodeResponse: response => response, encodeStream, encodeError },
    ...(options.promptLists !== false && { relay: relayWith(options) }),
  }
}

/** The prompt as one text. Throws `BadRequestError` for several, and for tokens. */
export function onePrompt({ prompt }: TextCompletionRequest, info: Pick<CallInfo, 'deployment'>): string {
  if (typeof prompt === 'string') return prompt
  const [first] = prompt
  if (prompt.length === 1 && typeof first === 'string') return first
  const what = typeof first === 'string' ? 'takes one prompt in a request' : 'takes text, not tokens'
  const remedy =
    typeof first === 'string' ? 'Send a request for each prompt.' : 'Send the prompt as a string.'
  throw badRequest(`prompt: ${info.deployment.provider} ${what}. ${remedy}`, 'prompt')
}

/** Source: https://platform.openai.com/docs/api-reference/completions */
export const openaiCompletions: Codec<'text_completion'> = openaiCompletionsWith({})
