import { extrasOf } from '../codecs/anthropic-messages/request/context.ts'
import { decodeAwsError } from '../codecs/aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../codecs/codec.ts'
import { aws } from '../credentials/aws.ts'
import { badRequest, createError } from '../errors.ts'
import type { SpeechRequest, SpeechResponse } from '../types/speech.ts'
import { WireBytes } from '../types/wire-body.ts'
import type { Provider } from './provider.ts'

/** OpenAI's formats as Polly makes them. Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['mp3', 'mp3'],
  ['opus', 'ogg_opus'],
  ['ogg_vorbis', 'ogg_vorbis'],
  ['ogg_opus', 'ogg_opus'],
  ['pcm', 'pcm'],
  ['json', 'json'],
])

/** LiteLLM's choice of Polly's voices for OpenAI's names. */
const VOICES: ReadonlyMap<string, string> = new Map([
  ['alloy', 'Joanna'],
  ['echo', 'Matthew'],
  ['fable', 'Amy'],
  ['onyx', 'Brian'],
  ['nova', 'Ivy'],
  ['shimmer', 'Kendra'],
])

const ENGINES = ['standard', 'neural', 'generative', 'long-form']
const HANDLED = new Set([
  'model',
  'input',
  'voice',
  'response_format',
  'stream',
  'stream_format',
  'language_code',
])

const pollySpeech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'polly-speech',
  framing: 'sse',
  upstream: {
    params: new Set(['voice', 'response_format']),
    takesBytes: true,
    encodeRequest,
    decodeResponse,
    decodeError: decodeAwsError,
  },
}

/** The model is the engine; markup is known by its first word. */
function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  if (!ENGINES.includes(info.model))
    throw badRequest(`model: must be aws_polly/ and one of ${ENGINES.join(', ')}.`, 'model')
  const { input, language_code: language } = request
  return {
    body: {
      Engine: info.model,
      Text: input,
      TextType: input.trimStart().startsWith('<speak') ? 'ssml' : 'text',
      VoiceId: voiceOf(request, info),
      OutputFormat: formatOf(request),
      ...(typeof language === 'string' && { LanguageCode: language }),
      ...extrasOf(request, HANDLED),
    },
  }
}

function voiceOf({ voice }: SpeechRequest, info: CallInfo): string {
  const asked = voice ?? 'alloy'
  if (typeof asked !== 'string') throw badRequest('voice: must be the name of a voice.', 'voice')
  const known = VOICES.get(asked)
  if (known !== undefined && voice != null)
    info.warn({ action: 'approximated', param: 'voice', reason: `${asked} is OpenAI's; ${known} speaks` })
  return known ?? asked
}

/** Throws for a format that Polly does not make. */
function formatOf({ response_format: asked }: SpeechRequest): string {
  const format = FORMATS.get(asked ?? 'mp3')
  if (format !== undefined) return format
  throw createError({
    kind: 'unsupported_params',
    message: `response_format: Polly makes ${[...FORMATS.keys()].join(', ')}, not "${asked}".`,
    param: 'response_format',
  })
}

function decodeResponse(body: unknown, info: CallInfo): SpeechResponse {
  if (body instanceof WireBytes) return { audio: body }
  throw createError({
    kind: 'bad_gateway',
    message: 'The provider answered a speech request without audio.',
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html */
export const awsPolly: Provider = {
  name: 'aws_polly',
  title: 'Amazon Polly',
  docs: 'https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html',
  baseUrl: 'https://polly.{region}.amazonaws.com',
  credentials: aws({ service: 'polly' }),
  endpoints: { speech: [{ codec: pollySpeech, path: '/v1/speech' }] },
  exampleModels: ['neural', 'generative', 'long-form', 'standard'],
}
