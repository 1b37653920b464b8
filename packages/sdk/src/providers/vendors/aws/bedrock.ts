import { bedrockConverse } from '../../../codecs/bedrock-converse/codec.ts'
import { bedrockCountTokens } from '../../../codecs/bedrock-converse/count-tokens.ts'
import { converseTraits } from '../../../codecs/bedrock-converse/request/models.ts'
import { bedrockEmbeddings } from '../../../codecs/bedrock-embeddings/codec.ts'
import { takesDimensions } from '../../../codecs/bedrock-embeddings/families.ts'
import { bedrockImages } from '../../../codecs/bedrock-images/codec.ts'
import { bedrockImageEdits } from '../../../codecs/bedrock-images/edit.ts'
import { imageFamily } from '../../../codecs/bedrock-images/families.ts'
import { bedrockAnthropic } from '../../../codecs/bedrock-invoke/anthropic.ts'
import { bedrockCohere } from '../../../codecs/bedrock-invoke/cohere.ts'
import {
  command,
  deepseek,
  jurassic,
  llama,
  mistral,
  qwen,
  titan,
} from '../../../codecs/bedrock-invoke/families.ts'
import { bedrockNova } from '../../../codecs/bedrock-invoke/nova.ts'
import { bedrockOpenai } from '../../../codecs/bedrock-invoke/openai.ts'
import { bedrockPrompt } from '../../../codecs/bedrock-invoke/prompt.ts'
import { bedrockRerank, RERANK_ARN } from '../../../codecs/bedrock-rerank/codec.ts'
import type { Codec } from '../../../codecs/codec.ts'
import { aws } from '../../../credentials/aws.ts'
import type { Binding, ParamRules, Provider } from '../../provider.ts'
import { type BedrockFamily, bedrockModel, bedrockPath } from './bedrock-model.ts'

const idOf = (model: string) => bedrockModel(model).id

const converse: Binding<'chat'> = {
  codec: bedrockConverse,
  path: at => bedrockPath(at.stream ? 'converse-stream' : 'converse')(at),
  serves: model => bedrockModel(model).route === 'converse',
  model: idOf,
}

/** The bodies of the makers, for models that are asked by their own. */
const BODIES: readonly (readonly [Codec<'chat'>, ...BedrockFamily[]])[] = [
  [bedrockNova, 'nova'],
  [bedrockOpenai, 'openai', 'unknown'],
  [bedrockCohere, 'cohere'],
  [bedrockPrompt(llama), 'llama'],
  [bedrockPrompt(mistral), 'mistral'],
  [bedrockPrompt(titan), 'titan'],
  [bedrockPrompt(deepseek), 'deepseek'],
  [bedrockPrompt(qwen), 'qwen2', 'qwen3'],
  [bedrockPrompt(command), 'command'],
  [bedrockPrompt(jurassic), 'ai21'],
]

function invoke(codec: Codec<'chat'>, serves: (model: string) => boolean): Binding<'chat'> {
  return {
    codec,
    path: at => bedrockPath(at.stream ? 'invoke-with-response-stream' : 'invoke')(at),
    serves,
    model: idOf,
  }
}

const invokes = BODIES.map(([codec, ...families]) =>
  invoke(codec, model => {
    const { route, family } = bedrockModel(model)
    return route === 'invoke' && families.includes(family)
  }),
)

/** Clients of Anthropic's format lose nothing on Claude's own body, so it serves plain names too. */
const claude = invoke(bedrockAnthropic, model => {
  const { family, isStated, route } = bedrockModel(model)
  return family === 'anthropic' && (route === 'invoke' || !isStated)
})

/** Only Claude's tokens are counted, and only under its own id; others are counted here. */
const countTokens: Binding<'count_tokens'> = {
  codec: bedrockCountTokens,
  path: bedrockPath('count-tokens'),
  serves: model => bedrockModel(model).family === 'anthropic' && !model.includes('arn:'),
  model: model => idOf(model).replace(/^(us-gov|us|eu|apac|au|ca|jp|global)\./, ''),
}

const embeddings: Binding<'embedding'> = {
  codec: bedrockEmbeddings,
  path: bedrockPath('invoke'),
  model: idOf,
}

const IMAGE_MODELS = /nova-canvas|titan-image|stability\.|stable-diffusion|sd3/

function imageParams(id: string): ParamRules {
  const { params } = imageFamily(id)
  const all = ['n', 'size', 'quality', 'output_format']
  return Object.fromEntries(all.flatMap(name => (params.has(name) ? [] : [[name, 'refuse'] as const])))
}

/** What one model behind Converse cannot do, another can. */
function modelParams(model: string): ParamRules | undefined {
  const { id, route } = bedrockModel(model)
  if (IMAGE_MODELS.test(id)) return imageParams(id)
  if (/embed/.test(id)) return takesDimensions(id) ? undefined : { dimensions: 'refuse' }
  // What stands behind an ARN is told by base_model, which only the codec sees.
  if (route !== 'converse' || id.startsWith('arn:')) return undefined
  const { reasoning, forcing, topK, grounding } = converseTraits(id)
  return {
    ...(reasoning === 'none' && { thinking: 'refuse', reasoning_effort: 'refuse' }),
    ...(reasoning !== 'claude' && { parallel_tool_calls: 'refuse' }),
    ...(forcing === 'none' && { tool_choice: { only: ['auto', 'none'] } }),
    ...(forcing === 'required' && { tool_choice: { only: ['auto', 'none', 'required'] } }),
    ...(topK === undefined && { top_k: 'refuse' }),
    ...(!grounding && { web_search_options: 'refuse' }),
  }
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/welcome.html */
export const bedrock: Provider = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/welcome.html',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  credentials: aws({
    service: 'bedrock',
    bearerEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
    endpoint: { param: 'aws_bedrock_runtime_endpoint', env: ['AWS_BEDROCK_RUNTIME_ENDPOINT'] },
    hosts: { '/rerank': 'bedrock-agent-runtime' },
    regional: RERANK_ARN,
  }),
  endpoints: {
    chat: [converse, claude, ...invokes],
    count_tokens: [countTokens],
    embedding: [embeddings],
    image_generation: [{ codec: bedrockImages, path: bedrockPath('invoke'), model: idOf }],
    image_edit: [{ codec: bedrockImageEdits, path: bedrockPath('invoke'), model: idOf }],
    rerank: [{ codec: bedrockRerank, path: '/rerank', model: idOf }],
  },
  modelParams,
  exampleModels: [
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'amazon.nova-pro-v1:0',
    'amazon.nova-2-lite-v1:0',
    'openai.gpt-oss-120b-1:0',
    'us.meta.llama4-maverick-17b-instruct-v1:0',
    'mistral.mistral-large-3-675b-instruct',
    'us.deepseek.r1-v1:0',
    'amazon.titan-embed-text-v2:0',
    'cohere.embed-v4:0',
  ],
}
