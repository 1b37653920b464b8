import type { Codec } from '../../../codecs/codec.ts'
import { gigachatChat } from '../../../codecs/gigachat-chat/codec.ts'
import { openaiEmbeddingsWith } from '../../../codecs/openai-embeddings/codec.ts'
import { isJsonArray, isJsonObject } from '../../../types/json.ts'
import type { Provider } from '../../provider.ts'
import { gigachatCredentials } from './gigachat-credentials.ts'

const shaped = openaiEmbeddingsWith({ tokens: false, dimensions: false, encodingFormat: false })

/** Tokens are told for each text apart. Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-embeddings */
const embeddings: Codec<'embedding'> = {
  ...shaped,
  format: 'gigachat-embeddings',
  upstream: {
    ...shaped.upstream,
    encodeRequest(request, info) {
      const { input } = request
      return shaped.upstream.encodeRequest(
        { ...request, input: typeof input === 'string' ? [input] : input },
        info,
      )
    },
    decodeResponse(body, info) {
      const reply = shaped.upstream.decodeResponse(body, info)
      const tokens = isJsonObject(body) && isJsonArray(body.data) ? body.data.map(tokensOf) : []
      const total = tokens.reduce((sum, each) => sum + each, 0)
      return total > 0 ? { ...reply, usage: { prompt_tokens: total, total_tokens: total } } : reply
    },
  },
}

function tokensOf(item: unknown): number {
  const usage = isJsonObject(item) ? item.usage : undefined
  return isJsonObject(usage) && typeof usage.prompt_tokens === 'number' ? usage.prompt_tokens : 0
}

/** Source: https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/gigachat-api */
export const gigachat: Provider = {
  name: 'gigachat',
  title: 'GigaChat',
  docs: 'https://developers.sber.ru/docs/ru/gigachat/api/reference/rest/gigachat-api',
  baseUrl: 'https://gigachat.devices.sberbank.ru/api/v1',
  baseUrlEnv: ['GIGACHAT_API_BASE'],
  credentials: gigachatCredentials(),
  endpoints: {
    chat: [{ codec: gigachatChat, path: '/chat/completions' }],
    embedding: [{ codec: embeddings, path: '/embeddings' }],
  },
  params: {
    max_completion_tokens: { rename: 'max_tokens' },
    // Zero itself is refused; everything below 0.001 is greedy.
    temperature: { min: 0.0001 },
    store: 'drop',
    metadata: 'drop',
    user: 'drop',
    parallel_tool_calls: 'drop',
  },
  modelParams: (_model, at) => {
    const format = at?.request.response_format
    return isJsonObject(format) && format.type === 'json_object' ? { response_format: 'refuse' } : undefined
  },
  exampleModels: ['GigaChat-2-Max', 'GigaChat-2-Pro', 'GigaChat-2', 'Embeddings', 'EmbeddingsGigaR'],
}
