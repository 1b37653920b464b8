import { ollamaChat } from '../../codecs/ollama-chat/codec.ts'
import { ollamaEmbeddings } from '../../codecs/ollama-embeddings/codec.ts'
import { ollamaGenerate } from '../../codecs/ollama-generate/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { Provider } from '../provider.ts'

/** Ollama's own API under one of LiteLLM's two names for it. Source: https://docs.ollama.com/api */
function ollamaAs(name: string): Provider {
  return {
    name,
    title: 'Ollama',
    docs: 'https://docs.ollama.com/api',
    baseUrl: 'http://localhost:11434',
    baseUrlEnv: ['OLLAMA_API_BASE', 'OLLAMA_HOST'],
    credentials: bearer(['OLLAMA_API_KEY'], { required: false }),
    endpoints: {
      chat: [{ codec: ollamaChat, path: '/api/chat', baseUrl: rootOf }],
      text_completion: [{ codec: ollamaGenerate, path: '/api/generate', baseUrl: rootOf }],
      embedding: [{ codec: ollamaEmbeddings, path: '/api/embed', baseUrl: rootOf }],
    },
    params: { parallel_tool_calls: 'drop', store: 'drop' },
  }
}

/** People also write the address of the OpenAI door, `…/v1`, or of the API, `…/api`. */
function rootOf(base: string): string {
  return base.replace(/\/(v1|api)\/?$/, '')
}

export const ollama: Provider = ollamaAs('ollama')
export const ollamaChatProvider: Provider = ollamaAs('ollama_chat')
