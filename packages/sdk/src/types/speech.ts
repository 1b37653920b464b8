import type { JsonObject } from './json.ts'
import type { WireBytes } from './wire-body.ts'

export type SpeechFormat = 'mp3' | 'opus' | 'aac' | 'flac' | 'wav' | 'pcm' | (string & {})

/**
 * OpenAI's request to speak a text. Unknown fields are kept and sent on.
 * Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
export interface SpeechRequest extends JsonObject {
  model: string
  input: string
  /** A name, or the provider's own description of a voice. */
  voice?: string | JsonObject | null
  instructions?: string | null
  response_format?: SpeechFormat | null
  /** 1 is normal. */
  speed?: number | null
  /** How the client wants it: bare audio (the default) or events with base64. */
  stream_format?: 'audio' | 'sse' | (string & {}) | null
  /** Ours: true where the audio is to be passed on as it comes. */
  stream?: boolean | null
}

/** A spoken text, whole. */
export interface SpeechResponse {
  audio: WireBytes
  usage?: SpeechUsage
}

/** A piece of audio as it comes, or the end with what it took. */
export interface SpeechEvent {
  audio?: Buffer
  /** The media type; stated with the first piece. */
  contentType?: string
  usage?: SpeechUsage
}

export interface SpeechUsage extends JsonObject {
  input_tokens: number
  output_tokens: number
  total_tokens: number
}
