import { audioOf, bytePieces } from '../answer/media.ts'
import { asText } from '../json.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import { flagText, numberText, upload } from '../wire/form.ts'
import { filledText, flag, integer, number, oneOf, record, text } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'
import { heardIn, speakerAt, uploadIn } from './heard.ts'
import { checkQuery } from './query.ts'

const speechShape = record(
  { text: filledText },
  {
    model_id: filledText,
    language_code: filledText,
    seed: integer(0),
    previous_text: text,
    next_text: text,
    voice_settings: record(
      {},
      {
        stability: number(0, 1),
        similarity_boost: number(0, 1),
        style: number(0, 1),
        speed: number(0.7, 1.2),
        use_speaker_boost: flag,
      },
    ),
  },
)

const formats = oneOf(
  'mp3_44100_128',
  'mp3_22050_32',
  'opus_48000_128',
  'pcm_16000',
  'pcm_24000',
  'pcm_44100',
)
const voiceId = /^[A-Za-z0-9]{20}$/

/** https://elevenlabs.io/docs/api-reference/text-to-speech/convert */
const speak: CallOperation = {
  kind: 'call',
  answer({ body, head, route }) {
    speechShape(body, [])
    checkQuery(head, {}, { output_format: formats, enable_logging: flagText })
    if (!voiceId.test(route.params?.voice ?? '')) throw new Failure('not-found')
    const [kind = 'mp3'] = (head.query.get('output_format') ?? 'mp3_44100_128').split('_')
    const said = asText(body.text)
    const contentType = kind === 'mp3' ? 'audio/mpeg' : kind === 'opus' ? 'audio/opus' : 'audio/pcm'
    return {
      events: bytePieces(audioOf(kind, said)),
      framing: 'bytes',
      contentType,
      headers: { 'character-cost': String(said.length) },
    }
  },
}

const listenShape = record(
  { model_id: oneOf('scribe_v1', 'scribe_v2'), file: upload() },
  {
    language_code: filledText,
    temperature: numberText(number(0, 2)),
    diarize: flagText,
    num_speakers: numberText(integer(1, 32)),
    tag_audio_events: flagText,
    timestamps_granularity: oneOf('none', 'word', 'character'),
  },
)

/** https://elevenlabs.io/docs/api-reference/speech-to-text/convert: pauses stand among the words. */
const listen: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    listenShape(call.body, [])
    const { text: said, seconds, words } = heardIn(uploadIn(call), call.control.reply?.text)
    return {
      json: {
        language_code: asText(call.body.language_code) || 'eng',
        language_probability: 0.99,
        text: said,
        words: words.flatMap(({ text: word, start, end }, index) => {
          const who = call.body.diarize === 'true' ? { speaker_id: `speaker_${speakerAt(index)}` } : {}
          const pause = { text: ' ', start: end, end, type: 'spacing', ...who }
          return [{ text: word, start, end, type: 'word', logprob: -0.01, ...who }, pause]
        }),
        transcription_id: `testkit-${call.sequence}`,
        audio_duration_secs: seconds,
      },
    }
  },
}

/** https://elevenlabs.io/docs/developers/resources/error-messages */
const failures: Readonly<Partial<Record<FailureKind, readonly [number, string]>>> = {
  'no-key': [401, 'needs_authorization'],
  unauthorized: [401, 'invalid_api_key'],
  forbidden: [401, 'missing_permissions'],
  'not-found': [404, 'voice_not_found'],
  'rate-limit': [429, 'too_many_concurrent_requests'],
  quota: [401, 'quota_exceeded'],
  overloaded: [429, 'system_busy'],
  server: [500, 'internal_server_error'],
}

function failure({ kind, facts }: Failure): FailureReply {
  const { violation } = facts
  if (violation) {
    const detail = [{ loc: ['body', ...violation.path], msg: violation.message, type: violation.kind }]
    return { status: 422, body: { detail } }
  }
  const [status, name] = failures[kind] ?? [400, 'invalid_request']
  const message = facts.message ?? `The request failed: ${name}.`
  return { status: facts.status ?? status, body: { detail: { status: name, message } } }
}

export const elevenlabs: Wire = smallWire({
  name: 'elevenlabs',
  credential: keyIn('xi-api-key'),
  routes: [
    { method: 'POST', path: /^\/v1\/text-to-speech\/(?<voice>[^/]+)(\/stream)?$/, operation: speak },
    { method: 'POST', path: /^\/v1\/speech-to-text$/, operation: listen },
  ],
  failure,
})
