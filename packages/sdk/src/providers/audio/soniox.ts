import type { CallInfo, Codec, FollowUp, WireReply } from '../../codecs/codec.ts'
import { bearer } from '../../credentials/bearer.ts'
import type { ErrorFacts, ErrorKind } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf, wordOf } from '../../types/json.ts'
import type {
  TranscribedWord,
  TranscriptionRequest,
  TranscriptionResponse,
} from '../../types/transcription.ts'
import { WireForm } from '../../types/wire-body.ts'
import type { Provider } from '../provider.ts'
import {
  failedTranscription,
  noTranscript,
  stated,
  turnsOf,
  wantsSpeakers,
  warnWordsOnly,
} from './transcripts.ts'

const POLL_MS = 1_000
const PER_SECOND = 1_000
/** Beside the files. */
const JOBS = 'transcriptions'

/** The job's request: the recording has been uploaded. Source: https://soniox.com/docs/stt/api-reference/transcriptions/create_transcription */
function jobOf(request: TranscriptionRequest, info: CallInfo): JsonObject {
  const {
    file: _,
    model: __,
    stream: ___,
    response_format: ____,
    language,
    prompt,
    ...rest
  } = stated(request)
  delete rest.timestamp_granularities
  return {
    model: info.model,
    ...(language !== undefined && { language_hints: [language] }),
    ...(prompt !== undefined && { context: prompt }),
    ...(wantsSpeakers(request) && { enable_speaker_diarization: true }),
    ...rest,
    ...info.deployment.extraBody,
  }
}

function idIn(body: unknown, info: CallInfo): string {
  if (isJsonObject(body) && typeof body.id === 'string') return encodeURIComponent(body.id)
  throw noTranscript(info)
}

/** Upload, job, looking at the job until it ended, transcript; then job and upload are removed, which the vendor never does. */
function follow(
  { body }: WireReply,
  request: TranscriptionRequest,
  info: CallInfo,
  step: number,
  _asked: string,
  replies: readonly WireReply[],
): FollowUp | undefined {
  const [upload, job] = replies
  const file = idIn(upload?.body, info)
  if (step === 0)
    return { method: 'POST', url: JOBS, body: { file_id: file, ...jobOf(request, info) }, afterMs: 0 }
  const url = `${JOBS}/${idIn(job?.body, info)}`
  const removed = replies.filter(reply => reply.body === undefined).length
  if (removed === 1) return { method: 'DELETE', url: `files/${file}`, afterMs: 0, isOptional: true }
  if (removed > 1) {
    const { status, error_message: reason } = jobIn(replies)
    if (status === 'error') throw failedTranscription(textOf(reason), info)
    return undefined
  }
  const status = isJsonObject(body) ? body.status : undefined
  if (status === 'completed') return { method: 'GET', url: `${url}/transcript`, afterMs: 0 }
  if (status === undefined || status === 'error')
    return { method: 'DELETE', url, afterMs: 0, isOptional: true }
  return { method: 'GET', url, afterMs: POLL_MS }
}

/** The job as it was seen last. */
function jobIn(replies: readonly WireReply[]): JsonObject {
  const bodies = replies.map(({ body }) => body).filter(isJsonObject)
  return bodies.findLast(({ status }) => status !== undefined) ?? {}
}

function gather(replies: readonly WireReply[]): JsonObject {
  const bodies = replies.map(({ body }) => body).filter(isJsonObject)
  const transcript = bodies.find(({ tokens }) => isJsonArray(tokens)) ?? {}
  return { ...transcript, audio_duration_ms: jobIn(replies).audio_duration_ms }
}

function decodeResponse(body: unknown, info: CallInfo): TranscriptionResponse {
  if (!isJsonObject(body) || !isJsonArray(body.tokens)) throw noTranscript(info)
  const { text, audio_duration_ms: duration } = body
  const tokens = body.tokens.filter(isJsonObject)
  const language = tokens.find(token => typeof token.language === 'string')?.language
  const words = wordsOf(tokens)
  const segments = turnsOf(words)
  return {
    text: typeof text === 'string' ? text : tokens.map(token => textOf(token.text)).join(''),
    task: 'transcribe',
    ...(typeof language === 'string' && { language }),
    ...(typeof duration === 'number' && { duration: duration / PER_SECOND }),
    words,
    ...(segments && { segments }),
  }
}

/** Tokens are parts of words; a word begins with a space. Translations have no times. */
function wordsOf(tokens: readonly JsonObject[]): TranscribedWord[] {
  const words: TranscribedWord[] = []
  for (const { text, start_ms: start, end_ms: end, speaker } of tokens) {
    if (typeof text !== 'string' || typeof start !== 'number' || typeof end !== 'number') continue
    const last = words.at(-1)
    const times = { start: start / PER_SECOND, end: end / PER_SECOND }
    if (last && !text.startsWith(' '))
      words[words.length - 1] = { ...last, word: last.word + text, end: times.end }
    else if (text.trim() !== '')
      words.push({ word: text.trim(), ...times, ...(speaker != null && { speaker: wordOf(speaker) }) })
  }
  return words
}

/** Source: https://soniox.com/docs/stt/api-reference#errors */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  unauthenticated: 'authentication',
  permission_denied: 'permission',
  balance_exhausted: 'insufficient_quota',
  rate_limit_exceeded: 'rate_limit',
  file_not_found: 'not_found',
  transcription_not_found: 'not_found',
}

/** `{ status_code, error_type, message, validation_errors, request_id }` */
function decodeError(_status: number, body: unknown): Partial<ErrorFacts> | undefined {
  if (!isJsonObject(body)) return undefined
  const code = textOf(body.error_type)
  const message = textOf(body.message)
  if (code === '' && message === '') return undefined
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined
  return {
    message: message || code,
    ...(code !== '' && { code }),
    ...(kind && { kind }),
    providerSpecificFields: { error: body },
  }
}

const transcription: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'soniox-transcriptions',
  framing: 'sse',
  upstream: {
    params: new Set(['language', 'prompt', 'response_format', 'timestamp_granularities']),
    encodeRequest(request, info) {
      warnWordsOnly(request, info)
      return { body: jobOf(request, info), payload: new WireForm([['file', request.file]]) }
    },
    follow,
    gather,
    decodeResponse,
    decodeError,
  },
}

/** Source: https://soniox.com/docs/stt/async/async-transcription */
export const soniox: Provider = {
  name: 'soniox',
  title: 'Soniox',
  docs: 'https://soniox.com/docs/stt/async/async-transcription',
  baseUrl: 'https://api.soniox.com',
  baseUrlEnv: ['SONIOX_API_BASE'],
  credentials: bearer(['SONIOX_API_KEY']),
  endpoints: { transcription: [{ codec: transcription, path: '/v1/files' }] },
  exampleModels: ['stt-async-v5', 'stt-async-v4'],
}
