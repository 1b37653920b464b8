import { ALEPH_PARAMS, alephComplete } from '../../codecs/aleph-complete/codec.ts'
import type { Codec } from '../../codecs/codec.ts'
import { without } from '../../codecs/gemini/request/fields.ts'
import { openaiChat } from '../../codecs/openai-chat/codec.ts'
import { promptText, refuseImages, wholePrompt } from '../../codecs/prompts/prompt-text.ts'
import { UNSAID_IN_TEXT } from '../../codecs/receipts/receipts.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { ChatChunk, ChatResponse } from '../../types/chat.ts'
import type { TextCompletionResponse } from '../../types/text-completion.ts'
import type { Provider } from '../provider.ts'

const { upstream } = alephComplete

/** Chats as one prompt, for the models know no roles. */
const chat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'aleph-complete-chat',
  framing: 'sse',
  upstream: {
    params: new Set([...ALEPH_PARAMS, 'max_completion_tokens'].filter(name => name !== 'logprobs')),
    unsaid: UNSAID_IN_TEXT,
    encodeRequest(request, info) {
      const text = promptText(request.messages, info)
      refuseImages(text, info)
      const { max_completion_tokens: limit = request.max_tokens, ...rest } = without(
        request,
        new Set(['messages']),
      )
      const asked = { ...rest, model: info.model, prompt: wholePrompt(text) }
      return upstream.encodeRequest(
        { ...asked, ...(typeof limit === 'number' && { max_tokens: limit }) },
        info,
      )
    },
    decodeResponse: (body, info) => toChat(upstream.decodeResponse(body, info)),
    decodeStream(info) {
      const decoder = upstream.decodeStream?.(info)
      return {
        push: event => [...(decoder?.push(event) ?? [])].map(toChunk),
        end: () => [...(decoder?.end() ?? [])].map(toChunk),
      }
    },
    ...(openaiChat.upstream.decodeError && { decodeError: openaiChat.upstream.decodeError }),
  },
}

function toChat({ id, created, model, choices, usage }: TextCompletionResponse): ChatResponse {
  return {
    ...{ id, created, model, object: 'chat.completion' },
    choices: choices.map(({ index, text, finish_reason: reason }) => ({
      index,
      message: { role: 'assistant', content: text },
      finish_reason: reason === 'length' ? 'length' : 'stop',
    })),
    ...(usage && { usage }),
  }
}

function toChunk({ id, created, model, choices, usage }: TextCompletionResponse): ChatChunk {
  return {
    ...{ id, created, model, object: 'chat.completion.chunk' },
    choices: choices.map(({ index, text, finish_reason: reason }) => ({
      index,
      delta: text === '' ? {} : { content: text },
      finish_reason: reason === null ? null : reason === 'length' ? 'length' : 'stop',
    })),
    ...(usage && { usage }),
  }
}

/** Source: https://docs.aleph-alpha.com/api/complete/ */
export const alephAlpha: Provider = {
  name: 'aleph_alpha',
  title: 'Aleph Alpha',
  docs: 'https://docs.aleph-alpha.com/api/complete/',
  baseUrl: 'https://api.aleph-alpha.com',
  baseUrlEnv: ['ALEPH_ALPHA_API_BASE'],
  credentials: bearer(['ALEPH_ALPHA_API_KEY', 'ALEPHALPHA_API_KEY']),
  endpoints: {
    chat: [{ codec: chat, path: '/complete' }],
    text_completion: [{ codec: alephComplete, path: '/complete' }],
  },
  exampleModels: ['luminous-supreme-control', 'luminous-base-control', 'llama-3.1-8b-instruct'],
}
