import { asText, type JsonObject } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import { Failure, type FailureKind } from '../wire/failure.ts'
import { upload } from '../wire/form.ts'
import { filledText, flag, list, record, text } from '../wire/shape.ts'
import { smallWire } from '../wire/small-wire.ts'
import type { CallOperation, FailureReply, Wire } from '../wire/wire.ts'
import { type Heard, heardIn, speakerAt, uploadIn } from './heard.ts'

const uploadShape = record({ file: upload() }, { client_reference_id: text })
const jobShape = record(
  { model: filledText, file_id: filledText },
  {
    language_hints: list(filledText),
    context: text,
    enable_speaker_diarization: flag,
    enable_language_identification: flag,
    client_reference_id: text,
  },
)

const keep: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    uploadShape(call.body, [])
    const id = `file-${call.sequence}`
    const bytes = uploadIn(call)
    call.state.values('soniox').set(id, heardIn(bytes, call.control.reply?.text))
    return { status: 201, json: { id, filename: 'recording', size: bytes.length } }
  },
}

const submit: CallOperation = {
  kind: 'call',
  answer(call) {
    jobShape(call.body, [])
    if (!call.state.values('soniox').get(asText(call.body.file_id))) throw new Failure('not-found')
    const { id } = call.jobs.start(
      { id: `job-${call.sequence}`, model: call.model, input: call.body },
      call.control,
    )
    return { status: 201, json: { id, status: 'queued', model: call.model } }
  },
}

const poll: CallOperation = {
  kind: 'call',
  answer(call) {
    const { id, state, error, input } = call.jobs.poll(call.route.params?.id ?? '')
    if (state === 'failed')
      return { json: { id, status: 'error', error_type: 'bad_audio', error_message: error } }
    if (state !== 'done') return { json: { id, status: 'processing' } }
    const heard = call.state.values('soniox').get(asText(input.file_id)) as Heard
    return { json: { id, status: 'completed', audio_duration_ms: heard.seconds * 1_000 } }
  },
}

/** Words after the first begin with a space, as the vendor's tokens do. */
const transcript: CallOperation = {
  kind: 'call',
  answer(call) {
    const { id, input } = call.jobs.find(call.route.params?.id ?? '')
    const heard = call.state.values('soniox').get(asText(input.file_id)) as Heard
    const tokens = heard.words.map(
      ({ text: word, start, end }, index): JsonObject => ({
        text: index === 0 ? word : ` ${word}`,
        start_ms: Math.round(start * 1_000),
        end_ms: Math.round(end * 1_000),
        confidence: 0.9,
        ...(input.enable_speaker_diarization === true && { speaker: String(speakerAt(index) + 1) }),
      }),
    )
    return { json: { id, text: heard.text, tokens } }
  },
}

const forget: CallOperation = {
  kind: 'call',
  answer(call) {
    const { kind, id = '' } = call.route.params ?? {}
    if (kind === 'transcriptions') call.jobs.remove(id)
    else call.state.values('soniox').delete(id)
    return { status: 204, text: '' }
  },
}

const types: Readonly<Partial<Record<FailureKind, readonly [number, string]>>> = {
  'no-key': [401, 'unauthenticated'],
  unauthorized: [401, 'unauthenticated'],
  'not-found': [404, 'file_not_found'],
  'rate-limit': [429, 'rate_limit_exceeded'],
  quota: [402, 'balance_exhausted'],
  server: [500, 'internal_error'],
}

function failure({ kind, facts, message }: Failure, sequence: number): FailureReply {
  const [status, type] = types[kind] ?? [400, 'invalid_request']
  return {
    status: facts.status ?? status,
    body: {
      status_code: status,
      error_type: type,
      message: facts.violation?.message ?? message,
      validation_errors: [],
      request_id: `testkit-${sequence}`,
    },
  }
}

/** https://soniox.com/docs/stt/async/async-transcription: files and jobs stay until they are deleted. */
export const soniox: Wire = smallWire({
  name: 'soniox',
  credential: bearerOf,
  routes: [
    { method: 'POST', path: /^\/v1\/files$/, operation: keep },
    { method: 'POST', path: /^\/v1\/transcriptions$/, operation: submit },
    { method: 'GET', path: /^\/v1\/transcriptions\/(?<id>[^/]+)$/, operation: poll },
    { method: 'GET', path: /^\/v1\/transcriptions\/(?<id>[^/]+)\/transcript$/, operation: transcript },
    { method: 'DELETE', path: /^\/v1\/(?<kind>files|transcriptions)\/(?<id>[^/]+)$/, operation: forget },
  ],
  failure,
})
