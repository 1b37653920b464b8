import { openaiChat } from '../../../codecs/openai-chat/codec.ts'
import { openaiCompletions } from '../../../codecs/openai-completions/codec.ts'
import { openaiEmbeddings } from '../../../codecs/openai-embeddings/codec.ts'
import { openaiModerations } from '../../../codecs/openai-moderations/codec.ts'
import { openaiResponses } from '../../../codecs/openai-responses/codec.ts'
import { bearer } from '../../../credentials/bearer.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import { writesOn } from '../../naming/writes-on.ts'
import type { Provider } from '../../provider.ts'
import { openaiAudio } from './openai-audio.ts'
import { openaiModelParams } from './openai-models.ts'
import { responsesModel, wantsChat } from './responses-models.ts'

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
    chat: [
      { codec: openaiChat, path: '/chat/completions', serves: wantsChat },
      { codec: openaiResponses, path: '/responses', model: responsesModel },
    ],
    embedding: [{ codec: openaiEmbeddings, path: '/embeddings' }],
    text_completion: [{ codec: openaiCompletions, path: '/completions', serves: writesOn }],
    moderation: [{ codec: openaiModerations, path: '/moderations' }],
    ...openaiAudio(),
  },
  modelParams: (model, at) => openaiModelParams(model, at?.request),
  exampleModels: ['gpt-5.1', 'gpt-5-mini', 'gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'],
}
