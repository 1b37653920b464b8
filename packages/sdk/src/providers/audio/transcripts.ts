import type { CallInfo } from '../../codecs/codec.ts'
import { createError } from '../../errors.ts'
import { type JsonObject, wordOf } from '../../types/json.ts'
import type { TranscribedSegment, TranscribedWord, TranscriptionRequest } from '../../types/transcription.ts'

/** A request without what was left open. */
export function stated<R extends JsonObject>(request: R): R {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value != null)) as R
}

/** True where the answer is to tell who spoke. */
export function wantsSpeakers({ response_format: format }: TranscriptionRequest): boolean {
  return format === 'diarized_json'
}

/** True where the answer is to have times of whole sentences. */
export function wantsSegments({
  response_format: format,
  timestamp_granularities: grains,
}: TranscriptionRequest): boolean {
  return grains?.includes('segment') === true || ['verbose_json', 'srt', 'vtt'].includes(format ?? '')
}

/** For vendors that give times of words, and of nothing longer unless they tell voices apart. */
export function warnWordsOnly(
  { timestamp_granularities: grains }: TranscriptionRequest,
  info: CallInfo,
): void {
  if (grains?.includes('segment'))
    info.warn({
      action: 'approximated',
      param: 'timestamp_granularities',
      reason: 'this provider tells the times of words; segments come only with speakers',
    })
}

/** The words whose times are known, in seconds. */
export function spokenWords(words: readonly JsonObject[], perSecond = 1): TranscribedWord[] {
  return words.flatMap(({ word, start, end, speaker, ...rest }) => {
    if (typeof word !== 'string' || typeof start !== 'number' || typeof end !== 'number') return []
    const times = { start: start / perSecond, end: end / perSecond }
    return [{ ...rest, word, ...times, ...(speaker != null && { speaker: wordOf(speaker) }) }]
  })
}

/** What one voice said without a break, where voices were told apart. */
export function turnsOf(words: readonly TranscribedWord[]): TranscribedSegment[] | undefined {
  if (words.length === 0 || words.some(({ speaker }) => typeof speaker !== 'string')) return undefined
  const turns: TranscribedSegment[] = []
  for (const { word, start, end, speaker } of words) {
    const turn = turns.at(-1)
    if (turn?.speaker === speaker && turn)
      turns[turns.length - 1] = { ...turn, end, text: `${turn.text} ${word.trim()}` }
    else turns.push({ start, end, text: word.trim(), speaker: wordOf(speaker) })
  }
  return turns
}

/** An answer that holds no transcript. */
export function noTranscript(info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: 'The provider answered a transcription without a transcript.',
    provider: info.deployment.provider,
    model: info.model,
  })
}

/** A job that the vendor gave up. */
export function failedTranscription(reason: string, info: CallInfo) {
  return createError({
    kind: 'bad_gateway',
    message: `The transcription failed: ${reason || 'no reason given'}`,
    retryable: false,
    provider: info.deployment.provider,
    model: info.model,
  })
}
