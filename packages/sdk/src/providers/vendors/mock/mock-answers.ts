import { chat } from '../../../endpoints/chat.ts'
import { badRequest, createError, ERROR_KINDS, type ErrorKind } from '../../../errors.ts'
import type { ChatRequest, ChatResponse } from '../../../types/chat.ts'
import type { EmbeddingRequest, EmbeddingResponse } from '../../../types/embedding.ts'
import type { EndpointName, RequestOf, ResponseOf } from '../../../types/endpoint-map.ts'
import { isJsonObject } from '../../../types/json.ts'
import type { LocalAnswer } from '../../provider.ts'
import { mockSpeech, mockTranscript } from './mock-audio-answers.ts'
import {
  mockImages,
  mockOcr,
  mockSearch,
  mockVideo,
  mockVideoContent,
  mockVideoDeletion,
  mockVideoList,
} from './mock-media-answers.ts'
import { mockModeration, mockRerank, mockText } from './mock-text-answers.ts'

type Info = Parameters<LocalAnswer>[2]

/** Says back what was said: the built-in model. */
export const echoAnswer: LocalAnswer = (endpoint, request, info) =>
  mockAnswer(endpoint, request, heard => `You said: ${heard}`, info)

type Say = (heard: string) => string

const ANSWERS: {
  readonly [E in EndpointName]?: (request: RequestOf<E>, say: Say, info: Info) => ResponseOf<E>
} = {
  chat: mockChat,
  embedding: (request, _say, info) => mockEmbedding(request, info),
  text_completion: mockText,
  moderation: (request, _say, info) => mockModeration(request, info),
  speech: request => mockSpeech(request),
  transcription: (request, say) => mockTranscript(say(request.file.filename)),
  translation: (request, say) => mockTranscript(say(request.file.filename)),
  rerank: (request, _say, info) => mockRerank(request, info),
  image_generation: mockImages,
  image_edit: mockImages,
  image_variation: mockImages,
  video_generation: (request, _say, info) => mockVideo(request, info),
  video_status: (request, _say, info) => mockVideo(request, info),
  video_remix: (request, _say, info) => mockVideo(request, info),
  video_content: mockVideoContent,
  video_delete: (request, _say, info) => mockVideoDeletion(request.video_id, info),
  video_list: mockVideoList,
  ocr: (_request, say, info) => mockOcr(say, info),
  search: mockSearch,
}

function mockAnswer<E extends EndpointName>(
  endpoint: E,
  request: RequestOf<E>,
  say: Say,
  info: Info,
): ResponseOf<E> {
  const answer = ANSWERS[endpoint]
  if (answer) return answer(request, say, info)
  throw badRequest(
    `model: there is no mock answer for ${endpoint}. Give a whole response as mock_response.`,
    'model',
  )
}

/** LiteLLM's `mock_response`: a text, a whole reply, or `litellm.<ErrorClass>` to fail with that error. */
export function cannedAnswer(canned: unknown): LocalAnswer {
  return <E extends EndpointName>(endpoint: E, request: RequestOf<E>, info: Info) => {
    if (isJsonObject(canned)) return canned as ResponseOf<E>
    if (typeof canned !== 'string')
      throw badRequest('mock_response: must be a string or a whole response.', 'mock_response')
    const kind = errorKind(canned)
    if (kind)
      throw createError({
        kind,
        message: `Mock error: ${canned}`,
        provider: info.deployment.provider,
        model: info.model,
      })
    return mockAnswer(endpoint, request, () => canned, info)
  }
}

const LITELLM_NAMES: ReadonlyMap<string, ErrorKind> = new Map([['Timeout', 'timeout']])

function errorKind(text: string): ErrorKind | undefined {
  if (!text.startsWith('litellm.')) return undefined
  const name = text.slice('litellm.'.length)
  const kinds = Object.keys(ERROR_KINDS) as ErrorKind[]
  return LITELLM_NAMES.get(name) ?? kinds.find(kind => ERROR_KINDS[kind].class.name === name)
}

function mockChat(request: ChatRequest, say: Say, info: Info): ChatResponse {
  const content = say(chat.texts(request).at(-1) ?? '')
  const words = (text: string) => Math.ceil(text.length / 4)
  const prompt = chat.texts(request).reduce((sum, text) => sum + words(text), 0)
  const completion = words(content)
  const message = { role: 'assistant' as const, content }
  return {
    id: `chatcmpl-${info.id}`,
    object: 'chat.completion',
    created: Math.floor(info.now / 1000),
    model: info.model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  }
}

/** Deterministic unit vectors: equal texts are equal, which is all a test needs. */
function mockEmbedding(request: EmbeddingRequest, info: Info): EmbeddingResponse {
  const inputs =
    typeof request.input === 'string' ? [request.input] : request.input.map(item => JSON.stringify(item))
  const size = request.dimensions ?? 16
  const tokens = inputs.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
  return {
    object: 'list',
    model: info.model,
    data: inputs.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, size) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function vectorOf(text: string, size: number): number[] {
  const vector = new Array<number>(size).fill(0)
  for (let at = 0; at < text.length; at++) {
    const place = (text.charCodeAt(at) * 31 + at) % size
    vector[place] = (vector[place] ?? 0) + 1
  }
  const length = Math.hypot(...vector) || 1
  return vector.map(value => value / length)
}
