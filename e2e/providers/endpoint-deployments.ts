import type { Upstream } from '@sluice/testkit'
import { type EndpointName, type Provider, providers } from 'sluice/internal'
import { baseOf, doorOf } from '../../packages/sdk/src/providers/testing/doors.ts'
import { awsKeys, googleAccount, type PlayedDeployment, vendorKey } from './deployments.ts'

/** What a client can ask for besides a chat; what follows a video is asked with the video. */
export const ENDPOINTS = [
  'embedding',
  'text_completion',
  'moderation',
  'rerank',
  'image_generation',
  'image_edit',
  'image_variation',
  'video_generation',
  'speech',
  'transcription',
  'translation',
  'ocr',
  'search',
] as const satisfies readonly EndpointName[]
export type PlayedEndpoint = (typeof ENDPOINTS)[number]

export interface EndpointDeployment extends PlayedDeployment {
  readonly endpoint: PlayedEndpoint
}

/** Vendors whose door for an endpoint the testkit has not, with the reason. */
export const NOT_YET_PLAYED: Readonly<Record<string, string>> = {}

/** Models that every vendor of OpenAI's shape may be asked for. */
const USUAL: Readonly<Record<PlayedEndpoint, string>> = {
  embedding: 'text-embedding-3-small',
  text_completion: 'gpt-3.5-turbo-instruct',
  moderation: 'omni-moderation-latest',
  rerank: 'rerank-1',
  image_generation: 'dall-e-3',
  image_edit: 'gpt-image-1',
  image_variation: 'dall-e-2',
  video_generation: 'sora-2',
  speech: 'tts-1',
  transcription: 'whisper-1',
  translation: 'whisper-1',
  ocr: 'mistral-ocr-latest',
  search: 'search',
}

interface Place {
  readonly model?: string
  /** Below the testkit's address. */
  readonly path?: string
  readonly params?: Readonly<Record<string, unknown>>
}

const AWS: Place = { path: '', params: awsKeys }
const DASHSCOPE = '/dashscope/compatible-mode/v1'
const COMPATIBLE = '/v1'

/** By `provider`, or `provider endpoint`, which adds to it. */
function places(upstream: Upstream): Places {
  return { ...googlePlaces(upstream), ...CLOUDS, ...VENDORS }
}

type Places = Readonly<Record<string, Place>>

function googlePlaces(upstream: Upstream): Places {
  const google: Place = { path: '', params: googleAccount(upstream) }
  const vertex = (name: string): Readonly<Record<string, Place>> => ({
    [name]: google,
    [`${name} embedding`]: { model: 'text-embedding-005' },
    [`${name} text_completion`]: { model: 'codestral-2501' },
    [`${name} rerank`]: { model: 'semantic-ranker-default-004' },
    [`${name} image_generation`]: { model: 'imagen-4.0-generate-001' },
    [`${name} image_edit`]: { model: 'imagen-3.0-capability-001' },
    [`${name} speech`]: { model: 'gemini-2.5-flash-preview-tts' },
    [`${name} transcription`]: { model: 'gemini-2.5-flash' },
    [`${name} video_generation`]: { model: 'veo-3.0-generate-001' },
    [`${name} ocr`]: { model: 'mistral-ocr-2505' },
  })
  return {
    ...vertex('vertex_ai'),
    ...vertex('vertex_ai_beta'),
    'gemini embedding': { model: 'gemini-embedding-001' },
    'gemini image_generation': { model: 'imagen-4.0-generate-001' },
    'gemini image_edit': { model: 'gemini-2.5-flash-image' },
    'gemini speech': { model: 'gemini-2.5-flash-preview-tts' },
    'gemini transcription': { model: 'gemini-2.5-flash' },
    'gemini video_generation': { model: 'veo-3.0-generate-001' },
  }
}

const alibaba = (name: string): Places => ({
  [`${name} image_generation`]: { model: 'qwen-image', path: DASHSCOPE },
  [`${name} image_edit`]: { model: 'qwen-image-edit', path: DASHSCOPE },
  [`${name} rerank`]: { model: 'gte-rerank-v2', path: '/rerank/compatible-mode/v1' },
})

