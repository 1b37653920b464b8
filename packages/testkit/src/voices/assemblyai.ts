import { asText, type JsonObject } from '../json.ts'
import type { WireCall } from '../wire/call.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import { filledText, flag, list, number, oneOf, record, text } from '../wire/shape.ts'
import { keyIn, smallWire } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'
import { type Heard, heardIn, speakerAt } from './heard.ts'

const shape = record(
  { audio_url: filledText },
  {
    speech_model: oneOf('best', 'nano', 'universal', 'slam-1'),
    speech_models: list(oneOf('universal-3-pro', 'universal-2'), 1),
    language_code: filledText,
    language_detection: flag,
    speaker_labels: flag,
    punctuate: flag,
    format_text: flag,
    prompt: text,
    temperature: number(0, 1),
  },
)

const upload: CallOperation = {
  kind: 'call',
  takes: ['bytes'],
  answer({ raw, origin, sequence, state, control }) {
    if (raw.length === 0) throw new Failure('invalid', { message: 'Upload failed, please try again.' })
    const url = `${origin}/upload/${sequence}`
    state.values('assemblyai').set(url, heardIn(raw, control.reply?.text))
    return { json: { upload_url: url } }
  },
}

const submit: CallOperation = {
  kind: 'call',
  answer(call) {
    shape(call.body, [])
    if (call.body.speech_model === undefined && call.body.speech_models === undefined)
      throw new Failure('invalid', { message: 'speech_models is required.' })
    if (!call.state.values('assemblyai').get(asText(call.body.audio_url)))
      throw new Failure('invalid', { message: 'Cannot access uploaded file.' })
    const { id } = call.jobs.start(
      { id: `testkit-${call.sequence}`, model: call.model, input: call.body },
      call.control,
    )
    return { json: { id, status: 'queued', audio_url: call.body.audio_url } }
  },
}

const poll: CallOperation = {
  kind: 'call',
  answer(call) {
    const { id, state, error, input } = call.jobs.poll(call.route.params?.id ?? '')
    if (state === 'failed') return { json: { id, status: 'error', error: error ?? 'Transcoding failed.' } }
    if (state !== 'done') return { json: { id, status: 'processing' } }
    const heard = call.state.values('assemblyai').get(asText(input.audio_url)) as Heard
    return { json: { id, status: 'completed', ...transcriptOf(heard, input, call) } }
  },
}

const ms = (seconds: number) => Math.round(seconds * 1_000)

/** Times in milliseconds, the length of the recording in seconds. */
function transcriptOf({ text: said, seconds, words }: Heard, input: JsonObject, { sequence }: WireCall) {
  const labels = input.speaker_labels === true
  const timed = words.map(({ text: word, start, end }, index) => ({
    text: word,
    start: ms(start),
    end: ms(end),
    confidence: 0.99,
    speaker: labels ? 'AB'.charAt(speakerAt(index)) : null,
  }))
  const turn = { speaker: 'A', text: said, start: 0, end: ms(seconds), confidence: 0.99, words: timed }
  return {
    text: said,
    words: timed,
    utterances: labels ? [turn] : null,
    audio_duration: seconds,
    language_code: asText(input.language_code) || 'en',
    sequence,
  }
}

const statuses: Readonly<Partial<Record<FailureKind, number>>> = {
  'no-key': 401,
  unauthorized: 401,
  'not-found': 404,
  'rate-limit': 429,
  server: 500,
}

function failure({ kind, facts, message }: Failure): FailureReply {
  const error =
    facts.violation?.message ??
    (kind === 'unauthorized' ? 'Authentication error, API token missing/invalid' : message)
  return { status: facts.status ?? statuses[kind] ?? 400, body: { error } }
}

/** https://www.assemblyai.com/docs/api-reference: the key stands bare in the header. */
export const assemblyai: Wire = smallWire({
  name: 'assemblyai',
  credential: head => {
    const key = keyIn('authorization')(head)
    return key?.includes(' ') ? undefined : key
  },
  routes: [
    { method: 'POST', path: /^\/v2\/upload$/, operation: upload },
    { method: 'POST', path: /^\/v2\/transcript$/, operation: submit },
    { method: 'GET', path: /^\/v2\/transcript\/(?<id>[^/]+)$/, operation: poll },
  ],
  failure,
})
