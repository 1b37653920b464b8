import type { Codec } from '../codec.ts'
import { decodeError, encodeError } from '../openai-chat/errors/errors.ts'
import { decodeRequest, encodeRequest, type TranscriptionOptions } from './request.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { decodeTranscriptStream, encodeTranscriptStream } from './stream.ts'

const PARAMS = ['prompt', 'response_format', 'temperature']

/** OpenAI's format at a server that differs a little. */
export function openaiTranscriptionsWith(options: TranscriptionOptions): Codec<'transcription'> {
  const listens = [
    'chunking_strategy',
    'include',
    'known_speaker_names',
    'known_speaker_references',
    'language',
    'timestamp_granularities',
  ]
  const codec = listening('transcription', [...PARAMS, ...listens], options)
  return {
    ...codec,
    upstream: {
      ...codec.upstream,
      // Models that tell times do not stream: servers that must be asked for them would answer whole.
      ...(options.tellsDuration !== false && { decodeStream: decodeTranscriptStream }),
    },
    inbound: { ...INBOUND, encodeStream: encodeTranscriptStream },
  }
}

export function openaiTranslationsWith(options: TranscriptionOptions): Codec<'translation'> {
  return { ...listening('translation', PARAMS, options), inbound: INBOUND }
}

const INBOUND = { takesForms: true, decodeRequest, encodeResponse, encodeError } as const

function listening<E extends 'transcription' | 'translation'>(
  endpoint: E,
  params: readonly string[],
  options: TranscriptionOptions,
): Codec<E> {
  return {
    endpoint,
    format: `openai-${endpoint}s`,
    framing: 'sse',
    upstream: {
      params: new Set(params),
      takesBytes: true,
      encodeRequest: (request, info) => encodeRequest(request, info, options),
      decodeResponse,
      decodeError,
    },
  }
}

/** Source: https://platform.openai.com/docs/api-reference/audio */
export const openaiTranscriptions = openaiTranscriptionsWith({})
export const openaiTranslations = openaiTranslationsWith({})
