import { anthropicCountTokensOn } from '../../../codecs/anthropic-count-tokens/codec.ts'
import { anthropicMessagesOn } from '../../../codecs/anthropic-messages/codec.ts'
import { openaiChatWith } from '../../../codecs/openai-chat/codec.ts'
import { OPENAI_CHAT_PARAMS } from '../../../codecs/openai-chat/request.ts'
import { cohereRerank } from '../../../codecs/rerank/codec.ts'
import type { OutgoingRequest } from '../../../credentials/credentials.ts'
import { EntraTokens } from '../../../credentials/entra/entra-tokens.ts'
import { badRequest } from '../../../errors.ts'
import type { Provider } from '../../provider.ts'
import { openaiModelParams } from '../openai/openai-models.ts'
import { agentsChat, isAgent } from './azure-agents.ts'
import { claudePath, foundryPath, isServerless, rerankPath } from './azure-ai-paths.ts'
import { azureCredentials } from './azure-credentials.ts'
import { AZURE_ERRORS } from './azure-errors.ts'
import { azureAiEmbeddings } from './azure-image-embeddings.ts'

const OWN = new Set([...OPENAI_CHAT_PARAMS, 'model', 'messages', 'stream'])

/** The service refuses parameters it does not know unless it is told to hand them on to the model. */
const foundryChat = openaiChatWith({
  headers: body =>
    Object.keys(body).every(key => OWN.has(key)) ? {} : { 'extra-parameters': 'pass-through' },
})

/** Agents belong to projects, which have a scope of their own. */
const agentTokens = new EntraTokens('https://ai.azure.com/.default')

const isClaude = (model: string) => model.startsWith('claude-')
const isOther = (model: string) => !isClaude(model) && !isAgent(model)

function putKey(request: OutgoingRequest, key: string): void {
  if (isServerless(request.url)) request.headers.authorization = `Bearer ${key}`
  else request.headers[isMessages(request) ? 'x-api-key' : 'api-key'] = key
}

function isMessages({ url }: OutgoingRequest): boolean {
  return new URL(url).pathname.includes('/anthropic/')
}

/** Models of other makers, Claude among them, and agents. Source: https://learn.microsoft.com/azure/ai-foundry/foundry-models */
export const azureAi: Provider = {
  name: 'azure_ai',
  title: 'Azure AI Foundry',
  docs: 'https://learn.microsoft.com/azure/ai-foundry/foundry-models/concepts/endpoints',
  baseUrl() {
    throw badRequest(
      'api_base: an Azure AI resource needs it, for example https://my-resource.services.ai.azure.com.',
      'api_base',
    )
  },
  baseUrlEnv: ['AZURE_AI_API_BASE'],
  credentials: azureCredentials({
    env: ['AZURE_AI_API_KEY'],
    putKey,
    tokensFor: ({ url }) => (new URL(url).pathname.includes('/api/projects/') ? agentTokens : undefined),
    prepare(request) {
      if (isMessages(request)) request.headers['anthropic-version'] ??= '2023-06-01'
    },
  }),
  endpoints: {
    chat: [
      { codec: foundryChat, path: foundryPath('/chat/completions'), serves: isOther },
      { codec: anthropicMessagesOn('azure'), path: claudePath('/v1/messages'), serves: isClaude },
      agentsChat,
    ],
    count_tokens: [
      {
        codec: anthropicCountTokensOn('azure'),
        path: claudePath('/v1/messages/count_tokens'),
        serves: isClaude,
      },
    ],
    rerank: [{ codec: cohereRerank, path: rerankPath }],
    embedding: [{ codec: azureAiEmbeddings, path: foundryPath('/embeddings') }],
  },
  modelParams(model, at) {
    if (isClaude(model) || isAgent(model)) return undefined
    const name = at?.deployment.baseModel ?? model
    const isOpenai = /^(gpt-|o\d)/.test(name.slice(name.lastIndexOf('/') + 1))
    return isOpenai
      ? openaiModelParams(name, at?.request)
      : { max_completion_tokens: { rename: 'max_tokens' }, store: 'drop', metadata: 'drop' }
  },
  errors: AZURE_ERRORS,
  exampleModels: [
    'claude-sonnet-5',
    'Llama-3.3-70B-Instruct',
    'mistral-large-2411',
    'Cohere-embed-v3-english',
  ],
}