const CLOUDS: Places = {
  ...alibaba('dashscope'),
  ...alibaba('qwencloud'),
  ...alibaba('qwen_ai_platform'),
  bedrock: AWS,
  'bedrock embedding': { model: 'amazon.titan-embed-text-v2:0' },
  'bedrock image_generation': { model: 'amazon.nova-canvas-v1:0' },
  'bedrock image_edit': { model: 'amazon.nova-canvas-v1:0' },
  'bedrock rerank': { model: 'cohere.rerank-v3-5:0' },
  sagemaker: AWS,
  sagemaker_chat: AWS,
  sagemaker_nova: AWS,
  aws_polly: { ...AWS, model: 'neural', path: '/polly' },
  azure_text: { path: '' },
  'azure_ai image_generation': { model: 'gpt-image-1' },
  'azure_ai ocr': { model: 'mistral-document-ai-2505', path: '/documents' },
  'cohere embedding': { model: 'embed-v4.0' },
  'cohere_chat embedding': { model: 'embed-v4.0' },
  'huggingface embedding': { model: 'tei', path: '/prompt-servers/tei' },
  'huggingface rerank': { model: 'tei', path: '/prompt-servers/tei' },
  'huggingface text_completion': { model: 'tgi', path: '/prompt-servers/tgi' },
  watsonx: { path: '/prompt-servers', params: { project_id: 'project-1' } },
  'watsonx transcription': { path: '/watsonx-audio' },
  watsonx_text: { path: '/prompt-servers', params: { project_id: 'project-1' } },
  cloudflare: { path: '/elsewhere/client/v4/accounts/a1/ai' },
  snowflake: { path: '/prompt-servers' },
  triton: { path: '/prompt-servers/triton/embeddings' },
  predibase: { path: '/prompt-servers', params: { tenant_id: 'tenant-1' } },
}

const VENDORS: Places = {
  'jina_ai embedding': { path: '/elsewhere/v1' },
  'codestral text_completion': { model: 'codestral-latest', path: '/elsewhere/v1' },
  'litellm_proxy ocr': { path: '/documents/v1' },
  'xai image_edit': { model: 'grok-2-image', path: '/elsewhere/v1' },
  'mistral ocr': { path: '/documents/v1' },
  'mistral transcription': { model: 'voxtral-mini-latest', path: '/mistral-audio/v1' },
  'text-completion-codestral': { model: 'codestral-latest', path: '/elsewhere/v1' },
  'modelscope image_generation': { model: 'Qwen/Qwen-Image', path: '/modelscope/v1' },
  'openrouter image_generation': { model: 'google/gemini-2.5-flash-image', path: '/chat-images/v1' },
  'openrouter image_edit': { model: 'google/gemini-2.5-flash-image', path: '/chat-images/v1' },
  black_forest_labs: { model: 'flux-kontext-pro', path: '/bfl' },
  fal_ai: { model: 'fal-ai/flux/dev', path: '/fal' },
  'recraft image_generation': { model: 'recraftv3' },
  'recraft image_edit': { model: 'recraftv3', path: '/recraft' },
  runwayml: { model: 'gen4_image', path: '/runway' },
  'runwayml video_generation': { model: 'gen4_turbo' },
  'runwayml speech': { model: 'eleven_multilingual_v2' },
  'stability image_generation': { model: 'stable-image-core', path: '/stability' },
  'stability image_edit': { model: 'inpaint', path: '/stability' },
  topaz: { model: 'Standard V2', path: '/topaz' },
  reducto: { model: 'parse', path: '/documents' },
  'minimax speech': { model: 'speech-2.6-hd', path: '/minimax-speech/v1' },
  'groq speech': { model: 'playai-tts' },
  deepgram: { path: '/deepgram' },
  'deepgram speech': { model: 'aura-2' },
  'deepgram transcription': { model: 'nova-3' },
  elevenlabs: { path: '/elevenlabs' },
  'elevenlabs speech': { model: 'eleven_v3' },
  'elevenlabs transcription': { model: 'scribe_v2' },
  'assemblyai transcription': { model: 'universal', path: '/assemblyai' },
  soniox: { model: 'stt-async-v3', path: '/soniox' },
  google_pse: { params: { search_engine_id: 'engine-1' } },
}

function pathOf(provider: Provider, endpoint: PlayedEndpoint, upstream: Upstream): string {
  if (endpoint === 'search') return `/searches/${provider.name}`
  return doorOf(provider) ? baseOf(provider, endpoint, upstream).slice(upstream.url.length) : COMPATIBLE
}

/** Every provider at every endpoint it has, by the registry. */
export function endpointDeployments(upstream: Upstream): readonly EndpointDeployment[] {
  const known = places(upstream)
  return [...providers.values()]
    .filter(({ answer }) => answer === undefined)
    .flatMap(provider => {
      const { name } = provider
      const served = ENDPOINTS.filter(endpoint => provider.endpoints[endpoint] !== undefined)
      return served.map(endpoint => {
        const at = { ...known[name], ...known[`${name} ${endpoint}`] }
        const { model = USUAL[endpoint], path = pathOf(provider, endpoint, upstream) } = at
        const door = doorOf(provider)
        const secrets =
          at.params?.['aws_access_key_id'] || at.params?.['vertex_credentials']
            ? {}
            : { api_key: door?.key?.good(upstream) ?? vendorKey }
        return {
          name: `${name} ${endpoint}`,
          provider: name,
          endpoint,
          params: {
            model: `${name}/${model}`,
            api_base: `${upstream.url}${path}`,
            ...secrets,
            ...door?.params?.(upstream),
            ...at.params,
          },
        }
      })
    })
}
