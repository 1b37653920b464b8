import { decodeAwsError } from '../../codecs/aws-errors.ts'
import type { CallInfo, Codec, WireRequest } from '../../codecs/codec.ts'
import { MadeFormats } from '../../codecs/openai-speech/made-formats.ts'
import { escapeXml, isMarkup, withRate } from '../../codecs/openai-speech/markup.ts'
import { voiceOf } from '../../codecs/openai-speech/voices.ts'
import { withoutOtherModel } from '../../codecs/other-model.ts'
import { aws } from '../../credentials/aws.ts'
import type { SpeechRequest } from '../../types/speech.ts'
import type { ErrorRule, Provider } from '../provider.ts'
import { stated } from './transcripts.ts'

/** LiteLLM's choice of Amazon's voices for OpenAI's names. */
const VOICES = {
  alloy: 'Joanna',
  echo: 'Matthew',
  fable: 'Amy',
  onyx: 'Brian',
  nova: 'Ivy',
  shimmer: 'Kendra',
}

/** What raw samples are made with: more is not to be had. */
const SAMPLE_RATE = 16_000

/** Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html#API_SynthesizeSpeech_RequestSyntax */
const FORMATS = new MadeFormats({
  mp3: { wire: 'mp3' },
  opus: { wire: 'ogg_opus' },
  wav: { wire: 'pcm', wavRate: SAMPLE_RATE },
  pcm: {
    wire: 'pcm',
    type: `audio/pcm;rate=${SAMPLE_RATE}`,
    differs: `raw samples come at ${SAMPLE_RATE} Hz here, not at 24000 Hz`,
  },
  ogg_vorbis: { wire: 'ogg_vorbis', type: 'audio/ogg' },
})

function encodeRequest(request: SpeechRequest, info: CallInfo): WireRequest {
  const { input, speed, model: _, voice: __, response_format: ___, language_code, ...rest } = stated(request)
  const { stream: _stream, stream_format: _format, ...said } = rest
  const own = withoutOtherModel(said, ['Engine'], info)
  const { wire } = FORMATS.asked(request, info)
  return {
    body: {
      Engine: info.model,
      VoiceId: voiceOf(request, VOICES, info, 'VoiceId'),
      OutputFormat: wire,
      ...(wire === 'pcm' && { SampleRate: String(SAMPLE_RATE) }),
      ...(language_code !== undefined && { LanguageCode: language_code }),
      ...textOf(input, speed, info),
      ...own,
    },
  }
}

/** The speed can only be said in markup. */
function textOf(input: string, speed: SpeechRequest['speed'], info: CallInfo) {
  if (isMarkup(input)) {
    if (speed != null && speed !== 1)
      info.warn({
        action: 'dropped',
        param: 'speed',
        reason: 'the text is SSML, which says how it is spoken',
      })
    return { Text: input, TextType: 'ssml' }
  }
  if (speed == null || speed === 1) return { Text: input, TextType: 'text' }
  return { Text: `<speak>${withRate(escapeXml(input), speed)}</speak>`, TextType: 'ssml' }
}

const speech: Codec<'speech'> = {
  endpoint: 'speech',
  format: 'aws-polly',
  framing: 'bytes',
  upstream: {
    params: new Set(['response_format', 'speed', 'voice']),
    only: FORMATS.only,
    takesBytes: true,
    encodeRequest,
    decodeResponse: (body, info) => FORMATS.answer(body, info),
    decodeStream: info => FORMATS.stream(info),
    decodeError: decodeAwsError,
  },
}

/** Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html#API_SynthesizeSpeech_Errors */
const errors: readonly ErrorRule[] = [
  { kind: 'context_window', code: 'TextLengthExceededException' },
  { kind: 'internal', code: 'ServiceFailureException' },
]

/** The model's name is the engine. Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html */
export const awsPolly: Provider = {
  name: 'aws_polly',
  title: 'Amazon Polly',
  docs: 'https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html',
  baseUrl: 'https://polly.{region}.amazonaws.com',
  credentials: aws({ service: 'polly' }),
  endpoints: { speech: [{ codec: speech, path: '/v1/speech' }] },
  // Amazon allows 20 % to 200 %: https://docs.aws.amazon.com/polly/latest/dg/prosody-tag.html
  params: { speed: { min: 0.2, max: 2 } },
  errors,
  exampleModels: ['neural', 'standard', 'long-form', 'generative'],
}
