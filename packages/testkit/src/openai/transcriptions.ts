import { countTokens, piecesOf } from '../answer/tokens.ts'
import { asText, type JsonObject } from '../json.ts'
import type { WireAnswer, WireCall } from '../wire/call.ts'
import { Failure } from '../wire/failure.ts'
import { flagText, numberText, oneOrMore, Upload, upload } from '../wire/form.ts'
import { filledText, number, oneOf, openRecord, record, text, textOr } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const file = upload('flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm')
const common = { prompt: text, temperature: numberText(number(0, 1)) }

const transcriptionShape = record(
  { file, model: filledText },
  {
    ...common,
    language: text,
    'languages[]': oneOrMore(text),
    'keywords[]': oneOrMore(text),
    response_format: oneOf('json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json'),
    'include[]': oneOrMore(oneOf('logprobs')),
    'timestamp_granularities[]': oneOrMore(oneOf('word', 'segment')),
    stream: flagText,
    chunking_strategy: textOr(openRecord),
    'chunking_strategy[type]': oneOf('server_vad'),
    'chunking_strategy[prefix_padding_ms]': numberText(number(0)),
    'chunking_strategy[silence_duration_ms]': numberText(number(0)),
    'chunking_strategy[threshold]': numberText(number(0, 1)),
    'known_speaker_names[]': oneOrMore(text),
    'known_speaker_references[]': oneOrMore(text),
  },
)

const translationShape = record(
  { file, model: filledText },
  { ...common, response_format: oneOf('json', 'text', 'srt', 'verbose_json', 'vtt') },
)

/** `POST /v1/audio/transcriptions`, https://platform.openai.com/docs/api-reference/audio/createTranscription. */
export const transcriptions: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    transcriptionShape(call.body, [])
    checkFormat(call)
    const heard = heardIn(call)
    // Whisper ignores `stream`.
    const streams = call.stream && !isWhisper(call.model)
    return streams ? { events: eventsOf(call, heard) } : wholeAnswer(call, heard, 'transcribe')
  },
}

/** `POST /v1/audio/translations`, https://platform.openai.com/docs/api-reference/audio/createTranslation. */
export const translations: CallOperation = {
  kind: 'call',
  takes: ['form'],
  answer(call) {
    translationShape(call.body, [])
    return wholeAnswer(call, heardIn(call), 'translate')
  },
}

const isWhisper = (model: string) => model.startsWith('whisper')

function checkFormat({ body, model }: WireCall): void {
  const format = asText(body.response_format) || 'json'
  const refuse = (field: string, message: string): never => {
    throw new Failure('invalid', { field, message, code: 'unsupported_value' })
  }
  if (/^gpt-.*transcribe/.test(model) && !/diarize/.test(model) && format !== 'json') {
    refuse(
      'response_format',
      `response_format '${format}' is not compatible with model '${model}'. Use 'json' instead.`,
    )
  }
  if (format === 'diarized_json' && isWhisper(model)) {
    refuse('response_format', `response_format 'diarized_json' is not compatible with model '${model}'.`)
  }
  if (body['timestamp_granularities[]'] !== undefined && format !== 'verbose_json') {
    refuse('timestamp_granularities', "timestamp_granularities requires response_format 'verbose_json'.")
  }
  if (body['include[]'] !== undefined && isWhisper(model)) {
    refuse('include', `include is not supported with model '${model}'.`)
  }
}

interface Heard {
  readonly text: string
  readonly seconds: number
}

/** A scripted text, else one that tells what was uploaded. A second for each 1,000 bytes begun. */
function heardIn({ body, control }: WireCall): Heard {
  const { filename, bytes } =
    body.file instanceof Upload ? body.file : { filename: '', bytes: Buffer.alloc(0) }
  const said = control.reply?.text ?? `I hear ${bytes.length} bytes of ${filename}.`
  return { text: said, seconds: Math.ceil(bytes.length / 1_000) }
}

function wholeAnswer(call: WireCall, heard: Heard, task: 'transcribe' | 'translate'): WireAnswer {
  const { text: said, seconds } = heard
  const end = (mark: string) => `00:00:${String(seconds % 60).padStart(2, '0')}${mark}000`
  switch (call.body.response_format) {
    case 'text':
      return { text: `${said}\n` }
    case 'srt':
      return { text: `1\n00:00:00,000 --> ${end(',')}\n${said}\n\n` }
    case 'vtt':
      return { text: `WEBVTT\n\n00:00:00.000 --> ${end('.')}\n${said}\n\n` }
    case 'verbose_json':
      return { json: { task, ...verboseOf(call, heard) } }
    case 'diarized_json':
      return {
        json: {
          task,
          text: said,
          duration: seconds,
          segments: [speakerOf(heard)],
          usage: usageOf(call, heard),
        },
      }
    default: {
      const logprobs = call.body['include[]'] === undefined ? {} : { logprobs: piecesOf(said).map(logprobOf) }
      return { json: { text: said, ...logprobs, usage: usageOf(call, heard) } }
    }
  }
}

function verboseOf(call: WireCall, heard: Heard): JsonObject {
  const { text: said, seconds } = heard
  const wanted = [call.body['timestamp_granularities[]'] ?? 'segment'].flat()
  const words = piecesOf(said)
  const each = seconds / Math.max(1, words.length)
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: seconds,
    text: said,
    tokens: words.map((_, index) => index),
    temperature: 0,
    avg_logprob: -0.2,
    compression_ratio: 1,
    no_speech_prob: 0.01,
  }
  return {
    language: asText(call.body.language) || 'english',
    duration: seconds,
    text: said,
    ...(wanted.includes('segment') && { segments: [segment] }),
    ...(wanted.includes('word') && {
      words: words.map((word, index) => ({
        word: word.trim(),
        start: index * each,
        end: (index + 1) * each,
      })),
    }),
    usage: usageOf(call, heard),
  }
}

function speakerOf({ text: said, seconds }: Heard): JsonObject {
  return { type: 'transcript.text.segment', id: 'seg_001', speaker: 'A', start: 0, end: seconds, text: said }
}

function usageOf({ model, body }: WireCall, { text: said, seconds }: Heard): JsonObject {
  if (isWhisper(model)) return { type: 'duration', seconds }
  const prompt = countTokens(asText(body.prompt))
  const [input, output] = [prompt + seconds * 10, countTokens(said)]
  return {
    type: 'tokens',
    input_tokens: input,
    input_token_details: { text_tokens: prompt, audio_tokens: seconds * 10 },
    output_tokens: output,
    total_tokens: input + output,
  }
}

function logprobOf(token: string): JsonObject {
  return { token, logprob: -0.01, bytes: [...Buffer.from(token)] }
}

function eventsOf(call: WireCall, heard: Heard): unknown[] {
  const withLogprobs = call.body['include[]'] !== undefined
  const deltas = piecesOf(heard.text).map(delta => ({
    type: 'transcript.text.delta',
    delta,
    ...(withLogprobs && { logprobs: [logprobOf(delta)] }),
  }))
  const done = {
    type: 'transcript.text.done',
    text: heard.text,
    ...(withLogprobs && { logprobs: piecesOf(heard.text).map(logprobOf) }),
    usage: usageOf(call, heard),
  }
  return [...deltas, done, 'data: [DONE]\n\n']
}
