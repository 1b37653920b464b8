import { SPEECH_PARAMS } from '../codecs/openai-speech/codec.ts'
import type { SpeechEvent, SpeechRequest, SpeechResponse, SpeechUsage } from '../types/speech.ts'
import type { Units } from '../types/units.ts'
import type { Usage } from '../types/usage.ts'
import { WireBytes } from '../types/wire-body.ts'
import type { Endpoint } from './endpoint.ts'
import { NO_TOKENS } from './image-answer.ts'
import type { StreamMeter } from './meter.ts'

/** Speaks a text. Charged by the character, or by tokens where the provider tells them. */
export const speech: Endpoint<'speech'> = {
  name: 'speech',
  callType: 'aspeech',
  openaiParams: SPEECH_PARAMS,
  sample: { input: 'Hello', voice: 'alloy' },
  paramSamples: {
    instructions: { instructions: 'Whisper.' },
    response_format: { response_format: 'wav' },
    speed: { speed: 1.1 },
    voice: { voice: 'onyx' },
  },
  texts: ({ input, instructions }) => (instructions ? [input, instructions] : [input]),
  withTexts: (request, [input, instructions]) => ({
    ...request,
    input: input ?? request.input,
    ...(request.instructions && { instructions: instructions ?? request.instructions }),
  }),
  replyTexts: () => [],
  withReplyTexts: response => response,
  usage: response => tokensOf(response.usage) ?? NO_TOKENS,
  maxOutputTokens: () => undefined,
  units: (request, response) => (tokensOf(response?.usage) ? undefined : characters(request)),
  createMeter: request => new SpeechMeter(request),
  fold,
  unfold: ({ audio, usage }) => [
    { audio: audio.bytes, contentType: audio.contentType },
    ...(usage ? [{ usage }] : []),
  ],
}

/** Characters as people count them: a surrogate pair is one. */
function characters({ input }: SpeechRequest): Units {
  return { inputPerCharacter: Array.from(input).length }
}

function tokensOf(usage: SpeechUsage | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number') return undefined
  const { input_tokens: prompt, output_tokens: completion } = usage
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.total_tokens ?? prompt + completion,
    completion_tokens_details: { audio_tokens: completion },
  }
}

function fold(events: readonly SpeechEvent[]): SpeechResponse {
  const pieces = events.flatMap(({ audio }) => (audio ? [audio] : []))
  const type = events.find(({ contentType }) => contentType)?.contentType ?? 'application/octet-stream'
  const usage = events.find(event => event.usage)?.usage
  return { audio: new WireBytes(Buffer.concat(pieces), type), ...(usage && { usage }) }
}

/** Characters are charged as soon as a voice is heard. */
class SpeechMeter implements StreamMeter<SpeechEvent> {
  usage: Usage | undefined
  units: Units | undefined
  readonly textLength = 0
  private readonly request: SpeechRequest

  constructor(request: SpeechRequest) {
    this.request = request
  }

  see({ audio, usage }: SpeechEvent): void {
    const tokens = tokensOf(usage)
    if (tokens) {
      this.usage = tokens
      this.units = undefined
    } else if (audio && this.usage === undefined) {
      this.usage = NO_TOKENS
      this.units = characters(this.request)
    }
  }
}
