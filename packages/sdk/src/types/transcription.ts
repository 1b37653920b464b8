import type { JsonObject } from './json.ts'
import type { UploadedFile } from './wire-body.ts'

export type TranscriptionFormat = 'json' | 'verbose_json' | 'text' | 'srt' | 'vtt' | (string & {})

/**
 * OpenAI's request to write down a recording, in its language or, for `translation`, in English. Unknown fields are
 * kept and sent on. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export interface TranscriptionRequest extends JsonObject {
  model: string
  file: UploadedFile
  /** ISO 639-1. */
  language?: string | null
  prompt?: string | null
  response_format?: TranscriptionFormat | null
  temperature?: number | null
  timestamp_granularities?: readonly string[] | null
  include?: readonly string[] | null
  stream?: boolean | null
}

/** What was said. Providers fill what they know; the rest is absent, never made up. */
export interface TranscriptionResponse extends JsonObject {
  text: string
  task?: string
  language?: string
  /** Seconds. */
  duration?: number
  words?: TranscribedWord[]
  segments?: TranscribedSegment[]
  usage?: TranscriptionUsage
}

/** Times in seconds. */
export interface TranscribedWord extends JsonObject {
  word: string
  start: number
  end: number
}

/** Times in seconds. */
export interface TranscribedSegment extends JsonObject {
  text: string
  start: number
  end: number
  /** Who spoke, where voices were told apart. */
  speaker?: string
}

/** By the token, or by the second. */
export interface TranscriptionUsage extends JsonObject {
  type?: 'tokens' | 'duration' | (string & {})
  input_tokens?: number
  output_tokens?: number
  total_tokens?: number
  input_token_details?: { text_tokens?: number; audio_tokens?: number; [key: string]: unknown }
  /** Seconds that are charged. */
  seconds?: number
}

/** `transcript.text.delta`, `transcript.text.segment`, `transcript.text.done`. */
export interface TranscriptionEvent extends JsonObject {
  type: string
  delta?: string
  text?: string
  usage?: TranscriptionUsage
}
