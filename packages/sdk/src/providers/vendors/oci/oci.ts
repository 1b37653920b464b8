import { ociCohereChat } from '../../../codecs/oci-chat/cohere.ts'
import { ociEmbeddings } from '../../../codecs/oci-chat/embed.ts'
import { ociGenericChat } from '../../../codecs/oci-chat/generic.ts'
import type { Provider } from '../../provider.ts'
import { OCI_REGION, ociCredentials } from './oci-credentials.ts'

const CHAT = '/20231130/actions/chat'

function isCohere(model: string): boolean {
  return model.startsWith('cohere.')
}

/** Source: https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/ */
export const oci: Provider = {
  name: 'oci',
  title: 'Oracle Cloud Generative AI',
  docs: 'https://docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference/20231130/ChatResult/Chat',
  baseUrl: `https://inference.generativeai.${OCI_REGION}.oci.oraclecloud.com`,
  baseUrlEnv: ['OCI_API_BASE'],
  credentials: ociCredentials(),
  endpoints: {
    chat: [
      { codec: ociCohereChat, path: CHAT, serves: isCohere },
      { codec: ociGenericChat, path: CHAT },
    ],
    embedding: [{ codec: ociEmbeddings, path: '/20231130/actions/embedText' }],
  },
  params: { store: 'drop', user: 'drop' },
  modelParams: model =>
    isCohere(model) ? { tool_choice: { only: ['auto', 'none'] }, metadata: 'drop' } : undefined,
  exampleModels: [
    'xai.grok-4',
    'meta.llama-4-maverick-17b-128e-instruct-fp8',
    'meta.llama-3.3-70b-instruct',
    'cohere.command-a-03-2025',
    'cohere.embed-v4.0',
  ],
}
