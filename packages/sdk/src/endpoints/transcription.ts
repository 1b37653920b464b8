import type {
  TranscriptionEvent,
  TranscriptionRequest,
  TranscriptionResponse,
  TranscriptionUsage,
} from '../types/transcription.ts'
import type { Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import type { Endpoint } from './endpoint.ts'
import { NO_TOKENS } from './image-answer.ts'
import type { StreamMeter } from './meter.ts'

const PARAMS = ['language', 'prompt', 'response_format', 'temperature', 'timestamp_granularities'] as const
/** Speech at 16 kbit/s: recordings are hardly ever smaller, so a reservation by their size is enough. */
const LEAST_BYTES_PER_SECOND = 2_000

const PARAM_SAMPLES = {
  chunking_strategy: { chunking_strategy: 'auto' },
  include: { include: ['logprobs'] },
  known_speaker_names: { known_speaker_names: ['ann'] },
  known_speaker_references: { known_speaker_references: ['data:audio/wav;base64,UklGRg=='] },
  language: { language: 'de' },
  prompt: { prompt: 'Otters.' },
  response_format: { response_format: 'verbose_json' },
  temperature: { temperature: 0.5 },
  timestamp_granularities: { timestamp_granularities: ['segment'] },
}
const SAMPLE = {
  file: { filename: 'hello.wav', contentType: 'audio/wav', bytes: Buffer.from('RIFF') },
} satisfies Omit<TranscriptionRequest, 'model'>

/** Writes a recording down. Charged by the second, or by tokens where the provider tells them. */
export const transcription: Endpoint<'transcription'> = {
  ...listening('transcription', 'atranscription'),
  sample: SAMPLE,
  openaiParams: new Set([
    ...PARAMS,
    'chunking_strategy',
    'include',
    'known_speaker_names',
    'known_speaker_references',
  ]),
  createMeter: () => new TranscriptionMeter(),
  fold,
  unfold: response => [
    { type: 'transcript.text.delta', delta: response.text },
    { ...response, type: 'transcript.text.done' },
  ],
}

/** Writes a recording down in English. */
export const translation: Endpoint<'translation'> = {
  ...listening('translation', 'atranslation'),
  sample: SAMPLE,
  openaiParams: new Set(PARAMS.filter(name => name !== 'language' && name !== 'timestamp_granularities')),
}

function listening<E extends 'transcription' | 'translation'>(name: E, callType: string): Endpoint<E> {
  return {
    name,
    callType,
    openaiParams: new Set(),
    paramSamples: PARAM_SAMPLES,
    texts: ({ prompt }) => (prompt ? [prompt] : []),
    withTexts: (request, [prompt]) =>
      request.prompt ? { ...request, prompt: prompt ?? request.prompt } : request,
    replyTexts: ({ text }) => [text],
    withReplyTexts: (response, [text]) => withText(response, text),
    usage: response => usageOf(response),
    maxOutputTokens: () => undefined,
    units: ({ file }, response) =>
      unitsOf(response ? secondsOf(response) : file.bytes.length / LEAST_BYTES_PER_SECOND),
  }
}

/** Words and segments repeat the text: where it was changed they would tell what was to be hidden. */
function withText(response: TranscriptionResponse, text: string | undefined): TranscriptionResponse {
  if (text === undefined || text === response.text) return response
  const { words: _w, segments: _s, ...rest } = response
  return { ...rest, text }
}

function tokensOf(usage: TranscriptionUsage | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number') return undefined
  const { input_tokens: prompt, output_tokens: completion = 0, input_token_details: details } = usage
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.total_tokens ?? prompt + completion,
    ...(details && { prompt_tokens_details: { ...details } }),
  }
}

/** Tokens where the provider tells them, none where it tells seconds, unknown where it tells neither. */
function usageOf(response: Timed): Usage | undefined {
  return tokensOf(response.usage) ?? (secondsOf(response) === undefined ? undefined : NO_TOKENS)
}

type Timed = Pick<TranscriptionResponse, 'usage' | 'duration'>

/** Seconds that are charged; none where tokens are, or where nobody says how long the recording is. */
function secondsOf({ usage, duration }: Timed): number | undefined {
  return tokensOf(usage) ? undefined : (usage?.seconds ?? duration)
}

function unitsOf(seconds: number | undefined): Units | undefined {
  if (seconds === undefined) return undefined
  return { inputPerAudioSecond: seconds, inputPerSecond: seconds, outputPerSecond: seconds }
}

function fold(events: readonly TranscriptionEvent[]): TranscriptionResponse {
  const done = events.find(({ type }) => type === 'transcript.text.done')
  const spoken = events.map(({ delta }) => delta ?? '').join('')
  const { type: _, ...rest } = done ?? { type: '' }
  return { ...rest, text: done?.text ?? spoken }
}

class TranscriptionMeter implements StreamMeter<TranscriptionEvent> {
  usage: Usage | undefined
  units: Units | undefined
  textLength = 0

  see(event: TranscriptionEvent): void {
    this.textLength += event.delta?.length ?? 0
    if (event.type !== 'transcript.text.done') return
    const end = event as Timed
    this.usage = usageOf(end)
    this.units = unitsOf(secondsOf(end))
  }
}
