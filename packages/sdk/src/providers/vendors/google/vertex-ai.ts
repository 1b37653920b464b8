import type { Codec } from '../../../codecs/codec.ts'
import { penaltyRules } from '../../../codecs/gemini/request/model-family.ts'
import { vertexGemini, vertexGeminiCountTokens } from '../../../codecs/gemini/vertex.ts'
import { geminiImageEdits, geminiImages } from '../../../codecs/google-images/gemini-images.ts'
import { imagen, imagenEdit } from '../../../codecs/google-images/imagen.ts'
import { cloudSpeech } from '../../../codecs/google-speech/cloud-speech.ts'
import { geminiSpeech } from '../../../codecs/google-speech/gemini-speech.ts'
import { mistralOcrWith } from '../../../codecs/mistral-ocr/codec.ts'
import { openaiChat, openaiChatWith } from '../../../codecs/openai-chat/codec.ts'
import { vertexVeo } from '../../../codecs/veo/codec.ts'
import {
  vertexContentEmbeddings,
  vertexMediaEmbeddings,
  vertexTextEmbeddings,
  vertexTunedEmbeddings,
} from '../../../codecs/vertex-embeddings/codec.ts'
import { MAX_TOKENS } from '../../compatible.ts'
import type { Binding, ParamRules, Provider } from '../../provider.ts'
import { FIM } from '../../text-completions.ts'
import { MISTRAL } from '../mistral.ts'
import { PROJECT, VERTEX_BASE } from './vertex-address.ts'
import { vertexClaude, vertexClaudeCountTokens } from './vertex-claude.ts'
import { vertexCredentials } from './vertex-credentials.ts'
import {
  isClaude,
  isContentEmbedding,
  isGoogle,
  isImagen,
  isJamba,
  isMistral,
  isMultimodalEmbedding,
  isNumber,
  isOpenModel,
  isOwnChatEndpoint,
  pathName,
} from './vertex-models.ts'
import { VertexPaths } from './vertex-paths.ts'
import { vertexRerank } from './vertex-rerank.ts'

const RANKING = `/v1/projects/${PROJECT}/locations/global/rankingConfigs/default_ranking_config:rank`

const mistral = openaiChatWith(MISTRAL.chat)
/** The body's model is without the version that the path has: `mistral-large@2411`. */
const mistralChat: Codec<'chat'> = {
  ...mistral,
  upstream: {
    ...mistral.upstream,
    encodeRequest: (request, info) =>
      mistral.upstream.encodeRequest(request, { ...info, model: info.model.split('@', 1)[0] ?? info.model }),
  },
}
const jambaChat = openaiChatWith({ developerRole: false, streamUsage: false })
const openChat = openaiChatWith({ developerRole: false, relays: false })

/** Google's Vertex AI in one of its API versions. Source: https://cloud.google.com/vertex-ai/docs/reference/rest */
function vertex(name: string, title: string, version: string): Provider {
  const paths = new VertexPaths(version)
  return {
    name,
    title,
    docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
    baseUrl: VERTEX_BASE,
    baseUrlEnv: ['VERTEXAI_API_BASE', 'VERTEX_API_BASE'],
    credentials: vertexCredentials(),
    endpoints: {
      chat: chatBindings(paths),
      count_tokens: [
        {
          codec: vertexClaudeCountTokens,
          serves: isClaude,
          model: pathName,
          path: at => paths.model('anthropic', 'rawPredict')({ ...at, model: 'count-tokens', stream: false }),
        },
        {
          codec: vertexGeminiCountTokens,
          serves: isGoogle,
          model: pathName,
          path: paths.model('google', 'countTokens'),
        },
      ],
      embedding: embeddingBindings(paths),
      ...mediaEndpoints(paths),
    },
    followHosts: ['storage.googleapis.com'],
    modelParams,
    exampleModels: [
      'gemini-3-pro-preview',
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'claude-sonnet-4-5@20250929',
      'meta/llama-4-maverick-17b-128e-instruct-maas',
      'gemini-embedding-001',
    ],
  }
}

