import { cohereChat } from '../../codecs/cohere-chat/codec.ts'
import { cohereEmbeddings } from '../../codecs/cohere-embeddings/codec.ts'
import { cohereRerank } from '../../codecs/rerank/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import { badRequest } from '../../errors.ts'
import type { Provider } from '../provider.ts'

/** Cohere's API v2 under one of LiteLLM's two names for it. Source: https://docs.cohere.com/reference/about */
function cohereAs(name: string): Provider {
  return {
    name,
    title: 'Cohere',
    docs: 'https://docs.cohere.com/reference/about',
    baseUrl: 'https://api.cohere.com',
    baseUrlEnv: ['COHERE_API_BASE'],
    credentials: bearer(['COHERE_API_KEY', 'CO_API_KEY']),
    endpoints: {
      chat: [{ codec: cohereChat, path: '/v2/chat', model: modelOf }],
      embedding: [{ codec: cohereEmbeddings, path: '/v2/embed', model: modelOf }],
      rerank: [{ codec: cohereRerank, path: '/v2/rerank', model: modelOf }],
    },
    params: {
      top_p: { min: 0.01, max: 0.99 },
      presence_penalty: { min: 0, max: 1 },
      frequency_penalty: { min: 0, max: 1 },
    },
    exampleModels: [
      'command-a-03-2025',
      'command-a-reasoning-08-2025',
      'command-a-vision-07-2025',
      'command-r7b-12-2024',
      'embed-v4.0',
      'rerank-v3.5',
    ],
  }
}

/** LiteLLM lets the name choose the API's version. */
function modelOf(model: string): string {
  if (model.startsWith('v1/'))
    throw badRequest(
      `model: "${model}" asks for Cohere's API v1, which is not spoken here. Leave "v1/" out to use v2.`,
      'model',
    )
  return model.startsWith('v2/') ? model.slice(3) : model
}

export const cohere: Provider = cohereAs('cohere')
export const cohereChatProvider: Provider = cohereAs('cohere_chat')
