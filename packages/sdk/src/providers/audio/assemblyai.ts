import type { CallInfo, Codec, FollowUp, WireReply } from '../../codecs/codec.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { ErrorFacts } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf } from '../../types/json.ts'
import type {
  TranscribedSegment,
  TranscriptionRequest,
  TranscriptionResponse,
} from '../../types/transcription.ts'
import { WireBytes } from '../../types/wire-body.ts'
import type { ParamRules, Provider } from '../provider.ts'
import {
  failedTranscription,
  noTranscript,
  spokenWords,
  stated,
  wantsSpeakers,
  warnWordsOnly,
} from './transcripts.ts'

const POLL_MS = 1_000
const PER_SECOND = 1_000
/** Beside the upload. */
const JOBS = 'transcript'

/** The models that are still named by the old parameter. Source: https://www.assemblyai.com/docs/getting-started/models */
const OLD_MODELS = new Set(['best', 'nano', 'universal', 'slam-1'])

/** The job's request: the recording has been uploaded. Source: https://www.assemblyai.com/docs/api-reference/transcripts/submit */
function jobOf(request: TranscriptionRequest, info: CallInfo): JsonObject {
  const { file: _, model: __, stream: ___, response_format: ____, language, ...rest } = stated(request)
  // The key may use this model and no other.
  for (const name of ['timestamp_granularities', 'speech_model', 'speech_models']) delete rest[name]
  const { model } = info
  const isEnglishOnly = model === 'slam-1'
  const tellsLanguage = language !== undefined || rest.language_code !== undefined
  return {
    ...(OLD_MODELS.has(model) ? { speech_model: model } : { speech_models: model.split(',') }),
    ...(language !== undefined && { language_code: language }),
    ...(!tellsLanguage && !isEnglishOnly && { language_detection: true }),
    ...(wantsSpeakers(request) && { speaker_labels: true }),
    ...rest,
    ...info.deployment.extraBody,
  }
}

/** Upload, job, and looking at the job until it ended. */
function follow(
  { body }: WireReply,
  request: TranscriptionRequest,
  info: CallInfo,
  step: number,
): FollowUp | undefined {
  if (!isJsonObject(body)) return undefined
  if (step === 0) {
    const { upload_url: audio_url } = body
    if (typeof audio_url !== 'string') throw noTranscript(info)
    return { method: 'POST', url: JOBS, body: { audio_url, ...jobOf(request, info) }, afterMs: 0 }
  }
  if (body.status === 'error') throw failedTranscription(textOf(body.error), info)
  if (body.status === 'completed') return undefined
  if (typeof body.id !== 'string') throw noTranscript(info)
  return { method: 'GET', url: `${JOBS}/${encodeURIComponent(body.id)}`, afterMs: POLL_MS }
}

function decodeResponse(body: unknown, info: CallInfo): TranscriptionResponse {
  if (!isJsonObject(body) || body.status !== 'completed') throw noTranscript(info)
  const { audio_duration: duration, language_code: language, utterances, words } = body
  const turns = timed(utterances)
  return {
    text: textOf(body.text),
    task: 'transcribe',
    ...(typeof language === 'string' && { language }),
    ...(typeof duration === 'number' && { duration }),
    words: timed(words),
    ...(turns.length > 0 && {
      segments: turns.map(({ word, ...turn }): TranscribedSegment => ({ ...turn, text: word })),
    }),
  }
}

/** Words and utterances have one shape, and times in milliseconds. */
function timed(items: unknown) {
  const all = isJsonArray(items) ? items.filter(isJsonObject) : []
  return spokenWords(
    all.map(({ text, start, end, speaker, confidence }) => ({
      word: text,
      start,
      end,
      speaker,
      ...(confidence !== undefined && { confidence }),
    })),
    PER_SECOND,
  )
}

/** `{ error: text }` */
function decodeError(_status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body) || typeof body.error !== 'string') return undefined
  return { message: body.error, providerSpecificFields: { error: body } }
}

const transcription: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'assemblyai-transcriptions',
  framing: 'sse',
  upstream: {
    params: new Set(['language', 'prompt', 'response_format', 'temperature', 'timestamp_granularities']),
    encodeRequest(request, info) {
      warnWordsOnly(request, info)
      const payload = new WireBytes(request.file.bytes, 'application/octet-stream')
      return { body: jobOf(request, info), payload }
    },
    follow,
    decodeResponse,
    decodeError,
  },
}

/** Chat is at a gateway of its own beside the transcripts: `llm-gateway.eu.assemblyai.com`. */
const CHAT_HOST = /^https:\/\/llm-gateway\.(.*assemblyai\.com)\/v1$/

/** Transcripts want the bare key. Source: https://www.assemblyai.com/docs/api-reference/overview */
function withBareKeys(credentials: Credentials): Credentials {
  return {
    ...credentials,
    sign(request, secret, deployment, host) {
      if (!new URL(request.url).pathname.includes('/v2/'))
        return credentials.sign(request, secret, deployment, host)
      if (secret) request.headers.authorization = secret
    },
  }
}

/** Only the later models listen to instructions. Source: https://www.assemblyai.com/docs/pre-recorded-audio/prompting */
function modelParams(model: string): ParamRules | undefined {
  return OLD_MODELS.has(model) || model === 'universal-2'
    ? { prompt: 'refuse', temperature: 'refuse' }
    : undefined
}

/** The provider of chat with its transcripts. */
export function withTranscripts(chat: Provider): Provider {
  return {
    ...chat,
    credentials: withBareKeys(chat.credentials),
    endpoints: {
      ...chat.endpoints,
      transcription: [
        {
          codec: transcription,
          path: '/v2/upload',
          baseUrl: base => base.replace(CHAT_HOST, 'https://api.$1'),
        },
      ],
    },
    modelParams,
    exampleModels: ['universal-3-pro', 'universal-2', ...(chat.exampleModels ?? [])],
  }
}
