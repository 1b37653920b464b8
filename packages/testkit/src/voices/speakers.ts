import { audioOf, bytePieces } from '../answer/media.ts'
import { bedrockFailure } from '../bedrock/failures.ts'
import { asObject, asText } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import { checkAwsSignature } from '../tokens/verify-aws-signature.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, integer, list, number, oneOf, record } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'

const pollyShape = record(
  { OutputFormat: oneOf('mp3', 'ogg_opus', 'ogg_vorbis', 'pcm'), Text: filledText, VoiceId: filledText },
  {
    Engine: oneOf('standard', 'neural', 'long-form', 'generative'),
    TextType: oneOf('text', 'ssml'),
    SampleRate: oneOf('8000', '16000', '22050', '24000'),
    LanguageCode: filledText,
    LexiconNames: list(filledText),
  },
)
const pollyTypes: Readonly<Record<string, readonly [format: string, type: string]>> = {
  mp3: ['mp3', 'audio/mpeg'],
  ogg_opus: ['opus', 'audio/ogg'],
  ogg_vorbis: ['ogg', 'audio/ogg'],
  pcm: ['pcm', 'audio/pcm'],
}

const pollySpeak: CallOperation = {
  kind: 'call',
  answer({ body }) {
    pollyShape(body, [])
    const { OutputFormat: asked, SampleRate: rate, Text: text } = body
    if (asked === 'pcm' && !['8000', '16000'].includes(asText(rate) || '16000'))
      throw new Failure('invalid', { message: 'The specified sample rate is not valid.' })
    if (body.TextType === 'ssml' && !/^<speak>.*<\/speak>$/s.test(asText(text)))
      throw new Failure('invalid', { message: 'Invalid SSML request' })
    const [format, contentType] = pollyTypes[asText(asked)] ?? ['mp3', 'audio/mpeg']
    return {
      events: bytePieces(audioOf(format, asText(text))),
      framing: 'bytes',
      contentType,
      headers: { 'x-amzn-requestcharacters': String(asText(text).length) },
    }
  },
}

const signed = 'AWS4-HMAC-SHA256 '

/** https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html */
export const polly: Wire = {
  ...smallWire({
    name: 'polly',
    credential: ({ headers }) => (headers.authorization?.startsWith(signed) ? signed : undefined),
    routes: [{ method: 'POST', path: /^\/v1\/speech$/, operation: pollySpeak }],
    failure: bedrockFailure,
  }),
  authorize: shown => checkAwsSignature(shown, 'polly'),
}

const azureFormats: Readonly<Record<string, readonly [format: string, type: string]>> = {
  'audio-24khz-48kbitrate-mono-mp3': ['mp3', 'audio/mpeg'],
  'ogg-48khz-16bit-mono-opus': ['opus', 'audio/ogg; codecs=opus'],
  'riff-24khz-16bit-mono-pcm': ['wav', 'audio/x-wav'],
  'raw-24khz-16bit-mono-pcm': ['pcm', 'audio/basic'],
}
/** A document of one voice, whose text has no mark-up but the one that sets the tone. */
const document =
  /^<speak version="1\.0" [^<>]*xml:lang="[\w-]+">\s*<voice name="[\w-]+">([^]*)<\/voice>\s*<\/speak>$/
const tone = /<\/?(prosody|mstts:express-as)( [\w]+="[^"<>]*")*>/g

const azureSpeak: CallOperation = {
  kind: 'call',
  takes: ['bytes'],
  answer({ head, raw }) {
    const { headers } = head
    const made = azureFormats[String(headers['x-microsoft-outputformat'])]
    if (!made) throw new Failure('invalid', { message: 'Unsupported audio format.' })
    if (headers['content-type'] !== 'application/ssml+xml') throw new Failure('invalid', { status: 415 })
    const said = document.exec(raw.toString())?.[1]?.replace(tone, '')
    if (said === undefined || /[<>]|&(?!(amp|lt|gt|quot|apos);)/.test(said))
      throw new Failure('invalid', { message: 'The SSML is not well-formed.' })
    const [format, contentType] = made
    return { events: bytePieces(audioOf(format, said)), framing: 'bytes', contentType }
  },
}

/** Azure's refusals have a status and hardly a word. */
function azureFailure({ kind, facts }: Failure): FailureReply {
  const status = kind === 'unauthorized' || kind === 'no-key' ? 401 : kind === 'rate-limit' ? 429 : 400
  return {
    status: facts.status ?? status,
    headers: { 'content-type': 'text/plain' },
    body: facts.message ?? '',
  }
}

/** https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech */
export const azureSpeech: Wire = smallWire({
  name: 'azure-speech',
  credential: head => keyIn('ocp-apim-subscription-key')(head) ?? bearerOf(head),
  routes: [{ method: 'POST', path: /^(\/tts)?\/cognitiveservices\/v1$/, operation: azureSpeak }],
  failure: azureFailure,
})

const minimaxShape = record(
  {
    model: filledText,
    text: filledText,
    stream: () => {},
    voice_setting: record(
      { voice_id: filledText },
      { speed: number(0.5, 2), vol: number(0, 10), pitch: integer(-12, 12), emotion: filledText },
    ),
  },
  {
    output_format: oneOf('hex', 'url'),
    language_boost: filledText,
    audio_setting: record(
      { format: oneOf('mp3', 'pcm', 'flac', 'wav') },
      { sample_rate: integer(8_000, 44_100), bitrate: integer(32_000), channel: integer(1, 2) },
    ),
  },
)

const minimaxSpeak: CallOperation = {
  kind: 'call',
  answer({ body }) {
    minimaxShape(body, [])
    const format = asText(asObject(body.audio_setting).format) || 'mp3'
    const audio = audioOf(format, asText(body.text))
    return {
      json: {
        data: { audio: audio.toString('hex'), status: 2 },
        extra_info: { audio_format: format, usage_characters: asText(body.text).length },
        base_resp: { status_code: 0, status_msg: 'success' },
      },
    }
  },
}

/** Failures come with a status of 200: https://platform.minimax.io/docs/api-reference/errorcode */
function minimaxFailure({ kind, facts, message }: Failure): FailureReply {
  const code =
    kind === 'unauthorized' || kind === 'no-key'
      ? 1004
      : kind === 'rate-limit'
        ? 1002
        : kind === 'quota'
          ? 1008
          : 2013
  const base_resp = { status_code: code, status_msg: facts.violation?.message ?? message }
  return { status: 200, body: { base_resp } }
}

/** https://platform.minimax.io/docs/api-reference/speech-t2a-http */
export const minimaxSpeech: Wire = {
  ...smallWire({
    name: 'minimax-speech',
    credential: bearerOf,
    routes: [{ method: 'POST', path: /^\/v1\/t2a_v2$/, operation: minimaxSpeak }],
    failure: minimaxFailure,
  }),
  basePath: '/v1',
}
