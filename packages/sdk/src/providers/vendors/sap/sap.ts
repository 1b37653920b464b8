import { sapOrchestration } from '../../../codecs/sap-orchestration/codec.ts'
import { sapEmbeddings } from '../../../codecs/sap-orchestration/embeddings.ts'
import type { Deployment } from '../../../types/deployment.ts'
import type { Provider } from '../../provider.ts'
import { SAP_LOOKUP, sapCredentials } from './sap-credentials.ts'

/** The deployment's own address, else the one that signing looks up. */
function baseUrl({ params }: Deployment): string {
  const own = params?.deployment_url
  return typeof own === 'string' ? own : SAP_LOOKUP
}

/** Source: https://help.sap.com/docs/sap-ai-core/generative-ai/orchestration-workflow-v2 */
export const sap: Provider = {
  name: 'sap',
  title: 'SAP AI Core',
  docs: 'https://help.sap.com/docs/sap-ai-core/generative-ai/orchestration-workflow-v2',
  baseUrl,
  credentials: sapCredentials(),
  endpoints: {
    chat: [{ codec: sapOrchestration, path: '/v2/completion' }],
    embedding: [{ codec: sapEmbeddings, path: '/v2/embeddings' }],
  },
  params: { store: 'drop', metadata: 'drop', user: 'drop' },
  exampleModels: [
    'gpt-5',
    'anthropic--claude-4.5-sonnet',
    'gemini-2.5-pro',
    'mistralai--mistral-medium-instruct',
    'text-embedding-3-small',
  ],
}
