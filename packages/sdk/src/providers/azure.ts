import { openaiChatWith } from '../codecs/openai-chat/codec.ts'
import { openaiEmbeddings } from '../codecs/openai-embeddings/codec.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { badRequest } from '../errors.ts'
import type { Deployment } from '../types/deployment.ts'
import type { Provider } from './provider.ts'

/** The version LiteLLM falls back to when none is configured. */
const DEFAULT_API_VERSION = '2025-02-01-preview'

const credentials: Credentials = {
  env: ['AZURE_API_KEY', 'AZURE_OPENAI_API_KEY'],
  required: false,
  sign(request, secret, deployment) {
    const token = deployment.params?.azure_ad_token
    if (typeof token === 'string') request.headers.authorization = `Bearer ${token}`
    else if (secret) request.headers['api-key'] = secret
  },
}

/** Azure addresses a deployment in the path, or by the body's `model` on the v1 route (`api_version: v1|preview`). */
function path(operation: string) {
  return ({ model, deployment }: { model: string; deployment: Deployment }) => {
    const version = deployment.apiVersion ?? DEFAULT_API_VERSION
    if (version === 'v1' || version === 'latest') return `/openai/v1${operation}`
    if (version === 'preview') return `/openai/v1${operation}?api-version=preview`
    return `/openai/deployments/${encodeURIComponent(model)}${operation}?api-version=${encodeURIComponent(version)}`
  }
}

/** Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference */
export const azure: Provider = {
  name: 'azure',
  title: 'Azure OpenAI',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  baseUrl() {
    throw badRequest(
      'api_base: an Azure deployment needs it, for example https://my-resource.openai.azure.com.',
      'api_base',
    )
  },
  baseUrlEnv: ['AZURE_API_BASE'],
  credentials,
  endpoints: {
    chat: [{ codec: openaiChatWith({}), path: path('/chat/completions') }],
    embedding: [{ codec: openaiEmbeddings, path: path('/embeddings') }],
  },
}
