import { openaiChatWith } from '../codecs/openai-chat/codec.ts'
import { openaiEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import { bearer } from '../credentials/bearer.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Provider } from './provider.ts'

/** Reasoning models (o-series, gpt-5 and later) take `max_completion_tokens` only. */
export function wantsMaxCompletionTokens(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model)
}

const key = bearer(['OPENAI_API_KEY'])
const credentials: Credentials = {
  ...key,
  sign(request, secret, deployment, host) {
    if (deployment.organization) request.headers['openai-organization'] = deployment.organization
    return key.sign(request, secret, deployment, host)
  },
}

/** Source: https://platform.openai.com/docs/api-reference */
export const openai: Provider = {
  name: 'openai',
  title: 'OpenAI',
  docs: 'https://platform.openai.com/docs/api-reference',
  baseUrl: 'https://api.openai.com/v1',
  baseUrlEnv: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  credentials,
  endpoints: {
    chat: [{ codec: openaiChatWith({ wantsMaxCompletionTokens }), path: '/chat/completions' }],
    embedding: [{ codec: openaiEmbeddings, path: '/embeddings' }],
  },
  exampleModels: ['gpt-5.1', 'gpt-5-mini', 'gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'],
}
