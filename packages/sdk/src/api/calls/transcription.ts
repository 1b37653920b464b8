import type {
  TranscriptionEvent,
  TranscriptionRequest,
  TranscriptionResponse,
} from '../../types/transcription.ts'
import type { CallFacts, WithFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** A transcript as it grows, for `for await`. */
export type TranscriptionStream = Stream<TranscriptionEvent, CallFacts>

/**
 * Writes a recording down, in OpenAI's shape: `text`, and with `response_format: 'verbose_json'` what else the provider
 * tells (`language`, `duration`, `segments`, `words`).
 *
 * @example
 * const file = { filename: 'call.mp3', contentType: 'audio/mpeg', bytes: await readFile('call.mp3') }
 * const { text } = await transcription({ model: 'openai/whisper-1', file })
 */
export function transcription(
  request: TranscriptionRequest & { stream: true },
  options?: RunOptions,
): Promise<TranscriptionStream>
export function transcription(
  request: TranscriptionRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<TranscriptionResponse>>
export function transcription(request: TranscriptionRequest, options: RunOptions = {}) {
  return run('transcription', request, options, 'openai-transcriptions')
}

/** Writes a recording down in English, whatever language is spoken in it. */
export async function translation(
  request: TranscriptionRequest,
  options: RunOptions = {},
): Promise<WithFacts<TranscriptionResponse>> {
  return (await run(
    'translation',
    request,
    options,
    'openai-translations',
  )) as WithFacts<TranscriptionResponse>
}
