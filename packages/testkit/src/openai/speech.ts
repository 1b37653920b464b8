import { audioOf, bytePieces } from '../answer/media.ts'
import { countTokens } from '../answer/tokens.ts'
import { asText } from '../json.ts'
import { Failure } from '../wire/failure.ts'
import { filledText, number, oneOf, record, type Shape, text, Violation } from '../wire/shape.ts'
import type { CallOperation } from '../wire/wire.ts'

const voices = oneOf(
  ...[
    'alloy',
    'ash',
    'ballad',
    'coral',
    'echo',
    'fable',
    'onyx',
    'nova',
    'sage',
    'shimmer',
    'verse',
    'marin',
    'cedar',
  ],
)
const voice: Shape = (value, path) =>
  typeof value === 'string' ? voices(value, path) : record({ id: filledText })(value, path)

const shortText: Shape = (value, path) => {
  filledText(value, path)
  if (asText(value).length > 4_096) throw new Violation('value', path, 'at most 4096 characters', '…')
}

const shape = record(
  { model: filledText, input: shortText, voice },
  {
    instructions: text,
    response_format: oneOf('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'),
    speed: number(0.25, 4),
    stream_format: oneOf('sse', 'audio'),
  },
)

const contentTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** `POST /v1/audio/speech`, https://platform.openai.com/docs/api-reference/audio/createSpeech. */
export const speech: CallOperation = {
  kind: 'call',
  answer({ body, model }) {
    shape(body, [])
    const format = asText(body.response_format) || 'mp3'
    const said = asText(body.input)
    const pieces = bytePieces(audioOf(format, said))
    if (body.stream_format !== 'sse') {
      return { events: pieces, framing: 'bytes', contentType: contentTypes[format] ?? 'audio/mpeg' }
    }
    if (model.startsWith('tts-1')) {
      throw new Failure('invalid', {
        message: `The model '${model}' does not support 'stream_format': 'sse'.`,
        field: 'stream_format',
        code: 'unsupported_value',
      })
    }
    const [input, output] = [countTokens(said), pieces.length * 10]
    const usage = { input_tokens: input, output_tokens: output, total_tokens: input + output }
    const deltas = pieces.map(piece => ({ type: 'speech.audio.delta', audio: piece.toString('base64') }))
    return { events: [...deltas, { type: 'speech.audio.done', usage }], framing: 'sse' }
  },
}
