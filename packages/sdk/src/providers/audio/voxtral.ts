import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { decodeError } from '../../codecs/openai-chat/errors/errors.ts'
import { decodeTranscriptStream } from '../../codecs/openai-transcriptions/stream.ts'
import { parseEvent } from '../../codecs/parse-event.ts'
import { isJsonArray, isJsonObject, type JsonObject, textOf, wordOf } from '../../types/json.ts'
import type { StreamTransform, WireEvent } from '../../types/stream.ts'
import type {
  TranscriptionEvent,
  TranscriptionRequest,
  TranscriptionResponse,
  TranscriptionUsage,
} from '../../types/transcription.ts'
import { type FormField, WireForm } from '../../types/wire-body.ts'
import { noTranscript, stated, wantsSegments, wantsSpeakers } from './transcripts.ts'

function encodeRequest(request: TranscriptionRequest, info: CallInfo): WireRequest {
  const { file, response_format: _, timestamp_granularities: grains, stream: __, ...rest } = stated(request)
  const speakers = wantsSpeakers(request)
  const times = grains ?? (speakers || wantsSegments(request) ? ['segment'] : [])
  const { language, ...others } = rest
  if (language !== undefined && times.length > 0)
    info.warn({
      action: 'dropped',
      param: 'language',
      reason: 'this provider takes no language where times are wanted; it hears which one it is',
    })
  const asked: JsonObject = {
    ...others,
    model: info.model,
    ...(times.length === 0 && language !== undefined && { language }),
    ...(speakers && { diarize: true }),
    ...(info.stream && { stream: true }),
  }
  const fields: FormField[] = [['file', file]]
  for (const grain of times) fields.push(['timestamp_granularities', grain])
  for (const [name, value] of Object.entries(asked))
    for (const item of isJsonArray(value) ? value : [value])
      fields.push([name, typeof item === 'string' ? item : JSON.stringify(item)])
  return { body: {}, payload: new WireForm(fields) }
}

function decodeResponse(body: unknown, info: CallInfo): TranscriptionResponse {
  if (!isJsonObject(body) || typeof body.text !== 'string') throw noTranscript(info)
  return transcriptOf(body)
}

/** Words come as segments of one word. */
function transcriptOf({ text, language, segments, words, usage }: JsonObject): TranscriptionResponse {
  const charged = chargedFor(usage)
  const timed = isJsonArray(segments) ? segments.filter(isJsonObject).map(segmentOf) : []
  return {
    text: textOf(text).trim(),
    task: 'transcribe',
    ...(typeof language === 'string' && { language }),
    ...(charged && { duration: charged.seconds, usage: charged }),
    ...(timed.length > 0 && { segments: timed }),
    ...(isJsonArray(words) && { words: words as TranscriptionResponse['words'] }),
  } as TranscriptionResponse
}

function segmentOf({ text, start, end, speaker_id: speaker }: JsonObject) {
  return {
    text: textOf(text),
    start: Number(start),
    end: Number(end),
    ...(speaker != null && { speaker: wordOf(speaker) }),
  }
}

/** Recordings are charged by their length. Source: https://docs.mistral.ai/capabilities/audio_transcription */
function chargedFor(usage: unknown): TranscriptionUsage | undefined {
  if (!isJsonObject(usage) || typeof usage.prompt_audio_seconds !== 'number') return undefined
  return { type: 'duration', seconds: usage.prompt_audio_seconds }
}

/** The vendor's events in OpenAI's words. */
function decodeStream(info: CallInfo): StreamTransform<WireEvent, TranscriptionEvent> {
  const openai = decodeTranscriptStream(info)
  return {
    push(wire) {
      if (wire.data === '' || wire.data === '[DONE]') return []
      const event = parseEvent(wire.data, info)
      const translated = eventOf(event)
      return translated ? openai.push({ data: JSON.stringify(translated) }) : []
    },
    end: openai.end,
  }
}

function eventOf(event: JsonObject): JsonObject | undefined {
  switch (event.type) {
    case 'transcription.text.delta':
      return { type: 'transcript.text.delta', delta: textOf(event.text) }
    case 'transcription.segment':
      return { type: 'transcript.text.segment', ...segmentOf(event) }
    case 'transcription.done':
      return { type: 'transcript.text.done', ...transcriptOf(event) }
    case 'transcription.language':
      return undefined
    default:
      return event
  }
}

/** Mistral's own way to write down recordings. Source: https://docs.mistral.ai/api/endpoint/audio/transcriptions */
export const voxtral: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'mistral-transcriptions',
  framing: 'sse',
  upstream: {
    params: new Set(['language', 'response_format', 'temperature', 'timestamp_granularities']),
    encodeRequest,
    decodeResponse,
    decodeStream,
    decodeError,
  },
}
