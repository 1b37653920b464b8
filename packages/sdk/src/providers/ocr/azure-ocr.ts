import { mistralOcrWith } from '../../codecs/mistral-ocr/codec.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { Provider } from '../provider.ts'
import { documentIntelligence, isDocumentIntelligence } from './document-intelligence.ts'

const KEY = ['AZURE_DOCUMENT_INTELLIGENCE_API_KEY'] as const
const ENDPOINT = ['AZURE_DOCUMENT_INTELLIGENCE_ENDPOINT'] as const

/**
 * Foundry's two ways to read documents: Mistral's, which wants its key as a bearer token and the document inside the
 * request, and Document Intelligence, a service with an address and a key of its own.
 */
export function withAzureOcr(provider: Provider): Provider {
  return {
    ...provider,
    baseUrlEnv: [...(provider.baseUrlEnv ?? []), ...ENDPOINT],
    credentials: signing(provider.credentials),
    endpoints: {
      ...provider.endpoints,
      ocr: [
        documentIntelligence,
        {
          codec: mistralOcrWith({ inlines: true }),
          path: '/providers/mistral/azure/ocr',
          serves: model => !isDocumentIntelligence(model),
        },
      ],
    },
  }
}

function signing(inner: Credentials): Credentials {
  return {
    ...inner,
    async sign(request, secret, deployment, host) {
      const { pathname } = new URL(request.url)
      const isAnalysis = pathname.includes('/documentintelligence/')
      const own = isAnalysis ? host.secret(KEY) : undefined
      if (own !== undefined && deployment.apiKey === undefined)
        request.headers['ocp-apim-subscription-key'] = own
      else await inner.sign(request, secret, deployment, host)
      const { 'api-key': key, ...headers } = request.headers
      if (key === undefined) return
      if (isAnalysis) request.headers = { ...headers, 'ocp-apim-subscription-key': key }
      else if (pathname.endsWith('/mistral/azure/ocr'))
        request.headers = { ...headers, authorization: `Bearer ${key}` }
    },
  }
}
