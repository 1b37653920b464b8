import { speech as facts } from '../../endpoints/speech.ts'
import type { SpeechEvent, SpeechRequest, SpeechResponse } from '../../types/speech.ts'
import { type CallFacts, type WithFacts, withFacts } from '../result.ts'
import { type RunOptions, run } from '../run.ts'
import type { Stream } from '../stream.ts'

/** Pieces of audio for `for await`; leaving the loop aborts the upstream call. */
export type SpeechStream = Stream<SpeechEvent, CallFacts>

/**
 * Speaks a text, in OpenAI's shape.
 *
 * @returns the audio whole (`reply.audio.bytes`, `reply.audio.contentType`), or piece by piece when `stream: true`.
 *
 * @example
 * const { audio } = await speech({ model: 'openai/tts-1', input: 'Good morning!', voice: 'alloy' })
 * await writeFile('morning.mp3', audio.bytes)
 */
export function speech(request: SpeechRequest & { stream: true }, options?: RunOptions): Promise<SpeechStream>
export function speech(
  request: SpeechRequest & { stream?: false | null },
  options?: RunOptions,
): Promise<WithFacts<SpeechResponse>>
export async function speech(
  request: SpeechRequest,
  options: RunOptions = {},
): Promise<WithFacts<SpeechResponse> | SpeechStream> {
  // Audio is always asked for as a stream: it is the way in which all of its providers tell what it took.
  const pieces = (await run('speech', { ...request, stream: true }, options, 'openai-speech')) as SpeechStream
  if (request.stream) return pieces
  const events: SpeechEvent[] = []
  for await (const event of pieces) events.push(event)
  return withFacts(facts.fold?.(events) as SpeechResponse, await pieces.result)
}
