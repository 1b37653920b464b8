import { createError } from '../../errors.ts'
import type { JsonObject } from '../../types/json.ts'
import type { TranscriptionRequest, TranscriptionResponse } from '../../types/transcription.ts'
import type { CallInfo, Codec, WireRequest } from '../codec.ts'
import { decodeError } from '../gemini/errors.ts'
import { decodeResponse as decodeChat } from '../gemini/reply/response.ts'
import { without } from '../gemini/request/fields.ts'
import { encodeRequest as encodeChat } from '../gemini/request/request.ts'

const PARAMS: ReadonlySet<string> = new Set(['language', 'prompt', 'response_format', 'temperature'])
const OWN = new Set(['file', 'language', 'prompt', 'response_format', 'stream', 'model'])
const TASK = 'Write down word for word what is said in this recording. Answer with the transcript only.'

/**
 * Gemini's models listen to recordings as a part of a chat. They tell no times. Source:
 * https://ai.google.dev/gemini-api/docs/audio#get-a-transcript
 */
export const geminiTranscriptions: Codec<'transcription'> = {
  endpoint: 'transcription',
  format: 'gemini-transcriptions',
  framing: 'sse',
  upstream: {
    params: PARAMS,
    // Subtitles and speakers need times.
    only: { response_format: ['json', 'text', 'verbose_json'] },
    encodeRequest,
    decodeResponse,
    decodeError,
  },
}

function encodeRequest(request: TranscriptionRequest, info: CallInfo): WireRequest {
  const { file, language, prompt, response_format: format } = request
  if (format === 'verbose_json')
    info.warn({
      action: 'approximated',
      param: 'response_format',
      reason: 'this model tells no times: words, segments and duration are unknown',
    })
  for (const [param, value] of Object.entries({ language, prompt }))
    if (value) info.warn({ action: 'approximated', param, reason: 'it is told to the model in words' })
  const task = [
    TASK,
    ...(language ? [`The language is ${language} (ISO 639-1).`] : []),
    ...(prompt ? [`Context and spelling: ${prompt}`] : []),
  ].join('\n')
  const recording = {
    type: 'file' as const,
    file: {
      filename: file.filename,
      file_data: `data:${audioTypeOf(file)};base64,${file.bytes.toString('base64')}`,
    },
  }
  return encodeChat(
    {
      ...(without(request, OWN) as JsonObject),
      model: info.model,
      messages: [{ role: 'user', content: [recording, { type: 'text', text: task }] }],
    },
    info,
  )
}

const TYPES: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mp3',
  mp4: 'audio/mp4',
  mpeg: 'audio/mpeg',
  mpga: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  webm: 'audio/webm',
}

/** Clients often send no type of their own; the file's name tells it then. */
function audioTypeOf({ contentType, filename }: TranscriptionRequest['file']): string {
  if (/^(audio|video)\//.test(contentType)) return contentType
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()
  return TYPES[ending] ?? 'audio/mp3'
}

function decodeResponse(body: unknown, info: CallInfo): TranscriptionResponse {
  const { choices, usage } = decodeChat(body, info)
  const content = choices[0]?.message.content
  if (!content && choices[0]?.finish_reason === 'content_filter')
    throw createError({
      kind: 'content_policy',
      message: 'The transcript was held back.',
      provider: info.deployment.provider,
      model: info.model,
    })
  return {
    text: typeof content === 'string' ? content.trim() : '',
    task: 'transcribe',
    ...(usage && {
      usage: {
        type: 'tokens',
        input_tokens: usage.prompt_tokens,
        output_tokens: usage.completion_tokens,
        total_tokens: usage.total_tokens,
        ...(usage.prompt_tokens_details && { input_token_details: { ...usage.prompt_tokens_details } }),
      },
    }),
  } as TranscriptionResponse
}
