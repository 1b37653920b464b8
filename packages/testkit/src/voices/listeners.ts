import type { JsonObject } from '../json.ts'
import { asText, asTexts } from '../json.ts'
import { bearerOf } from '../openai/wire.ts'
import { Failure } from '../wire/failure.ts'
import { flagText, numberText, oneOrMore, upload } from '../wire/form.ts'
import { filledText, number, oneOf, record } from '../wire/shape.ts'
import { smallWire } from '../wire/small-wire.ts'
import type { CallOperation, Wire } from '../wire/wire.ts'
import { heardIn, speakerAt, uploadIn } from './heard.ts'

const mistralShape = record(
  { model: filledText, file: upload() },
  {
    language: filledText,
    temperature: numberText(number(0, 1)),
    stream: flagText,
    diarize: flagText,
    timestamp_granularities: oneOrMore(oneOf('segment', 'word')),
  },
)

/** https://docs.mistral.ai/api/endpoint/audio/transcriptions */
const mistralListen: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    const { body, model } = call
    mistralShape(body, [])
    const grains = asTexts(body.timestamp_granularities)
    if (grains.length > 0 && body.language !== undefined)
      throw new Failure('invalid', { message: 'timestamp_granularities cannot be combined with language.' })
    const { text, seconds, words } = heardIn(uploadIn(call), call.control.reply?.text)
    const usage = {
      prompt_audio_seconds: seconds,
      prompt_tokens: 4,
      completion_tokens: words.length,
      total_tokens: 4 + words.length,
    }
    const timed = grains.includes('word')
      ? words
      : grains.length > 0
        ? [{ text, start: 0, end: seconds }]
        : []
    const segments = timed.map(
      (segment, index): JsonObject => ({
        ...segment,
        type: 'transcription_segment',
        speaker_id: body.diarize === 'true' ? `speaker_${speakerAt(index)}` : null,
      }),
    )
    const whole = { model, text, language: asText(body.language) || null, segments, usage }
    if (body.stream !== 'true') return { json: whole }
    const deltas = words.map(word => ({ type: 'transcription.text.delta', text: `${word.text} ` }))
    return {
      events: [
        { type: 'transcription.language', audio_language: 'en' },
        ...deltas,
        ...segments.map(segment => ({ ...segment, type: 'transcription.segment' })),
        { ...whole, type: 'transcription.done' },
      ],
      framing: 'sse',
    }
  },
}

export const mistralAudio: Wire = {
  ...smallWire({
    name: 'mistral-audio',
    credential: bearerOf,
    routes: [{ method: 'POST', path: /^\/v1\/audio\/transcriptions$/, operation: mistralListen }],
  }),
  basePath: '/v1',
}

const watsonxShape = record(
  { model: filledText, file: upload() },
  { language: filledText, project_id: filledText, space_id: filledText },
)

/** https://cloud.ibm.com/apidocs/watsonx-ai (`/ml/v1/audio/transcriptions`): somebody must pay. */
const watsonxListen: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    const { body, head } = call
    watsonxShape(body, [])
    if (!/^\d{4}-\d\d-\d\d$/.test(head.query.get('version') ?? ''))
      throw new Failure('invalid', { message: 'The query parameter version is required.' })
    if ((body.project_id === undefined) === (body.space_id === undefined))
      throw new Failure('invalid', { message: 'Either space_id or project_id has to be given.' })
    return { json: { text: heardIn(uploadIn(call), call.control.reply?.text).text } }
  },
}

export const watsonxAudio: Wire = smallWire({
  name: 'watsonx-audio',
  credential: bearerOf,
  routes: [{ method: 'POST', path: /^\/ml\/v1\/audio\/transcriptions$/, operation: watsonxListen }],
})
