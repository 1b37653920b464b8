import type { CallInfo, Codec } from '../../../codecs/codec.ts'
import { openaiChatWith } from '../../../codecs/openai-chat/codec.ts'
import { rerankWith } from '../../../codecs/rerank/codec.ts'
import { addressed, pathOf } from '../../../codecs/watsonx-generation/body.ts'
import { watsonxGeneration } from '../../../codecs/watsonx-generation/codec.ts'
import { watsonxEmbeddings } from '../../../codecs/watsonx-generation/embeddings.ts'
import { decodeError } from '../../../codecs/watsonx-generation/errors.ts'
import { badRequest } from '../../../errors.ts'
import type { Deployment } from '../../../types/deployment.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../../types/json.ts'
import type { Binding, Provider } from '../../provider.ts'
import { watsonxCredentials } from './watsonx-credentials.ts'

/** The API's version when none is configured. */
const VERSION = '2024-03-13'

/** OpenAI's shape, with IBM's names for the model and for a choice in words. */
function encodeChat(body: JsonObject, info: CallInfo): void {
  const { model: _, stream: _stream, tool_choice: choice, max_completion_tokens: limit, ...rest } = body
  for (const key of Object.keys(body)) delete body[key]
  Object.assign(
    body,
    addressed(
      {
        ...rest,
        ...(limit !== undefined && { max_tokens: limit }),
        ...(typeof choice === 'string' && { tool_choice_option: choice }),
        ...(typeof choice === 'object' && choice !== null && { tool_choice: choice }),
      },
      info,
    ),
  )
}

/** Answers that ran out of time or were called off are not finished, whatever they say next. */
function settleReply(reply: JsonObject): void {
  reply.model ??= reply.model_id
  if (!isJsonArray(reply.choices)) return
  for (const choice of reply.choices)
    if (
      isJsonObject(choice) &&
      (choice.finish_reason === 'time_limit' || choice.finish_reason === 'cancelled')
    )
      choice.finish_reason = 'error'
}

const openaiShaped = openaiChatWith({
  streamUsage: false,
  developerRole: false,
  relays: false,
  adjust: encodeChat,
  settle: () => settleReply,
})

/** Source: https://cloud.ibm.com/apidocs/watsonx-ai#text-chat */
const watsonxChat: Codec<'chat'> = {
  ...openaiShaped,
  format: 'watsonx-chat',
  upstream: {
    ...openaiShaped.upstream,
    decodeError: (status, body) =>
      decodeError(status, body) ?? openaiShaped.upstream.decodeError?.(status, body),
  },
}

/** Source: https://cloud.ibm.com/apidocs/watsonx-ai#text-rerank */
const rerank = rerankWith({
  topN: false,
  returnDocuments: false,
  shape: ({ model: _, query, documents, ...rest }, info) => ({
    body: addressed({ query, inputs: documents.map(text => ({ text })), ...rest }, info),
  }),
})

function path(whole: string, streamed?: string): Exclude<Binding['path'], string> {
  return ({ model, stream, deployment }) => {
    const operation = stream && streamed !== undefined ? streamed : whole
    return `${pathOf(model, operation)}?version=${encodeURIComponent(deployment.apiVersion ?? VERSION)}`
  }
}

function watsonxAs(name: string, endpoints: Provider['endpoints']): Provider {
  return {
    name,
    title: 'IBM watsonx',
    docs: 'https://cloud.ibm.com/apidocs/watsonx-ai',
    baseUrl: regional,
    baseUrlEnv: ['WATSONX_API_BASE', 'WATSONX_URL', 'WX_URL', 'WML_URL'],
    credentials: watsonxCredentials(),
    endpoints,
    params: { store: 'drop', metadata: 'drop', user: 'drop', parallel_tool_calls: 'drop' },
    priceName: 'watsonx',
    exampleModels: [
      'ibm/granite-4-h-small',
      'ibm/granite-3-3-8b-instruct',
      'meta-llama/llama-3-3-70b-instruct',
      'mistralai/mistral-medium-2505',
    ],
  }
}

/** Nothing that could make another host of the address, to which the credentials would go. */
const REGION = /^[a-z0-9-]+$/

function regional({ params }: Deployment): string {
  const region = params?.watsonx_region_name
  if (typeof region === 'string' && !REGION.test(region))
    throw badRequest(
      `watsonx_region_name: "${region}" is no region. Use a name such as us-south.`,
      'watsonx_region_name',
    )
  if (typeof region === 'string') return `https://${region}.ml.cloud.ibm.com`
  throw badRequest(
    'api_base: IBM watsonx needs the address of your region. Set WATSONX_URL or api_base, for example https://us-south.ml.cloud.ibm.com.',
    'api_base',
  )
}

const generation: Binding<'text_completion'> = {
  codec: watsonxGeneration,
  path: path('generation', 'generation_stream'),
}

export const watsonx: Provider = watsonxAs('watsonx', {
  chat: [{ codec: watsonxChat, path: path('chat', 'chat_stream') }],
  text_completion: [generation],
  embedding: [{ codec: watsonxEmbeddings, path: path('embeddings') }],
  rerank: [{ codec: rerank, path: path('rerank') }],
})
/** LiteLLM's name for text generation only. */
export const watsonxText: Provider = watsonxAs('watsonx_text', { text_completion: [generation] })
