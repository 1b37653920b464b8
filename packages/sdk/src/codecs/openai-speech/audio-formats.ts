/** Media types of OpenAI's audio formats. Raw PCM is 24 kHz, 16 bit, mono, little-endian. */
export const AUDIO_TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg; codecs=opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** What OpenAI makes when nothing is said. */
export const DEFAULT_FORMAT = 'mp3'

/** The media type of a format; of the default one when none was asked for. */
export function audioTypeOf(format: string | null | undefined): string {
  return AUDIO_TYPES[format ?? DEFAULT_FORMAT] ?? 'application/octet-stream'
}
