import { wavOf } from '../../../codecs/media/wav.ts'
import { badRequest } from '../../../errors.ts'
import type { SpeechRequest, SpeechResponse } from '../../../types/speech.ts'
import type { TranscriptionResponse } from '../../../types/transcription.ts'
import { WireBytes } from '../../../types/wire-body.ts'

const RATE = 24_000

/** A tenth of a second of silence per word. Throws `BadRequestError` for formats that need an encoder. */
export function mockSpeech({ input, response_format: format }: SpeechRequest): SpeechResponse {
  const samples = Math.max(1, input.split(/\s+/).length) * (RATE / 10)
  const pcm = Buffer.alloc(samples * 2)
  if (format === 'pcm') return { audio: new WireBytes(pcm, 'audio/pcm') }
  if (format != null && format !== 'wav')
    throw badRequest('response_format: the mock speaks wav and pcm.', 'response_format')
  return { audio: new WireBytes(wavOf(pcm, RATE), 'audio/wav') }
}

export function mockTranscript(text: string): TranscriptionResponse {
  return { text, duration: 1, usage: { type: 'duration', seconds: 1 } }
}
