import type { Codec } from '../../codecs/codec.ts'
import { openaiChatWith } from '../../codecs/openai-chat/codec.ts'
import { tgiGenerate } from '../../codecs/tgi-generate/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import { withUrlVariable } from '../../credentials/url-variable.ts'
import type { JsonObject } from '../../types/json.ts'
import type { Provider } from '../provider.ts'

const llm = (model: string) => `/PREDIBASE_TENANT_ID/deployments/v2/llms/${encodeURIComponent(model)}`

/** The deployment is in the path; the body names the adapter to use, or none. */
function encodeAdapter(body: JsonObject): void {
  const { adapter_id: adapter, ...rest } = body
  for (const key of Object.keys(body)) delete body[key]
  Object.assign(body, rest, { model: typeof adapter === 'string' ? adapter : '' })
}

/** OpenAI's shape with an adapter in the model's place. */
const predibaseChat: Codec<'chat'> = {
  ...openaiChatWith({ developerRole: false, relays: false, adjust: encodeAdapter }),
  format: 'predibase-chat',
}

/**
 * Predibase's LoRAX servers: chats through their OpenAI door, which knows each model's template; text completions in
 * their own format. Source: https://docs.predibase.com/user-guide/inference/rest_api
 */
export const predibase: Provider = {
  name: 'predibase',
  title: 'Predibase',
  docs: 'https://docs.predibase.com/user-guide/inference/rest_api',
  baseUrl: 'https://serving.app.predibase.com',
  baseUrlEnv: ['PREDIBASE_API_BASE'],
  credentials: withUrlVariable(bearer(['PREDIBASE_API_KEY', 'PREDIBASE_API_TOKEN']), {
    env: 'PREDIBASE_TENANT_ID',
    param: 'tenant_id',
    what: 'the id of your Predibase tenant',
  }),
  endpoints: {
    chat: [
      {
        codec: predibaseChat,
        path: ({ model }) => `${llm(model)}/v1/chat/completions`,
      },
    ],
    text_completion: [
      {
        codec: tgiGenerate,
        path: ({ model, stream }) => `${llm(model)}/${stream ? 'generate_stream' : 'generate'}`,
      },
    ],
  },
  params: { max_completion_tokens: { rename: 'max_tokens' }, store: 'drop', metadata: 'drop' },
  exampleModels: ['llama-3-8b-instruct'],
}
