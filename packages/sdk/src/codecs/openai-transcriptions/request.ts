import { badRequest } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../types/json.ts'
import type { TranscriptionRequest } from '../../types/transcription.ts'
import { type FormField, WireForm } from '../../types/wire-body.ts'
import type { CallInfo, InboundInfo, WireRequest } from '../codec.ts'
import { formObject, isUploadedFile } from '../form-object.ts'

const FORMATS = ['json', 'verbose_json', 'diarized_json', 'text', 'srt', 'vtt']

const KINDS = {
  numbers: ['temperature'],
  flags: ['stream'],
  lists: ['timestamp_granularities', 'include', 'known_speaker_names', 'known_speaker_references'],
  json: ['chunking_strategy'],
}

/** How a server that speaks this format differs. */
export interface TranscriptionOptions {
  /** False where only `verbose_json` tells how long the recording is, and the answer is charged by it. */
  readonly tellsDuration?: false
}

/**
 * The form to send. Subtitles and bare text are asked for as JSON and written by us, because only JSON tells what is
 * charged. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function encodeRequest(
  request: TranscriptionRequest,
  info: CallInfo,
  options: TranscriptionOptions,
): WireRequest {
  const { file, stream: _, response_format: format, ...rest } = request
  const fields: FormField[] = [['file', file]]
  for (const [name, value] of Object.entries({ ...rest, model: info.model })) {
    if (value == null) continue
    if (isJsonArray(value)) for (const item of value) fields.push([`${name}[]`, fieldOf(item)])
    else fields.push([name, fieldOf(value)])
  }
  const asked = wireFormat(format ?? 'json', options)
  if (format != null || asked !== 'json') fields.push(['response_format', asked])
  if (info.stream) fields.push(['stream', 'true'])
  return { body: {}, payload: new WireForm(fields) }
}

/** What is asked of the provider for what the client wants. */
function wireFormat(format: string, { tellsDuration }: TranscriptionOptions): string {
  if (format === 'srt' || format === 'vtt') return 'verbose_json'
  const plain = format === 'text' ? 'json' : format
  return plain === 'json' && tellsDuration === false ? 'verbose_json' : plain
}

function fieldOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A client's form. */
export function decodeRequest(body: unknown, info: InboundInfo): TranscriptionRequest {
  const read: unknown = body instanceof WireForm ? formObject(body, KINDS) : body
  if (!isJsonObject(read) || !isUploadedFile(read.file))
    throw badRequest('file: send the recording as a file of a multipart/form-data body.', 'file')
  if (read.file.bytes.length === 0) throw badRequest('file: the recording is empty.', 'file')
  const model = info.model ?? read.model
  if (typeof model !== 'string' || model === '')
    throw badRequest('model: must be a non-empty string naming a model.', 'model')
  checkParams(read)
  return { ...read, model } as TranscriptionRequest
}

function checkParams({
  response_format: format,
  temperature,
  timestamp_granularities: grains,
}: JsonObject): void {
  if (format != null && !(typeof format === 'string' && FORMATS.includes(format)))
    throw badRequest(`response_format: must be one of ${FORMATS.join(', ')}.`, 'response_format')
  if (temperature != null && !(typeof temperature === 'number' && temperature >= 0 && temperature <= 1))
    throw badRequest('temperature: must be a number from 0 to 1.', 'temperature')
  const known =
    grains == null || (isJsonArray(grains) && grains.every(grain => grain === 'word' || grain === 'segment'))
  if (!known)
    throw badRequest('timestamp_granularities: must be "word", "segment" or both.', 'timestamp_granularities')
}
