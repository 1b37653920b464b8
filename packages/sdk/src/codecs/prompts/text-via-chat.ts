import type { ChatRequest } from '../../types/chat.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { StreamTransform } from '../../types/stream.ts'
import type {
  TextChoice,
  TextCompletionRequest,
  TextCompletionResponse,
  TextLogprobs,
} from '../../types/text-completion.ts'
import type { CallInfo, Codec } from '../codec.ts'
import { onePrompt } from '../openai-completions/codec.ts'
import { TEXT_COMPLETION_PARAMS } from '../openai-completions/request.ts'

/** What no chat can do: go on in the middle of a text, say the prompt again, choose among its own answers. */
const NOT_IN_CHAT = new Set(['best_of', 'echo', 'suffix'])

/**
 * Text completions at a provider that only chats: the prompt becomes one user message, the reply becomes text. Prompts
 * in tokens, and several in one request, are refused by `encodeRequest`.
 */
export function textViaChat(chat: Codec<'chat'>): Codec<'text_completion'> {
  const { upstream } = chat
  // A prompt holds nothing of what chats may leave unsaid.
  const { decodeStream, follow, unsaid: _, ...rest } = upstream
  return {
    endpoint: 'text_completion',
    format: chat.format,
    framing: chat.framing,
    upstream: {
      ...rest,
      params: new Set(
        [...TEXT_COMPLETION_PARAMS].filter(param => upstream.params.has(param) && !NOT_IN_CHAT.has(param)),
      ),
      encodeRequest: (request, info) => upstream.encodeRequest(chatRequest(request, info), info),
      decodeResponse(body, info, headers) {
        const { choices, ...reply } = upstream.decodeResponse(body, info, headers)
        return {
          ...reply,
          object: 'text_completion',
          choices: choices.map(({ message, ...choice }) => textChoice(choice, message)),
        }
      },
      ...(decodeStream && { decodeStream: info => textStream(decodeStream(info)) }),
      ...(follow && {
        follow: (reply, request, info, ...at) => follow(reply, chatRequest(request, info), info, ...at),
      }),
    },
  }
}

function chatRequest(request: TextCompletionRequest, info: CallInfo): ChatRequest {
  const { prompt: _, logprobs, ...rest } = request
  const messages = [{ role: 'user' as const, content: onePrompt(request, info) }]
  if (typeof logprobs !== 'number') return { ...rest, messages }
  return { ...rest, messages, logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }
}

type ChatEvents = ReturnType<NonNullable<Codec<'chat'>['upstream']['decodeStream']>>

function textStream(
  chat: ChatEvents,
): StreamTransform<Parameters<ChatEvents['push']>[0], TextCompletionResponse> {
  const written = (chunks: ReturnType<ChatEvents['push']>) =>
    [...chunks].map(
      ({ choices, ...chunk }): TextCompletionResponse => ({
        ...chunk,
        object: 'text_completion',
        choices: choices.map(({ delta, ...choice }) => textChoice(choice, delta)),
      }),
    )
  return { push: event => written(chat.push(event)), end: () => written(chat.end()) }
}

/** Thoughts have no place in a text; they go beside it, under the name they have in chats. */
function textChoice(
  choice: JsonObject & { index: number; finish_reason: TextChoice['finish_reason'] },
  said: JsonObject & { content?: string | null },
): TextChoice {
  const { reasoning_content: reasoning, content } = said
  return {
    ...choice,
    text: content ?? '',
    logprobs: textLogprobs(choice.logprobs),
    finish_reason: choice.finish_reason,
    ...(typeof reasoning === 'string' && reasoning !== '' && { reasoning_content: reasoning }),
  }
}

/** A chat's list of tokens as four lists. Offsets count from the start of this piece. */
function textLogprobs(logprobs: unknown): TextLogprobs | null {
  const content = isJsonObject(logprobs) ? logprobs.content : undefined
  if (!isJsonArray(content)) return null
  const out = {
    tokens: [] as string[],
    token_logprobs: [] as number[],
    top_logprobs: [] as Record<string, number>[],
    text_offset: [] as number[],
  }
  let offset = 0
  for (const entry of content.filter(isJsonObject)) {
    const token = String(entry.token)
    out.tokens.push(token)
    out.token_logprobs.push(Number(entry.logprob))
    const top = isJsonArray(entry.top_logprobs) ? entry.top_logprobs.filter(isJsonObject) : []
    out.top_logprobs.push(Object.fromEntries(top.map(one => [String(one.token), Number(one.logprob)])))
    out.text_offset.push(offset)
    offset += token.length
  }
  return out
}