function chatBindings(paths: VertexPaths): readonly Binding<'chat'>[] {
  return [
    {
      codec: vertexClaude,
      serves: isClaude,
      model: pathName,
      path: paths.model('anthropic', 'rawPredict', 'streamRawPredict'),
    },
    {
      codec: mistralChat,
      serves: isMistral,
      model: pathName,
      path: paths.model('mistralai', 'rawPredict', 'streamRawPredict'),
    },
    {
      codec: jambaChat,
      serves: isJamba,
      model: pathName,
      path: paths.model('ai21', 'rawPredict', 'streamRawPredict'),
    },
    { codec: openaiChat, serves: isOwnChatEndpoint, model: pathName, path: paths.chat() },
    { codec: openChat, serves: isOpenModel, path: paths.chat('openapi') },
    {
      codec: vertexGemini,
      serves: isGoogle,
      model: pathName,
      path: paths.model('google', 'generateContent', 'streamGenerateContent?alt=sse'),
    },
  ]
}

function embeddingBindings(paths: VertexPaths): readonly Binding<'embedding'>[] {
  const path = paths.model('google', 'predict')
  return [
    { codec: vertexMediaEmbeddings, serves: isMultimodalEmbedding, path },
    {
      codec: vertexContentEmbeddings,
      serves: isContentEmbedding,
      model: pathName,
      path: paths.model('google', 'embedContent'),
    },
    { codec: vertexTunedEmbeddings, serves: isNumber, model: pathName, path },
    { codec: vertexTextEmbeddings, model: pathName, path },
  ]
}

/** Pictures, voices, videos and what else is asked for once in a while. */
function mediaEndpoints(paths: VertexPaths): Provider['endpoints'] {
  const generate = paths.model('google', 'generateContent')
  const predict = paths.model('google', 'predict')
  return {
    image_generation: [
      { codec: imagen, serves: isImagen, path: predict },
      { codec: geminiImages, serves: isGoogle, model: pathName, path: generate },
    ],
    image_edit: [
      { codec: imagenEdit, serves: isImagen, path: predict },
      { codec: geminiImageEdits, serves: isGoogle, model: pathName, path: generate },
    ],
    speech: [
      { codec: geminiSpeech, serves: model => model.includes('gemini'), model: pathName, path: generate },
      { codec: cloudSpeech, path: '/v1/text:synthesize' },
    ],
    rerank: [{ codec: vertexRerank, path: RANKING }],
    video_generation: [
      { codec: vertexVeo.video_generation, path: paths.model('google', 'predictLongRunning') },
    ],
    video_status: [{ codec: vertexVeo.video_status, path: '' }],
    video_content: [{ codec: vertexVeo.video_content, path: '' }],
    ocr: [
      {
        codec: mistralOcrWith({ inlines: true }),
        serves: isMistral,
        model: pathName,
        path: paths.model('mistralai', 'rawPredict'),
      },
    ],
    text_completion: [
      {
        codec: FIM.codec,
        serves: model => isMistral(model) && model.includes('codestral'),
        model: pathName,
        path: paths.model('mistralai', 'rawPredict', 'streamRawPredict'),
      },
    ],
  }
}

function modelParams(model: string): ParamRules | undefined {
  if (isMistral(model)) return { ...MISTRAL.params, ...MISTRAL.modelParams(pathName(model)) }
  if (isJamba(model) || isOpenModel(model)) return MAX_TOKENS
  return isGoogle(model) ? penaltyRules(model) : undefined
}

export const vertexAi: Provider = vertex('vertex_ai', 'Google Vertex AI', 'v1')
/** LiteLLM's name for the same with what Google calls beta. */
export const vertexAiBeta: Provider = vertex('vertex_ai_beta', 'Google Vertex AI (beta)', 'v1beta1')
