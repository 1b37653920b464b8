import { openaiEmbeddingsWith } from '../../codecs/openai-embeddings/codec.ts'
import { rerankWith } from '../../codecs/rerank/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import { badRequest } from '../../errors.ts'
import type { Provider } from '../provider.ts'
import { voyageContexts } from '../vendors/voyage-contexts.ts'

/** Source: https://docs.voyageai.com/reference/embeddings-api */
const voyage: Provider = {
  name: 'voyage',
  title: 'Voyage AI',
  docs: 'https://docs.voyageai.com/reference/embeddings-api',
  baseUrl: 'https://api.voyageai.com/v1',
  baseUrlEnv: ['VOYAGE_API_BASE'],
  credentials: bearer(['VOYAGE_API_KEY', 'VOYAGE_AI_API_KEY']),
  endpoints: {
    embedding: [
      {
        codec: voyageContexts,
        path: '/contextualizedembeddings',
        serves: model => model.startsWith('voyage-context'),
      },
      {
        // Numbers come unless base64 is asked for; "float" is no word of theirs here.
        codec: openaiEmbeddingsWith({
          tokens: false,
          dimensions: 'output_dimension',
          encodingFormat: false,
        }),
        path: '/embeddings',
      },
    ],
    rerank: [{ codec: rerankWith({ topN: 'top_k' }), path: '/rerank' }],
  },
  params: { user: 'drop' },
  exampleModels: ['voyage-3.5', 'voyage-3-large', 'voyage-code-3', 'voyage-context-3', 'rerank-2.5'],
}

/** Source: https://jina.ai/embeddings and https://jina.ai/reranker */
const jina: Provider = {
  name: 'jina_ai',
  title: 'Jina AI',
  docs: 'https://api.jina.ai/redoc',
  baseUrl: 'https://api.jina.ai/v1',
  baseUrlEnv: ['JINA_AI_API_BASE'],
  credentials: bearer(['JINA_AI_API_KEY', 'JINA_AI_TOKEN']),
  endpoints: {
    embedding: [
      {
        codec: openaiEmbeddingsWith({
          tokens: false,
          encodingFormat: 'embedding_type',
          image: url => ({ image: url.slice(url.indexOf(',') + 1) }),
        }),
        path: '/embeddings',
      },
    ],
    rerank: [{ codec: rerankWith({ objects: true }), path: '/rerank' }],
  },
  params: { user: 'drop' },
  exampleModels: ['jina-embeddings-v4', 'jina-embeddings-v3', 'jina-reranker-v2-base-multilingual'],
}

/** A server of one's own for embeddings and rerankers. Source: https://michaelfeil.eu/infinity/latest/ */
const infinity: Provider = {
  name: 'infinity',
  title: 'Infinity',
  docs: 'https://michaelfeil.eu/infinity/latest/',
  baseUrl() {
    throw badRequest(
      'api_base: Infinity needs the address of your server; set api_base or the environment variable ' +
        'INFINITY_API_BASE, for example http://localhost:7997.',
      'api_base',
    )
  },
  baseUrlEnv: ['INFINITY_API_BASE'],
  credentials: bearer(['INFINITY_API_KEY'], { required: false }),
  endpoints: {
    embedding: [{ codec: openaiEmbeddingsWith({ tokens: false }), path: '/embeddings' }],
    rerank: [{ codec: rerankWith({}), path: '/rerank' }],
  },
}

/** Providers whose work is embeddings and reranking. */
export const embedders: readonly Provider[] = [voyage, jina, infinity]
