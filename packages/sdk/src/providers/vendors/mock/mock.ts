import { openaiChat } from '../../../codecs/openai-chat/codec.ts'
import { openaiCompletions } from '../../../codecs/openai-completions/codec.ts'
import { openaiEmbeddings } from '../../../codecs/openai-embeddings/codec.ts'
import { openaiModerations } from '../../../codecs/openai-moderations/codec.ts'
import { rerank } from '../../../codecs/rerank/codec.ts'
import type { Provider } from '../../provider.ts'
import { echoAnswer } from './mock-answers.ts'

/**
 * The provider that needs no key and no network: it says back what was said, so that a first completion works offline.
 */
export const mock: Provider = {
  name: 'mock',
  title: 'Built-in echo',
  docs: 'docs/guides/mock.md',
  baseUrl: 'mock:',
  credentials: { env: [], required: false, sign() {} },
  endpoints: {
    chat: [{ codec: openaiChat, path: '/chat/completions' }],
    embedding: [{ codec: openaiEmbeddings, path: '/embeddings' }],
    text_completion: [{ codec: openaiCompletions, path: '/completions' }],
    moderation: [{ codec: openaiModerations, path: '/moderations' }],
    rerank: [{ codec: rerank, path: '/rerank' }],
  },
  answer: echoAnswer,
  exampleModels: ['echo'],
}
