import type { Codec } from '../codec.ts'
import { decodeError } from './errors.ts'
import { isRemote } from './messages.ts'
import { encodeRequest, OLLAMA_CHAT_PARAMS } from './request.ts'
import { decodeResponse } from './response.ts'
import { decodeStream } from './stream.ts'

/** Ollama's own chat API. Source: https://docs.ollama.com/api/chat */
export const ollamaChat: Codec<'chat'> = {
  endpoint: 'chat',
  format: 'ollama-chat',
  framing: 'ndjson',
  upstream: {
    params: OLLAMA_CHAT_PARAMS,
    unsaid: ['audio', 'choice', 'images', 'others', 'schema'],
    encodeRequest,
    inlines: isRemote,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}
