import { audioOf, bytePieces } from '../answer/media.ts'
import { asText } from '../json.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import { flagText, numberText, oneOrMore } from '../wire/form.ts'
import { filledText, number, oneOf, record } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'
import { type Heard, heardIn, speakerAt } from './heard.ts'
import { checkQuery } from './query.ts'

/** https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded */
const listen: CallOperation = {
  kind: 'call',
  takes: ['bytes'],
  answer({ head, raw, control, sequence }) {
    const { query } = head
    checkQuery(
      head,
      { model: filledText },
      {
        language: filledText,
        detect_language: flagText,
        punctuate: flagText,
        smart_format: flagText,
        diarize: flagText,
        utterances: flagText,
        keyterm: oneOrMore(filledText),
        tag: oneOrMore(filledText),
      },
    )
    if (raw.length === 0) throw new Failure('invalid', { message: 'Bad Request: no audio' })
    const heard = heardIn(raw, control.reply?.text)
    const words = heard.words.map(({ text, start, end }, index) => ({
      word: text.toLowerCase().replace(/\W/g, ''),
      start,
      end,
      confidence: 0.99,
      punctuated_word: text,
      ...(query.get('diarize') === 'true' && { speaker: speakerAt(index), speaker_confidence: 0.9 }),
    }))
    return {
      json: {
        metadata: { request_id: `testkit-${sequence}`, duration: heard.seconds, channels: 1 },
        results: {
          channels: [{ alternatives: [{ transcript: heard.text, confidence: 0.99, words }] }],
          ...(query.get('utterances') === 'true' && { utterances: [utteranceOf(heard)] }),
        },
      },
    }
  },
}

function utteranceOf({ text, seconds }: Heard) {
  return { start: 0, end: seconds, confidence: 0.99, channel: 0, transcript: text, id: 'utterance-1' }
}

const speakShape = record({ text: filledText })
const encodings = oneOf('linear16', 'mulaw', 'alaw', 'mp3', 'opus', 'flac', 'aac')
const types: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  flac: 'audio/flac',
  linear16: 'audio/l16',
  mp3: 'audio/mpeg',
  opus: 'audio/ogg;codecs=opus',
}

/** https://developers.deepgram.com/reference/text-to-speech/speak-request */
const speak: CallOperation = {
  kind: 'call',
  answer({ head, body }) {
    speakShape(body, [])
    checkQuery(
      head,
      { model: filledText },
      {
        encoding: encodings,
        container: oneOf('none', 'wav', 'ogg'),
        sample_rate: numberText(number(8_000, 48_000)),
        bit_rate: numberText(number(4_000)),
        speed: numberText(number(0.7, 1.5)),
      },
    )
    const encoding = head.query.get('encoding') ?? 'mp3'
    const isWav = head.query.get('container') === 'wav'
    if (isWav && encoding !== 'linear16')
      throw new Failure('invalid', { message: 'Unsupported combination of encoding and container.' })
    const said = asText(body.text)
    return {
      events: bytePieces(audioOf(isWav ? 'wav' : encoding === 'linear16' ? 'pcm' : encoding, said)),
      framing: 'bytes',
      contentType: isWav ? 'audio/wav' : (types[encoding] ?? 'application/octet-stream'),
      headers: { 'dg-char-count': String(said.length) },
    }
  },
}

/** https://developers.deepgram.com/docs/errors */
const failures: Readonly<Partial<Record<FailureKind, readonly [number, string, string]>>> = {
  'no-key': [401, 'INVALID_AUTH', 'Invalid credentials.'],
  unauthorized: [401, 'INVALID_AUTH', 'Invalid credentials.'],
  forbidden: [403, 'INSUFFICIENT_PERMISSIONS', 'User does not have sufficient permissions.'],
  'not-found': [404, 'NOT_FOUND', 'The requested resource was not found.'],
  'rate-limit': [429, 'TOO_MANY_REQUESTS', 'Too many requests. Please try again later.'],
  quota: [402, 'ASR_PAYMENT_REQUIRED', 'Project does not have enough credits.'],
  server: [500, 'INTERNAL_SERVER_ERROR', 'Internal server error.'],
}

function failure({ kind, facts }: Failure, sequence: number): FailureReply {
  const [status, code, message] = failures[kind] ?? [400, 'Bad Request', 'Bad Request']
  const said = facts.violation?.message ?? facts.message ?? message
  return {
    status: facts.status ?? status,
    body: { err_code: code, err_msg: said, request_id: `testkit-${sequence}` },
  }
}

export const deepgram: Wire = smallWire({
  name: 'deepgram',
  credential: keyIn('authorization', 'Token '),
  routes: [
    { method: 'POST', path: /^\/v1\/listen$/, operation: listen },
    { method: 'POST', path: /^\/v1\/speak$/, operation: speak },
  ],
  failure,
})
