import { openaiChatWith } from '../codecs/openai-chat/codec.ts'
import { openaiEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import { bearer } from '../credentials/bearer.ts'
import type { Provider } from './provider.ts'

/** Ollama through its OpenAI door. Source: https://docs.ollama.com/openai */
export const ollama: Provider = {
  name: 'ollama',
  title: 'Ollama',
  docs: 'https://docs.ollama.com/openai',
  baseUrl: 'http://localhost:11434',
  baseUrlEnv: ['OLLAMA_API_BASE', 'OLLAMA_HOST'],
  credentials: bearer(['OLLAMA_API_KEY'], { required: false }),
  endpoints: {
    chat: [{ codec: openaiChatWith({ developerRole: false }), path: '/v1/chat/completions' }],
    embedding: [{ codec: openaiEmbeddings, path: '/v1/embeddings' }],
  },
  params: {
    max_completion_tokens: { rename: 'max_tokens' },
    logit_bias: 'refuse',
    user: 'drop',
    n: 'refuse',
    parallel_tool_calls: 'drop',
    store: 'drop',
    service_tier: 'refuse',
    web_search_options: 'refuse',
  },
}
